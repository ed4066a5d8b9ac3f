package io.dsqlproxy.driver.execution;

import static io.dsqlproxy.driver.execution.FakeServer.ROLLED_BACK;
import static io.dsqlproxy.driver.execution.FakeServer.WAITED;
import static io.dsqlproxy.driver.execution.FakeServer.conflict;
import static io.dsqlproxy.driver.execution.FakeServer.count;
import static io.dsqlproxy.driver.execution.FakeServer.failure;
import static io.dsqlproxy.driver.execution.GateOnFakeServer.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.Collections;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a transaction ends: with COMMIT, whatever that meets, or because a replay went wrong. */
class TransactionEndTest {

  private static final String A = "insert into a values (1)";
  private static final String B = "update b set n = 1";

  private GateOnFakeServer connection = new GateOnFakeServer(RetryMode.TRANSACTION, 5);
  private FakeServer server = connection.server;

  @BeforeEach
  void withoutAutocommit() {
    server.setAutocommit(false);
  }

  /** COMMIT, by JDBC's method or as a text. */
  enum Commit {
    METHOD,
    TEXT;

    void on(GateOnFakeServer connection) throws SQLException {
      if (this == METHOD) {
        connection.commit();
      } else {
        connection.execute("commit");
      }
    }
  }

  // -------------------- a conflict at COMMIT

