package io.dsqlproxy.driver.execution;

import static io.dsqlproxy.driver.execution.FakeServer.ROLLED_BACK;
import static io.dsqlproxy.driver.execution.FakeServer.WAITED;
import static io.dsqlproxy.driver.execution.FakeServer.conflict;
import static io.dsqlproxy.driver.execution.FakeServer.count;
import static io.dsqlproxy.driver.execution.FakeServer.failure;
import static io.dsqlproxy.driver.execution.GateOnFakeServer.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A transaction that meets a conflict before its end is run again, or says why not. */
class ReplayedTransactionTest {

  private static final String A = "insert into a values (1)";
  private static final String B = "update b set n = 1";
  private static final String C = "delete from c";

  private GateOnFakeServer connection = new GateOnFakeServer(RetryMode.TRANSACTION, 5);
  private FakeServer server = connection.server;

  @BeforeEach
  void withoutAutocommit() {
    server.setAutocommit(false);
  }

  // -------------------- what is run again

  @Test
  void conflictOfAStatementRunsEverythingBeforeItAgainAfterAWaitAndARollback() throws SQLException {
    server.script(B, failure(conflict()), count(7));
    connection.execute(A);
    assertThat(connection.execute(B)).isEqualTo(7);
    connection.execute(C);
    connection.commit();
    assertThat(server.log()).containsExactly(A, B, WAITED, ROLLED_BACK, A, B, C, "commit");
    assertThat(connection.statistics.snapshot().conflicts()).isEqualTo(1);
    assertThat(connection.statistics.snapshot().replays()).isEqualTo(1);
    assertThat(connection.statistics.snapshot().retries()).isZero();
    assertThat(connection.statistics.snapshot().statements()).isEqualTo(3);
  }

  @Test
  void conflictOfTheFirstStatementRunsItAgain() throws SQLException {
    server.script(A, failure(conflict()), count(1));
    connection.execute(A);
    connection.commit();
    assertThat(server.log()).containsExactly(A, WAITED, ROLLED_BACK, A, "commit");
  }

  @Test
  void conflictDuringAReplayBeginsAgainWithTheFirstStatement() throws SQLException {
    server.script(B, count(1), failure(conflict()), count(1));
    server.script(C, failure(conflict()), count(1));
    connection.execute(A);
    connection.execute(B);
    connection.execute(C);
    assertThat(server.log())
        .containsExactly(A, B, C, WAITED, ROLLED_BACK, A, B, ROLLED_BACK, WAITED, A, B, C);
    assertThat(connection.statistics.snapshot().replays()).isEqualTo(2);
  }

  @Test
  void transactionThatATextHasBegunIsRunAgainWithThatText() throws SQLException {
    server.setAutocommit(true);
    server.script(B, failure(conflict()), count(1));
    connection.execute("begin");
    connection.execute(A);
    connection.execute(B);
    connection.execute("commit");
    assertThat(server.log())
        .containsExactly("begin", A, B, WAITED, ROLLED_BACK, "begin", A, B, "commit");
  }

  @Test
  void onlyTheOpenTransactionIsRunAgain() throws SQLException {
    connection.execute(A);
    connection.commit();
    connection.execute(A);
    connection.execute("commit");
    connection.execute(A);
    connection.rollBack();
    connection.execute(A);
    connection.execute("rollback");
    connection.execute(A);
    server.endUnseen();
    server.takeLog();
    connection.execute(B);
    server.script(C, failure(conflict()));
    connection.execute(C);
    assertThat(server.log()).containsExactly(B, C, WAITED, ROLLED_BACK, B, C);
  }

  @Test
  void settingIsMadeAgainInItsPlace() throws SQLException {
    connection.execute(A);
    connection.gate.set("setSchema", () -> server.execute("set search_path"));
    server.script(B, failure(conflict()));
    connection.execute(B);
    assertThat(server.takeLog())
        .containsExactly(A, "set search_path", B, WAITED, ROLLED_BACK, A, "set search_path", B);
  }

  @Test
  void movementInAResultIsRepeatedAfterTheReplay() throws SQLException {
    connection.execute(A);
    server.script("fetch", failure(conflict()), count(1));
    assertThat(connection.gate.moveAfter(conflict(), () -> server.execute("fetch") == 1)).isTrue();
    assertThat(server.log())
        .containsExactly(A, WAITED, ROLLED_BACK, A, "fetch", WAITED, ROLLED_BACK, A, "fetch");
  }

  @Test
  void movementThatFailsOtherwiseIsNotRepeated() throws SQLException {
    connection.execute(A);
    SQLException lost = new SQLException("lost", "08006");
    assertThatFailure(failureOf(() -> connection.gate.moveAfter(lost, () -> true))).isSameAs(lost);
    assertThat(server.log()).containsExactly(A);
  }

