package io.dsqlproxy.driver.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.rewriter.Finding;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** Everything outside the gate is a lambda here: the session, the clock, the server. */
class ExecutionGateTest {

  private static final Plan UPDATE = Plan.unchanged("update t set a = 1");
  private static final Plan LOCKING =
      new Plan(
          "select 1 from t for share",
          new PlannedForm.Send("select 1 from t", List.of(finding(Verdict.REWRITTEN))),
          new PlannedForm.Send("select 1 from t for update", List.of(finding(Verdict.REWRITTEN))));

  private final DriverStatistics statistics = new DriverStatistics();
  private final List<Duration> delays = new ArrayList<>();
  private final List<String> sent = new ArrayList<>();
  private boolean inTransaction;
  private long now;

  private final ExecutionGate gate = gate(5);

  @Test
  void statementIsSentInTheFormOfTheMoment() throws SQLException {
    gate.execute("s", LOCKING, true, this::answer);
    inTransaction = true;
    gate.execute("s", LOCKING, true, this::answer);
    assertThat(sent).containsExactly("select 1 from t", "select 1 from t for update");
    assertThat(statistics.snapshot().rewritten()).isEqualTo(2);
    assertThat(statistics.snapshot().statements()).isEqualTo(2);
  }

  @Test
  void refusedFormIsNeverSentAndSaysWhatAndWhereAndWhy() {
    PlannedForm refused = new PlannedForm.Refuse(finding(Verdict.REFUSED), List.of());
    Plan plan = new Plan("select 1", UPDATE.autocommit(), refused);
    inTransaction = true;
    SQLException failure = failureOf(plan, true, this::answer);
    assertThatFailure(failure)
        .isInstanceOf(UnsupportedStatementException.class)
        .hasMessage("FOR SHARE at line 3, column 7 was not sent to Aurora DSQL: because");
    assertThat(failure.getSQLState()).isEqualTo("0A000");
    assertThat(sent).isEmpty();
    assertThat(statistics.snapshot().refused()).isEqualTo(1);
    assertThat(statistics.snapshot().statements()).isZero();
  }

  @Test
  void conflictInAutocommitIsAnsweredByExecutingAgain() throws SQLException {
    assertThat(gate.execute("s", UPDATE, true, conflicts(3))).isEqualTo("answer");
    assertThat(sent).hasSize(4);
    assertThat(delays).hasSize(3);
    assertThat(statistics.snapshot().conflicts()).isEqualTo(3);
    assertThat(statistics.snapshot().retries()).isEqualTo(3);
    assertThat(statistics.snapshot().statements()).isEqualTo(1);
  }

  @Test
  void conflictInATransactionSurfacesAsItCame() {
    inTransaction = true;
    assertSurfacesUnchanged(UPDATE, true);
  }

  @Test
  void conflictOfWhatCannotBeSentAgainSurfacesAsItCame() {
    assertSurfacesUnchanged(UPDATE, false);
  }

  @Test
  void conflictOfATextWithTransactionControlSurfacesAsItCame() {
    assertSurfacesUnchanged(Plan.unchanged("update t set a = 1; commit; update t set a = 2"), true);
  }

  @Test
  void conflictThatLeavesATransactionOpenSurfacesAsItCame() {
    SQLException conflict = conflict();
    SQLException failure =
        failureOf(
            UPDATE,
            true,
            (statement, form) -> {
              sent.add(form.sql());
              inTransaction = true;
              throw conflict;
            });
    assertThatFailure(failure).isSameAs(conflict);
    assertThat(sent).hasSize(1);
  }

  @Test
  void conflictThatClosesTheConnectionSurfacesAsItCame() {
    SQLException conflict = conflict();
    SQLException closed = new SQLException("This connection has been closed.", "08003");
    Session session =
        () -> {
          if (!sent.isEmpty()) {
            throw closed;
          }
          return false;
        };
    ExecutionGate closing =
        new ExecutionGate(
            session, new Retries(policy(5), () -> now, Random::new, delays::add), statistics);
    assertThatFailure(failureOf(closing, UPDATE, true, throwing(conflict))).isSameAs(conflict);
    assertThat(conflict.getSuppressed()).containsExactly(closed);
    assertThat(sent).hasSize(1);
  }

  @Test
  void otherFailureSurfacesAtOnce() {
    SQLException duplicate = new SQLException("40001", "23505");
    assertThatFailure(failureOf(UPDATE, true, throwing(duplicate))).isSameAs(duplicate);
    assertThat(sent).hasSize(1);
    assertThat(statistics.snapshot().conflicts()).isZero();
  }

  @Test
  void exhaustedConflictKeepsItsSqlstateAndItsHistory() {
    List<SQLException> conflicts = new ArrayList<>();
    SQLException failure =
        failureOf(
            UPDATE,
            true,
            (statement, form) -> {
              conflicts.add(conflict());
              throw conflicts.get(conflicts.size() - 1);
            });
    assertThat(conflicts).hasSize(5);
    assertThatFailure(failure)
        .isInstanceOf(SQLTransactionRollbackException.class)
        .hasCause(conflicts.get(4))
        .hasMessage(
            "The conflict remains after 5 executions in "
                + delays.stream().mapToLong(Duration::toNanos).sum() / 1_000_000
                + " ms, and the policy allows 5 executions: change conflicts");
    assertThat(failure.getSQLState()).isEqualTo("40001");
    assertThat(failure.getSuppressed()).containsExactlyElementsOf(conflicts.subList(0, 4));
  }

