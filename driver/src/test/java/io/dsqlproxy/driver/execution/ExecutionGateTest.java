package io.dsqlproxy.driver.execution;

import static io.dsqlproxy.driver.execution.FakeServer.WAITED;
import static io.dsqlproxy.driver.execution.FakeServer.conflict;
import static io.dsqlproxy.driver.execution.FakeServer.failure;
import static io.dsqlproxy.driver.execution.GateOnFakeServer.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.execution.FakeServer.Answer;
import io.dsqlproxy.rewriter.Effect;
import io.dsqlproxy.rewriter.Finding;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gate decides for a statement by itself. */
class ExecutionGateTest {

  private static final String UPDATE = "update t set a = 1";
  private static final Plan LOCKING =
      new Plan(
          "select 1 from t for share",
          new PlannedForm.Send("select 1 from t", List.of(finding(Verdict.REWRITTEN))),
          new PlannedForm.Send("select 1 from t for update", List.of(finding(Verdict.REWRITTEN))));

  private final FakeStatement statement = new FakeStatement();
  private GateOnFakeServer connection = new GateOnFakeServer(RetryMode.TRANSACTION, 5);

  @Test
  void statementIsSentInTheFormOfTheMoment() throws SQLException {
    connection.execute(statement, LOCKING);
    connection.server.setAutocommit(false);
    connection.execute(statement, LOCKING);
    assertThat(connection.server.log())
        .containsExactly("select 1 from t", "select 1 from t for update");
    assertThat(connection.statistics.snapshot().rewritten()).isEqualTo(2);
    assertThat(connection.statistics.snapshot().statements()).isEqualTo(2);
  }