  @Test
  void whatAStatementExecutedLastIsReportedFromTheReplay() throws SQLException {
    FakeStatement repeated = new FakeStatement();
    FakeStatement usedSince = new FakeStatement();
    connection.execute(repeated, A);
    connection.execute(repeated, A);
    connection.execute(usedSince, B);
    usedSince.leaveExecution();
    server.script(C, failure(conflict()));
    connection.execute(C);
    assertThat(repeated.reportsFrom).isNotNull();
    assertThat(repeated.replacements).as("one in its place, which lives on").isEmpty();
    assertThat(usedSince.reportsFrom).isNull();
    assertThat(usedSince.replacements).containsExactly("close");
  }

  // -------------------- the same outcome

  @Test
  void replayThatSeesAnotherCountStopsThereAndNamesTheStatement() throws SQLException {
    SQLException conflict = conflict();
    server.script(B, count(3), count(2));
    server.script(C, failure(conflict));
    connection.execute(A);
    connection.execute(B);
    assertThatFailure(failureOf(() -> connection.execute(C)))
        .isInstanceOfSatisfying(
            DataChangedException.class,
            changed -> {
              assertThat(changed.statement()).isEqualTo(2);
              assertThat(changed.sql()).isEqualTo(B);
              assertThat(changed.getSQLState()).isEqualTo("40001");
            })
        .hasCause(conflict)
        .hasMessageContaining("its update count was 3 and is 2");
    assertThat(server.log()).containsExactly(A, B, C, WAITED, ROLLED_BACK, A, B, ROLLED_BACK);
    assertThat(connection.statistics.snapshot().dataChanged()).isEqualTo(1);
  }

  @Test
  void statementThatFailsInTheReplayHasAnotherOutcome() throws SQLException {
    SQLException duplicate = new SQLException("duplicate", "23505");
    server.script(A, count(1), failure(duplicate));
    server.script(B, failure(conflict()));
    connection.execute(A);
    assertThatFailure(failureOf(() -> connection.execute(B)))
        .isInstanceOf(DataChangedException.class)
        .hasSuppressedException(duplicate)
        .hasMessageContaining("it succeeded and fails now with SQLSTATE 23505");
    assertThat(server.log()).containsExactly(A, B, WAITED, ROLLED_BACK, A, ROLLED_BACK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"08006", "53300", "54000", "57014", "57P01", "58030", "XX000"})
  void failureThatSaysNothingAboutTheDataSurfacesAsItselfWithTheConflict(String sqlState)
      throws SQLException {
    SQLException conflict = conflict();
    SQLException unwell = new SQLException("unwell", sqlState);
    server.script(A, count(1), failure(unwell));
    server.script(B, failure(conflict));
    connection.execute(A);
    assertThatFailure(failureOf(() -> connection.execute(B)))
        .isSameAs(unwell)
        .hasSuppressedException(conflict);
    assertThat(connection.statistics.snapshot().dataChanged()).isZero();
  }

  @Test
  void failureThatTheApplicationHasSeenIsTheSameOutcome() throws SQLException {
    SQLException noResult = new SQLException("No results were returned by the query.", "02000");
    server.script(A, failure(noResult), failure(new SQLException("no results", "02000")));
    assertThatFailure(failureOf(() -> connection.execute(A))).isSameAs(noResult);
    server.script(B, failure(conflict()));
    connection.execute(B);
    assertThat(server.log()).containsExactly(A, B, WAITED, ROLLED_BACK, A, B);
  }

  @Test
  void successInPlaceOfAFailureThatTheApplicationHasSeenIsAnotherOutcome() {
    server.script(A, failure(new SQLException("no results", "02000")));
    failureOf(() -> connection.execute(A));
    server.script(B, failure(conflict()));
    assertThatFailure(failureOf(() -> connection.execute(B)))
        .isInstanceOf(DataChangedException.class)
        .hasMessageContaining("it failed with SQLSTATE 02000 and succeeds now");
  }

  // -------------------- how often and how long