  @ParameterizedTest
  @EnumSource
  void conflictAtCommitRunsTheWholeTransactionAgain(Commit commit) throws SQLException {
    server.script("commit", failure(conflict()), failure(conflict()));
    connection.execute(A);
    connection.execute(B);
    commit.on(connection);
    assertThat(server.log())
        .containsExactly(A, B, "commit", WAITED, A, B, "commit", WAITED, A, B, "commit");
    assertThat(connection.statistics.snapshot().replays()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void conflictThatSurfacesAtCommitEndsTheTransaction(Commit commit) throws SQLException {
    server.script("commit", Collections.nCopies(5, failure(conflict())).toArray(failures()));
    connection.execute(A);
    assertThatFailure(failureOf(() -> commit.on(connection)))
        .isInstanceOf(RetriesExhaustedException.class);
    assertNextTransactionIsAnother();
  }

  @ParameterizedTest
  @EnumSource
  void changedDataThatSurfacesAtCommitEndsTheTransaction(Commit commit) throws SQLException {
    server.script(A, count(1), count(2));
    server.script("commit", failure(conflict()));
    connection.execute(A);
    assertThatFailure(failureOf(() -> commit.on(connection)))
        .isInstanceOf(DataChangedException.class);
    assertNextTransactionIsAnother();
  }

  @ParameterizedTest
  @EnumSource
  void unrepeatableTransactionThatMeetsAConflictAtCommitIsOver(Commit commit) throws SQLException {
    server.script("commit", failure(conflict()));
    connection.execute(A);
    connection.gate.giveUpReplay("somebody looked");
    assertThatFailure(failureOf(() -> commit.on(connection)))
        .isInstanceOf(NotReplayableException.class);
    assertNextTransactionIsAnother();
  }

  @ParameterizedTest
  @EnumSource
  void interruptionOfTheWaitAtCommitEndsTheTransaction(Commit commit) throws SQLException {
    server.script("commit", failure(conflict()));
    connection.sleeper =
        delay -> {
          throw new InterruptedException();
        };
    connection.execute(A);
    SQLException failure = failureOf(() -> commit.on(connection));
    assertThat(Thread.interrupted()).isTrue();
    assertThatFailure(failure).isInstanceOf(RetriesExhaustedException.class);
    connection.sleeper = delay -> {};
    assertNextTransactionIsAnother();
  }

  @ParameterizedTest
  @EnumSource
  void otherFailureAtCommitSurfacesAsItCame(Commit commit) throws SQLException {
    SQLException violation = new SQLException("violation", "23503");
    server.script("commit", failure(violation));
    connection.execute(A);
    assertThatFailure(failureOf(() -> commit.on(connection))).isSameAs(violation);
    assertNextTransactionIsAnother();
  }

  /** The server's answer to such a COMMIT is a success. */
  @ParameterizedTest
  @EnumSource
  void commitOfAFailedTransactionIsWhatTheServerMakesOfIt(Commit commit) throws SQLException {
    failInB();
    commit.on(connection);
    assertThat(server.log()).containsExactly(A, B, "commit");
    assertNextTransactionIsAnother();
  }

  @ParameterizedTest
  @EnumSource
  void commitOfAFailedTransactionIsNoSuccessIfThatIsAskedFor(Commit commit) throws SQLException {
    useThrowing();
    failInB();
    assertThat(failureOf(() -> commit.on(connection)).getSQLState()).isEqualTo("25P02");
    assertThat(server.log()).containsExactly(A, B, "commit");
    assertNextTransactionIsAnother();
  }

  private void failInB() throws SQLException {
    SQLException violation = new SQLException("violation", "23505");
    server.script(B, failure(violation));
    connection.execute(A);
    assertThatFailure(failureOf(() -> connection.execute(B))).isSameAs(violation);
  }

  private void useThrowing() {
    connection = new GateOnFakeServer(RetryMode.TRANSACTION, 5, FailedCommit.THROW);
    server = connection.server;
    server.setAutocommit(false);
  }

  /**
   * The statement that met it is not in the journal: the others must not take effect without it.
   */
  @ParameterizedTest
  @EnumSource
  void transactionWhoseConflictHasSurfacedIsNotRunAgainWithoutTheStatementThatMetIt(Commit commit)
      throws SQLException {
    SQLException conflict = conflict();
    server.script(B, Collections.nCopies(5, failure(conflict)).toArray(failures()));
    connection.execute(A);
    assertThatFailure(failureOf(() -> connection.execute(B)))
        .isInstanceOf(RetriesExhaustedException.class);
    server.takeLog();
    assertThat(failureOf(() -> connection.execute(A)).getSQLState()).isEqualTo("25P02");
    commit.on(connection);
    assertThat(server.log()).containsExactly(A, "commit");
    assertNextTransactionIsAnother();
  }

  private static FakeServer.Answer[] failures() {
    return new FakeServer.Answer[0];
  }

  /** It works, and brings nothing of the last one back. */
  private void assertNextTransactionIsAnother() throws SQLException {
    server.takeLog();
    connection.execute(B);
    connection.commit();
    server.script("commit", failure(conflict()));
    connection.execute(B);
    connection.commit();
    assertThat(server.takeLog()).containsExactly(B, "commit", B, "commit", WAITED, B, "commit");
  }

  // -------------------- an unknown outcome

  @ParameterizedTest
  @CsvSource({
    "METHOD, 08006",
    "METHOD, 57P01",
    "METHOD, XX000",
    "TEXT, 08006",
    "TEXT, 57P01",
    "TEXT, 08003",
    "TEXT, XX000"
  })
  void commitThatIsNotAnsweredLeavesTheOutcomeOpenAndNothingIsRunAgain(
      Commit commit, String sqlState) throws SQLException {
    SQLException lost = new SQLException("lost", sqlState);
    server.script("commit", failure(lost));
    connection.execute(A);
    assertThatFailure(failureOf(() -> commit.on(connection)))
        .isInstanceOfSatisfying(
            CommitOutcomeUnknownException.class,
            unknown -> assertThat(unknown.getSQLState()).isEqualTo("08007"))
        .hasCause(lost);
    assertThat(server.log()).containsExactly(A, "commit");
    assertThat(connection.statistics.snapshot().commitsUnknown()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void outcomeOfARepeatedCommitCanBeUnknownToo(Commit commit) throws SQLException {
    SQLException conflict = conflict();
    server.script("commit", failure(conflict), failure(new SQLException("lost", "08006")));
    connection.execute(A);
    assertThatFailure(failureOf(() -> commit.on(connection)))
        .isInstanceOf(CommitOutcomeUnknownException.class)
        .hasSuppressedException(conflict);
    assertThat(server.log()).containsExactly(A, "commit", WAITED, A, "commit");
  }

  @ParameterizedTest
  @EnumSource(
      value = RetryMode.class,
      names = {"STATEMENT", "OFF"})
  void outcomeIsUnknownWhetherOrNotTransactionsAreRunAgain(RetryMode mode) throws SQLException {
    connection.gate.setRetryMode(mode);
    server.script("commit", failure(new SQLException("lost", "08006")));
    connection.execute(A);
    assertThatFailure(failureOf(connection::commit))
        .isInstanceOf(CommitOutcomeUnknownException.class);
  }

  @Test
  void outcomeOfATransactionInWhichNothingHappenedIsKnown() {
    SQLException lost = new SQLException("lost", "08006");
    server.script("commit", failure(lost));
    assertThatFailure(failureOf(connection::commit)).isSameAs(lost);
    assertThat(connection.statistics.snapshot().commitsUnknown()).isZero();
  }

  // -------------------- a transaction that the replay has lost

  private SQLException lose() throws SQLException {
    server.script(A, count(1), count(2));
    server.script(B, failure(conflict()));
    connection.execute(A);
    SQLException changed = failureOf(() -> connection.execute(B));
    assertThatFailure(changed).isInstanceOf(DataChangedException.class);
    assertThat(server.takeLog()).containsExactly(A, B, WAITED, ROLLED_BACK, A, ROLLED_BACK);
    return changed;
  }

  @ParameterizedTest
  @ValueSource(strings = {B, "begin", "savepoint s", "rollback to s", "commit; begin"})
  void nothingIsSentForALostTransactionUntilItIsRolledBack(String sql) throws SQLException {
    SQLException why = lose();
    for (int i = 0; i < 2; i++) {
      assertRefused(failureOf(() -> connection.execute(sql)), why);
    }
    assertThat(server.log()).isEmpty();
  }

  @Test
  void nothingIsSetInALostTransaction() throws SQLException {
    SQLException why = lose();
    assertRefused(failureOf(() -> connection.gate.setSavepoint("s")), why);
    assertRefused(failureOf(() -> connection.gate.rollBackTo("s")), why);
    assertRefused(failureOf(() -> connection.gate.releaseSavepoint("s")), why);
    assertRefused(
        failureOf(() -> connection.gate.set("setSchema", () -> server.execute("set"))), why);
    assertThat(server.log()).isEmpty();
  }

  /** As on a server that has kept it, as a failed one. */
  @ParameterizedTest
  @EnumSource
  void commitOfALostTransactionEndsIt(Commit commit) throws SQLException {
    lose();
    commit.on(connection);
    assertThat(server.log()).containsExactly("commit");
    assertNextTransactionIsAnother();
  }

  @ParameterizedTest
  @EnumSource
  void commitOfALostTransactionIsRefusedOnceAndEndsItIfThatIsAskedFor(Commit commit)
      throws SQLException {
    useThrowing();
    SQLException why = lose();
    assertRefused(failureOf(() -> commit.on(connection)), why);
    assertThat(server.log()).isEmpty();
    assertNextTransactionIsAnother();
  }

  @ParameterizedTest
  @EnumSource
  void whatALostTransactionHasSetIsNotKeptByItsCommit(Commit commit) throws SQLException {
    connection = new GateOnFakeServer(RetryMode.TRANSACTION, 5, ReconnectMode.BETWEEN_TRANSACTIONS);
    server = connection.server;
    server.setAutocommit(false);
    lose();
    commit.on(connection);
    assertThat(server.ends()).containsOnly("ROLLBACK");
  }

  @Test
  void rollbackEndsALostTransaction() throws SQLException {
    lose();
    connection.rollBack();
    assertNextTransactionIsAnother();
  }

  @Test
  void textRollbackEndsALostTransaction() throws SQLException {
    lose();
    connection.execute("rollback");
    assertNextTransactionIsAnother();
  }

  @Test
  void transactionThatATextHasBegunIsLostAlike() throws SQLException {
    server.setAutocommit(true);
    connection.execute("begin");
    SQLException why;
    server.script(A, count(1), count(2));
    server.script(B, failure(conflict()));
    connection.execute(A);
    why = failureOf(() -> connection.execute(B));
    server.takeLog();
    assertRefused(failureOf(() -> connection.execute(A)), why);
    assertThat(server.takeLog()).isEmpty();
    connection.execute("commit");
    assertThat(server.takeLog()).containsExactly("commit");
    connection.execute(A);
    assertThat(server.log()).containsExactly(A);
  }

  @Test
  void conflictThatSurfacesBeforeAnyReplayLeavesTheServersTransactionToTheApplication()
      throws SQLException {
    connection = new GateOnFakeServer(RetryMode.TRANSACTION, 1);
    server = connection.server;
    server.setAutocommit(false);
    SQLException conflict = conflict();
    server.script(B, failure(conflict));
    connection.execute(A);
    assertThatFailure(failureOf(() -> connection.execute(B))).isSameAs(conflict);
    assertThat(server.isTransactionFailed()).isTrue();
    connection.execute("rollback");
    assertThat(server.takeLog()).containsExactly(A, B, "rollback");
    connection.execute(A);
    connection.commit();
    assertThat(server.log()).containsExactly(A, "commit");
  }

  private static void assertRefused(SQLException failure, SQLException why) {
    assertThat(failure.getSQLState()).isEqualTo("25P02");
    assertThatFailure(failure).hasCause(why);
  }

  /** An SQLException is iterable too: AssertJ has to be told which of the two it is. */
  private static AbstractThrowableAssert<?, Throwable> assertThatFailure(Throwable failure) {
    return assertThat(failure);
  }
}