  @Test
  void policyOfOneExecutionSurfacesTheServersErrorItself() {
    SQLException conflict = conflict();
    assertThatFailure(failureOf(gate(1), UPDATE, true, throwing(conflict))).isSameAs(conflict);
    assertThat(sent).hasSize(1);
  }

  @Test
  void otherFailureAfterAConflictSurfacesWithTheConflictInItsHistory() {
    SQLException conflict = conflict();
    SQLException duplicate = new SQLException("duplicate", "23505");
    SQLException failure =
        failureOf(
            UPDATE,
            true,
            (statement, form) -> {
              sent.add(form.sql());
              throw sent.size() == 1 ? conflict : duplicate;
            });
    assertThatFailure(failure).isSameAs(duplicate);
    assertThat(failure.getSuppressed()).containsExactly(conflict);
  }

  @Test
  void interruptionSurfacesTheConflictAndStaysVisible() {
    SQLException conflict = conflict();
    ExecutionGate interrupted =
        new ExecutionGate(
            () -> inTransaction,
            new Retries(
                policy(5),
                () -> now,
                Random::new,
                delay -> {
                  throw new InterruptedException();
                }),
            statistics);
    SQLException failure = failureOf(interrupted, UPDATE, true, throwing(conflict));
    assertThat(Thread.interrupted()).isTrue();
    assertThatFailure(failure)
        .hasCause(conflict)
        .hasMessageContaining("the thread was interrupted");
    assertThat(failure.getSQLState()).isEqualTo("40001");
    assertThat(sent).hasSize(1);
  }

  @Test
  void cancellationOfTheWaitSurfacesTheConflict() {
    SQLException conflict = conflict();
    Retries cancelled =
        new Retries(
            policy(5),
            () -> now,
            Random::new,
            delay -> {
              throw new WaitCancelledException();
            });
    ExecutionGate cancelledGate = new ExecutionGate(() -> inTransaction, cancelled, statistics);
    SQLException failure = failureOf(cancelledGate, UPDATE, true, throwing(conflict));
    assertThat(Thread.interrupted()).isFalse();
    assertThatFailure(failure)
        .isInstanceOf(RetriesExhaustedException.class)
        .hasCause(conflict)
        .hasMessageContaining("the wait was cancelled");
    assertThat(sent).hasSize(1);
  }

  @Test
  void batchIsCountedByEntryAndNeverExecutedAgain() {
    SQLException conflict = conflict();
    SQLException failure =
        catchThrowableOfType(
            SQLException.class,
            () ->
                gate.executeBatch(
                    "s",
                    3,
                    statement -> {
                      sent.add("batch");
                      throw conflict;
                    }));
    assertThatFailure(failure).isSameAs(conflict);
    assertThat(sent).hasSize(1);
    assertThat(statistics.snapshot().statements()).isEqualTo(3);
    assertThat(statistics.snapshot().conflicts()).isEqualTo(1);
    assertThat(statistics.snapshot().retries()).isZero();
  }

  @Test
  void batchEntryHasTheFormOfATransactionEvenInAutocommit() throws SQLException {
    assertThat(gate.admitToBatch(LOCKING).sql()).isEqualTo("select 1 from t for update");
  }

  private void assertSurfacesUnchanged(Plan plan, boolean repeatable) {
    SQLException conflict = conflict();
    assertThatFailure(failureOf(plan, repeatable, throwing(conflict))).isSameAs(conflict);
    assertThat(conflict.getSuppressed()).isEmpty();
    assertThat(sent).hasSize(1);
    assertThat(statistics.snapshot().conflicts()).isEqualTo(1);
    assertThat(statistics.snapshot().retries()).isZero();
  }

  /** An SQLException is iterable too: AssertJ has to be told which of the two it is. */
  private static AbstractThrowableAssert<?, Throwable> assertThatFailure(Throwable failure) {
    return assertThat(failure);
  }

  private SQLException failureOf(
      Plan plan, boolean repeatable, Execution<String, String> execution) {
    return failureOf(gate, plan, repeatable, execution);
  }

  private static SQLException failureOf(
      ExecutionGate gate, Plan plan, boolean repeatable, Execution<String, String> execution) {
    return catchThrowableOfType(
        SQLException.class, () -> gate.execute("s", plan, repeatable, execution));
  }

  private String answer(String statement, PlannedForm.Send form) {
    sent.add(form.sql());
    return "answer";
  }

  private Execution<String, String> conflicts(int times) {
    return (statement, form) -> {
      sent.add(form.sql());
      if (sent.size() <= times) {
        throw conflict();
      }
      return "answer";
    };
  }

  private Execution<String, String> throwing(SQLException failure) {
    return (statement, form) -> {
      sent.add(form.sql());
      throw failure;
    };
  }

  private ExecutionGate gate(int maxAttempts) {
    Retries retries =
        new Retries(
            policy(maxAttempts),
            () -> now,
            () -> new Random(1),
            delay -> {
              delays.add(delay);
              now += delay.toNanos();
            });
    return new ExecutionGate(() -> inTransaction, retries, statistics);
  }

  private static RetryPolicy policy(int maxAttempts) {
    return new RetryPolicy(
        maxAttempts, Duration.ofMillis(50), Duration.ofSeconds(5), Duration.ofMinutes(4));
  }

  private static SQLException conflict() {
    return new SQLException("change conflicts", "40001");
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