  @Test
  void everyConflictOfARecoveryCountsAndIsKept() throws SQLException {
    SQLException[] conflicts = {conflict(), conflict(), conflict()};
    connection = new GateOnFakeServer(RetryMode.TRANSACTION, 3);
    server = connection.server;
    server.setAutocommit(false);
    server.script(A, count(1), failure(conflicts[1]), count(1));
    server.script(B, failure(conflicts[0]), failure(conflicts[2]));
    connection.execute(A);
    assertThatFailure(failureOf(() -> connection.execute(B)))
        .isInstanceOfSatisfying(
            RetriesExhaustedException.class,
            exhausted -> assertThat(exhausted.executions()).isEqualTo(3))
        .hasCause(conflicts[2]);
    assertThat(conflicts[2].getSuppressed()).isEmpty();
    assertThat(server.log())
        .containsExactly(A, B, WAITED, ROLLED_BACK, A, ROLLED_BACK, WAITED, A, B);
    assertThat(connection.statistics.snapshot().conflicts()).isEqualTo(3);
    assertThat(connection.statistics.snapshot().exhausted()).isEqualTo(1);
  }

  @Test
  void transactionThatIsAsOldAsOneMayBecomeIsNotRunAgain() throws SQLException {
    connection.execute(A);
    connection.pass(TimeLimit.LONGEST_TRANSACTION.minusSeconds(1));
    server.script(B, failure(conflict()));
    connection.execute(B);
    assertThat(server.takeLog()).containsExactly(A, B, WAITED, ROLLED_BACK, A, B);
    connection.pass(Duration.ofSeconds(1));
    server.script(C, failure(conflict()));
    assertThatFailure(failureOf(() -> connection.execute(C)))
        .isInstanceOf(RetriesExhaustedException.class)
        .hasMessageContaining("older than the 5 minutes");
    assertThat(server.takeLog()).containsExactly(C);
  }

  @Test
  void ageOfATransactionIsItsOwn() throws SQLException {
    connection.execute(A);
    connection.commit();
    connection.pass(TimeLimit.LONGEST_TRANSACTION);
    connection.execute(B);
    server.script(C, failure(conflict()));
    connection.execute(C);
    assertThat(connection.statistics.snapshot().replays()).isEqualTo(1);
  }

  // -------------------- interruption and cancellation

  @Test
  void interruptionOfTheWaitSurfacesTheConflictAndStaysVisible() throws SQLException {
    SQLException conflict = conflict();
    server.script(B, failure(conflict));
    connection.sleeper =
        delay -> {
          throw new InterruptedException();
        };
    connection.execute(A);
    SQLException failure = failureOf(() -> connection.execute(B));
    assertThat(Thread.interrupted()).isTrue();
    assertThatFailure(failure)
        .isInstanceOf(RetriesExhaustedException.class)
        .hasCause(conflict)
        .hasMessageContaining("the thread was interrupted");
    assertThat(server.log()).containsExactly(A, B, WAITED);
  }

  @Test
  void cancellationOfTheWaitSurfacesTheConflict() throws SQLException {
    FakeStatement statement = new FakeStatement();
    server.script(B, failure(conflict()));
    connection.sleeper =
        delay -> {
          throw new WaitCancelledException();
        };
    connection.execute(A);
    assertThatFailure(failureOf(() -> connection.execute(statement, B)))
        .isInstanceOf(RetriesExhaustedException.class)
        .hasMessageContaining("the statement was cancelled");
    assertThat(Thread.interrupted()).isFalse();
    assertThat(server.log()).containsExactly(A, B, WAITED);
  }