  @Test
  void refusedFormIsNeverSentAndSaysWhatAndWhereAndWhy() {
    PlannedForm refused = new PlannedForm.Refuse(finding(Verdict.REFUSED), List.of());
    Plan plan = new Plan("select 1", Plan.unchanged("select 1").autocommit(), refused);
    connection.server.setAutocommit(false);
    SQLException failure = failureOf(() -> connection.execute(statement, plan));
    assertThatFailure(failure)
        .isInstanceOf(UnsupportedStatementException.class)
        .hasMessage("FOR SHARE at line 3, column 7 was not sent to Aurora DSQL: because");
    assertThat(failure.getSQLState()).isEqualTo("0A000");
    assertThat(connection.server.log()).isEmpty();
    assertThat(connection.statistics.snapshot().refused()).isEqualTo(1);
    assertThat(connection.statistics.snapshot().statements()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = RetryMode.class,
      names = {"TRANSACTION", "STATEMENT"})
  void conflictInAutocommitIsAnsweredByExecutingAgain(RetryMode mode) throws SQLException {
    connection = new GateOnFakeServer(mode, 5);
    connection.server.script(
        UPDATE, failure(conflict()), failure(conflict()), failure(conflict()), () -> 7);
    assertThat(connection.execute(statement, UPDATE)).isEqualTo(7);
    assertThat(connection.server.log())
        .containsExactly(UPDATE, WAITED, UPDATE, WAITED, UPDATE, WAITED, UPDATE);
    assertThat(statement.repetitionsPrepared).isEqualTo(3);
    assertThat(connection.statistics.snapshot().conflicts()).isEqualTo(3);
    assertThat(connection.statistics.snapshot().retries()).isEqualTo(3);
    assertThat(connection.statistics.snapshot().statements()).isEqualTo(1);
  }

  @Test
  void conflictInAutocommitSurfacesAsItCameWhereNothingIsRunAgain() {
    connection = new GateOnFakeServer(RetryMode.OFF, 5);
    assertSurfacesUnchanged(UPDATE);
  }

  @ParameterizedTest
  @EnumSource(value = RetryMode.class, mode = Mode.EXCLUDE, names = "TRANSACTION")
  void conflictInATransactionSurfacesAsItCameWhereTransactionsAreNotRunAgain(RetryMode mode) {
    connection = new GateOnFakeServer(mode, 5);
    connection.server.setAutocommit(false);
    assertSurfacesUnchanged(UPDATE);
  }

  @Test
  void conflictOfWhatCannotBeSentAgainSurfacesAsItCame() {
    statement.obstacleToRepeat = "a stream was read";
    assertSurfacesUnchanged(UPDATE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update t set a = 1; commit; update t set a = 2",
        "update t set a = 1; update t set a = 2",
        "commit; update t set a = 1",
        "call p()",
        "do $$ begin commit; end $$"
      })
  void conflictOfATextThatMayHaveCommittedAPartSurfacesAsItCame(String sql) {
    assertSurfacesUnchanged(sql);
  }

  @Test
  void conflictThatLeavesATransactionOpenSurfacesAsItCame() {
    SQLException conflict = conflict();
    connection.server.script(
        UPDATE,
        () -> {
          connection.server.setAutocommit(false);
          throw conflict;
        });
    assertThatFailure(failureOf(() -> connection.execute(statement, UPDATE))).isSameAs(conflict);
    assertThat(connection.server.log()).containsExactly(UPDATE);
  }

  @Test
  void conflictThatClosesTheConnectionSurfacesAsItCame() {
    SQLException conflict = conflict();
    connection.server.script(
        UPDATE,
        () -> {
          connection.server.close();
          throw conflict;
        });
    assertThatFailure(failureOf(() -> connection.execute(statement, UPDATE))).isSameAs(conflict);
    assertThat(conflict.getSuppressed())
        .singleElement()
        .isInstanceOfSatisfying(
            SQLException.class, closed -> assertThat(closed.getSQLState()).isEqualTo("08003"));
    assertThat(connection.server.log()).containsExactly(UPDATE);
  }

  @Test
  void otherFailureSurfacesAtOnce() {
    SQLException duplicate = new SQLException("40001", "23505");
    connection.server.script(UPDATE, failure(duplicate));
    assertThatFailure(failureOf(() -> connection.execute(statement, UPDATE))).isSameAs(duplicate);
    assertThat(connection.server.log()).containsExactly(UPDATE);
    assertThat(connection.statistics.snapshot().conflicts()).isZero();
  }

  @Test
  void exhaustedConflictKeepsItsSqlstateAndItsHistory() {
    List<SQLException> conflicts = new ArrayList<>();
    Answer conflicting =
        () -> {
          conflicts.add(conflict());
          throw conflicts.get(conflicts.size() - 1);
        };
    connection.server.script(UPDATE, Collections.nCopies(9, conflicting).toArray(new Answer[0]));
    SQLException failure = failureOf(() -> connection.execute(statement, UPDATE));
    assertThat(conflicts).hasSize(5);
    assertThatFailure(failure)
        .isInstanceOf(SQLTransactionRollbackException.class)
        .isInstanceOf(RetriesExhaustedException.class)
        .hasCause(conflicts.get(4))
        .hasMessage(
            "The conflict remains after 5 executions in "
                + connection.waited().toMillis()
                + " ms, and the policy allows 5 executions: change conflicts");
    assertThat(failure.getSQLState()).isEqualTo("40001");
    assertThat(failure.getSuppressed()).containsExactlyElementsOf(conflicts.subList(0, 4));
    assertThat(connection.statistics.snapshot().exhausted()).isEqualTo(1);
  }

  @Test
  void policyOfOneExecutionSurfacesTheServersErrorItself() {
    connection = new GateOnFakeServer(RetryMode.TRANSACTION, 1);
    assertSurfacesUnchanged(UPDATE);
  }

  @Test
  void queryTimeoutBoundsTheTimeInWhichAStatementIsExecutedAgain() {
    statement.queryTimeoutSeconds = 3;
    SQLException conflict = conflict();
    connection.server.script(
        UPDATE,
        () -> {
          connection.pass(Duration.ofSeconds(3));
          throw conflict;
        });
    assertThatFailure(failureOf(() -> connection.execute(statement, UPDATE)))
        .isInstanceOf(RetriesExhaustedException.class)
        .hasCause(conflict)
        .hasMessageContaining("the query timeout has passed");
    assertThat(connection.server.log()).containsExactly(UPDATE);
  }

  @Test
  void otherFailureAfterAConflictSurfacesWithTheConflictInItsHistory() {
    SQLException conflict = conflict();
    SQLException duplicate = new SQLException("duplicate", "23505");
    connection.server.script(UPDATE, failure(conflict), failure(duplicate));
    SQLException failure = failureOf(() -> connection.execute(statement, UPDATE));
    assertThatFailure(failure).isSameAs(duplicate);
    assertThat(failure.getSuppressed()).containsExactly(conflict);
  }

  @Test
  void interruptionSurfacesTheConflictAndStaysVisible() {
    SQLException conflict = conflict();
    connection.server.script(UPDATE, failure(conflict));
    connection.sleeper =
        delay -> {
          throw new InterruptedException();
        };
    SQLException failure = failureOf(() -> connection.execute(statement, UPDATE));
    assertThat(Thread.interrupted()).isTrue();
    assertThatFailure(failure)
        .hasCause(conflict)
        .hasMessageContaining("the thread was interrupted");
    assertThat(failure.getSQLState()).isEqualTo("40001");
    assertThat(connection.server.log()).containsExactly(UPDATE, WAITED);
  }

  @Test
  void cancellationOfTheWaitSurfacesTheConflict() {
    SQLException conflict = conflict();
    connection.server.script(UPDATE, failure(conflict));
    connection.sleeper =
        delay -> {
          throw new WaitCancelledException();
        };
    SQLException failure = failureOf(() -> connection.execute(statement, UPDATE));
    assertThat(Thread.interrupted()).isFalse();
    assertThatFailure(failure)
        .isInstanceOf(RetriesExhaustedException.class)
        .hasCause(conflict)
        .hasMessageContaining("the statement was cancelled");
    assertThat(connection.server.log()).containsExactly(UPDATE, WAITED);
  }

  @ParameterizedTest
  @EnumSource(RetryMode.class)
  void batchInAutocommitIsCountedByEntryAndNeverExecutedAgain(RetryMode mode) {
    connection = new GateOnFakeServer(mode, 5);
    SQLException conflict = conflict();
    connection.server.script("batch", failure(conflict));
    PlannedForm.Send form = new PlannedForm.Send("batch", List.of());
    SQLException failure =
        failureOf(
            () ->
                connection.gate.executeBatch(
                    statement, form, Effect.ANYTHING, 3, connection.update()));
    assertThatFailure(failure).isSameAs(conflict);
    assertThat(connection.server.log()).containsExactly("batch");
    assertThat(connection.statistics.snapshot().statements()).isEqualTo(3);
    assertThat(connection.statistics.snapshot().conflicts()).isEqualTo(1);
    assertThat(connection.statistics.snapshot().retries()).isZero();
  }

  @Test
  void batchEntryHasTheFormOfATransactionEvenInAutocommit() throws SQLException {
    assertThat(connection.gate.admitToBatch(LOCKING).sql()).isEqualTo("select 1 from t for update");
  }

  private void assertSurfacesUnchanged(String sql) {
    SQLException conflict = conflict();
    connection.server.script(sql, failure(conflict));
    assertThatFailure(failureOf(() -> connection.execute(statement, sql))).isSameAs(conflict);
    assertThat(conflict.getSuppressed()).isEmpty();
    assertThat(connection.server.log()).containsExactly(sql);
    assertThat(connection.statistics.snapshot().conflicts()).isEqualTo(1);
    assertThat(connection.statistics.snapshot().retries()).isZero();
    assertThat(connection.statistics.snapshot().replays()).isZero();
  }

  /** An SQLException is iterable too: AssertJ has to be told which of the two it is. */
  private static AbstractThrowableAssert<?, Throwable> assertThatFailure(Throwable failure) {
    return assertThat(failure);
  }

  private static Finding finding(Verdict verdict) {
    return new Finding(
        RuleId.FOR_SHARE,
        new Finding.Place(20, 3, 7),
        "for share",
        verdict == Verdict.REFUSED ? "" : "for update",
        verdict,
        "because");
  }
}