  @Test
  void cancellationThatComesTooLateToEndTheWaitStillEndsTheReplay() throws SQLException {
    FakeStatement statement = new FakeStatement();
    server.script(B, failure(conflict()));
    connection.sleeper =
        delay -> {
          try {
            connection.gate.cancel(statement);
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        };
    connection.execute(A);
    assertThatFailure(failureOf(() -> connection.execute(statement, B)))
        .isInstanceOf(RetriesExhaustedException.class)
        .hasMessageContaining("the statement was cancelled");
    assertThat(server.log()).startsWith(A, B, WAITED).doesNotHaveDuplicates();
  }

  @Test
  void cancellationStopsWhatTheReplayIsExecuting() throws SQLException {
    FakeStatement replayed = new FakeStatement();
    FakeStatement statement = new FakeStatement();
    SQLException conflict = conflict();
    server.script(
        A,
        count(1),
        () -> {
          connection.gate.cancel(statement);
          throw new SQLException("canceling statement due to user request", "57014");
        });
    server.script(B, failure(conflict));
    connection.execute(replayed, A);
    assertThatFailure(failureOf(() -> connection.execute(statement, B)))
        .isInstanceOf(RetriesExhaustedException.class)
        .hasCause(conflict)
        .hasMessageContaining("the statement was cancelled");
    assertThat(replayed.replacements).containsExactly("cancel", "close");
    assertThat(server.log()).containsExactly(A, B, WAITED, ROLLED_BACK, A, ROLLED_BACK);
  }

  @Test
  void cancellationOfAnotherStatementChangesNothing() throws SQLException {
    FakeStatement other = new FakeStatement();
    server.script(
        A,
        count(1),
        () -> {
          connection.gate.cancel(other);
          return 1;
        });
    server.script(B, failure(conflict()));
    connection.execute(other, A);
    connection.execute(B);
    assertThat(server.log()).containsExactly(A, B, WAITED, ROLLED_BACK, A, B);
  }

  // -------------------- what cannot be run again

  @Test
  void statementThatCannotBeExecutedElsewhereMakesItsTransactionNotReplayable()
      throws SQLException {
    FakeStatement unknown = new FakeStatement();
    unknown.obstacle = "nobody knows the statement";
    connection.execute(A);
    connection.execute(unknown, B);
    assertNotReplayable("nobody knows the statement");
  }

  @Test
  void statementThatCannotBeSentAgainMakesItsTransactionNotReplayable() throws SQLException {
    SQLException conflict = conflict();
    FakeStatement consumed = new FakeStatement();
    consumed.obstacleToRepeat = "a stream was read";
    connection.execute(A);
    server.script(B, failure(conflict));
    assertThatFailure(failureOf(() -> connection.execute(consumed, B)))
        .isInstanceOfSatisfying(
            NotReplayableException.class,
            failure -> assertThat(failure.reason()).isEqualTo("a stream was read"))
        .hasCause(conflict);
    assertThat(server.log()).containsExactly(A, B);
  }

  @Test
  void journalThatWouldGrowTooLargeMakesItsTransactionNotReplayable() throws SQLException {
    for (int i = 0; i < 1_000; i++) {
      connection.execute(A);
    }
    server.takeLog();
    assertNotReplayable(
        "its journal takes more than "
            + GateOnFakeServer.JOURNAL_BYTES
            + " bytes (property journalBytes)");
  }

  @Test
  void whatHappensOutOfSightMakesTheTransactionNotReplayable() throws SQLException {
    connection.execute(A);
    connection.gate.giveUpReplay("rows were changed through a result set");
    assertNotReplayable("rows were changed through a result set");
  }

  @Test
  void changeOfTheModeMakesTheOpenTransactionNotReplayableAndNoOther() throws SQLException {
    connection.execute(A);
    connection.gate.setRetryMode(RetryMode.STATEMENT);
    connection.gate.setRetryMode(RetryMode.TRANSACTION);
    assertNotReplayable("retryMode");
    connection.rollBack();
    server.takeLog();
    connection.execute(A);
    server.script(B, failure(conflict()));
    connection.execute(B);
    assertThat(server.log()).containsExactly(A, B, WAITED, ROLLED_BACK, A, B);
  }

  @Test
  void unwrappedConnectionNeverRunsATransactionAgain() throws SQLException {
    connection.gate.unwrapped(List.class);
    for (int i = 0; i < 2; i++) {
      connection.execute(A);
      assertNotReplayable("the connection was unwrapped to java.util.List");
      connection.rollBack();
    }
  }

  @Test
  void transactionWhoseBeginningNobodySawIsNotReplayable() throws SQLException {
    server.execute(A);
    connection.execute(B);
    assertNotReplayable("it was begun where the driver could not see it");
  }

  @Test
  void transactionThatWasBegunByTheEndOfAnotherIsNotReplayable() throws SQLException {
    server.setAutocommit(true);
    server.script(
        "commit and chain",
        () -> {
          server.execute("begin");
          return 1;
        });
    connection.execute("commit and chain");
    connection.execute(A);
    assertNotReplayable("it was begun, or may have been, by the end of another");
  }

  /** Nothing is undone or sent: only the application can know how to go on. */
  private void assertNotReplayable(String reason) {
    SQLException conflict = conflict();
    server.script("conflicting", failure(conflict));
    server.takeLog();
    long counted = connection.statistics.snapshot().notReplayable();
    assertThatFailure(failureOf(() -> connection.execute("conflicting")))
        .isInstanceOfSatisfying(
            NotReplayableException.class,
            failure -> {
              assertThat(failure.reason()).contains(reason);
              assertThat(failure.getSQLState()).isEqualTo("40001");
            })
        .hasCause(conflict);
    assertThat(server.takeLog()).containsExactly("conflicting");
    assertThat(server.isTransactionFailed()).isTrue();
    assertThat(connection.statistics.snapshot().notReplayable()).isEqualTo(counted + 1);
  }

  /** An SQLException is iterable too: AssertJ has to be told which of the two it is. */
  private static AbstractThrowableAssert<?, Throwable> assertThatFailure(Throwable failure) {
    return assertThat(failure);
  }
}
