package io.dsqlproxy.driver.execution;

import static io.dsqlproxy.driver.execution.FakeServer.MOVED;
import static io.dsqlproxy.driver.execution.FakeServer.WAITED;
import static io.dsqlproxy.driver.execution.FakeServer.count;
import static io.dsqlproxy.driver.execution.FakeServer.failure;
import static io.dsqlproxy.driver.execution.GateOnFakeServer.failureOf;
import static io.dsqlproxy.driver.execution.ReconnectMode.BETWEEN_TRANSACTIONS;
import static io.dsqlproxy.driver.execution.ReconnectMode.IN_TRANSACTIONS;
import static io.dsqlproxy.driver.execution.ReconnectMode.NEVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.Effect;
import io.dsqlproxy.rewriter.PlannedForm;
import java.sql.SQLException;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the work of a connection that is lost, or old: nothing happens twice. */
class LostConnectionTest {

  private static final String A = "insert into a values (1)";
  private static final String B = "update b set n = 1";
  private static final String C = "delete from c";

  private GateOnFakeServer connection;
  private FakeServer server;

  private void connect(ReconnectMode mode, boolean autocommit) {
    connect(RetryMode.TRANSACTION, mode, autocommit);
  }

  private void connect(RetryMode retryMode, ReconnectMode mode, boolean autocommit) {
    connection = new GateOnFakeServer(retryMode, 3, mode);
    server = connection.server;
    server.setAutocommit(autocommit);
  }

  private static SQLException cut() {
    return new SQLException("An I/O error occurred", "08006");
  }

  /** An SQLException is an Iterable as well. */
  private static AbstractThrowableAssert<?, ? extends Throwable> assertThatFailure(
      SQLException failure) {
    return assertThat((Throwable) failure);
  }

  // -------------------- between transactions

  @ParameterizedTest
  @EnumSource(names = {"BETWEEN_TRANSACTIONS", "IN_TRANSACTIONS"})
  void knownLossIsRepairedBeforeTheNextStatementInAutocommit(ReconnectMode mode)
      throws SQLException {
    connect(mode, true);
    server.close();
    connection.execute(A);
    connection.execute(B);
    assertThat(server.log()).containsExactly(MOVED, A, B);
  }

  @ParameterizedTest
  @EnumSource(names = {"BETWEEN_TRANSACTIONS", "IN_TRANSACTIONS"})
  void statementInAutocommitThatMayHaveBeenExecutedIsNotRepeated(ReconnectMode mode)
      throws SQLException {
    connect(mode, true);
    SQLException cut = cut();
    server.script(A, failure(cut));
    assertThatFailure(failureOf(() -> connection.execute(A))).isSameAs(cut);
    assertThat(server.takeLog()).containsExactly(A);
    connection.execute(B);
    assertThat(server.log()).containsExactly(MOVED, B);
  }

  @Test
  void batchInAutocommitThatMayHaveBeenExecutedIsNotRepeated() throws SQLException {
    connect(IN_TRANSACTIONS, true);
    server.script(A, failure(cut()));
    FakeStatement statement = new FakeStatement();
    assertThatFailure(
            failureOf(
                () ->
                    connection.gate.executeBatch(
                        statement,
                        new PlannedForm.Send(A, List.of()),
                        Effect.ANYTHING,
                        2,
                        connection.update())))
        .hasMessage("An I/O error occurred");
    assertThat(server.log()).containsExactly(A);
  }

  @ParameterizedTest
  @ValueSource(strings = {"call p()", "a; b", "commit; insert into a values (1)"})
  void textInAutocommitThatMayHaveTakenEffectInPartIsNotRepeated(String sql) {
    connect(IN_TRANSACTIONS, true);
    server.script(sql, failure(cut()));
    assertThatFailure(failureOf(() -> connection.execute(sql))).hasMessage("An I/O error occurred");
    assertThat(server.log()).containsExactly(sql);
  }

  @Test
  void textThatOnlyBeginsATransactionIsSentOnAnotherConnectionOnce() throws SQLException {
    connect(BETWEEN_TRANSACTIONS, true);
    SQLException second = cut();
    server.script("begin", failure(cut()), count(0), failure(cut()), failure(second));
    connection.execute("begin");
    connection.execute(A);
    connection.execute("commit");
    assertThat(server.takeLog()).containsExactly("begin", MOVED, "begin", A, "commit");
    assertThatFailure(failureOf(() -> connection.execute("begin"))).isSameAs(second);
    assertThat(server.log()).containsExactly("begin", MOVED, "begin");
  }

  @ParameterizedTest
  @EnumSource(names = {"TRANSACTION", "STATEMENT", "OFF"})
  void firstStatementOfATransactionIsExecutedOnAnotherConnection(RetryMode retryMode)
      throws SQLException {
    connect(retryMode, BETWEEN_TRANSACTIONS, false);
    server.script(A, failure(cut()), count(7));
    assertThat(connection.execute(A)).isEqualTo(7);
    connection.execute(B);
    connection.commit();
    assertThat(server.log()).containsExactly(A, WAITED, MOVED, A, B, "commit");
  }

  @Test
  void firstStatementThatCannotBeRepeatedSurfacesWithTheReason() throws SQLException {
    connect(BETWEEN_TRANSACTIONS, false);
    SQLException cut = cut();
    server.script(A, failure(cut));
    FakeStatement statement = new FakeStatement();
    statement.obstacleToRepeat = "its stream was read";
    assertThatFailure(failureOf(() -> connection.execute(statement, A))).isSameAs(cut);
    assertThat(cut.getSuppressed()).hasSize(1);
    assertThat(cut.getSuppressed()[0]).hasMessageContaining("because its stream was read");
    assertThat(server.log()).containsExactly(A);
  }

  @Test
  void lossThatSurfacesInATransactionLetsNothingBePassedOffAsIt() throws SQLException {
    connect(BETWEEN_TRANSACTIONS, false);
    SQLException cut = cut();
    server.script(B, failure(cut));
    connection.execute(A);
    assertThatFailure(failureOf(() -> connection.execute(B))).isSameAs(cut);
    assertThat(failureOf(() -> connection.execute(C)).getSQLState()).isEqualTo("25P02");
    assertThat(failureOf(connection::commit).getSQLState()).isEqualTo("25P02");
    assertThat(server.takeLog()).doesNotContain(C, "commit");
    connection.execute(C);
    connection.commit();
    assertThat(server.log()).containsExactly(C, "commit");
  }

  @Test
  void rollbackOfALostTransactionSucceedsWithoutAServer() throws SQLException {
    connect(BETWEEN_TRANSACTIONS, false);
    connection.execute(A);
    server.close();
    connection.rollBack();
    assertThat(server.takeLog()).containsExactly(A);
    connection.execute(B);
    assertThat(server.log()).containsExactly(MOVED, B);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rollbackThatMeetsTheLossSucceeds(boolean asText) throws SQLException {
    connect(BETWEEN_TRANSACTIONS, false);
    server.script("rollback", failure(cut()));
    connection.execute(A);
    if (asText) {
      connection.execute("rollback");
    } else {
      connection.rollBack();
    }
    server.takeLog();
    connection.execute(B);
    connection.commit();
    assertThat(server.log()).doesNotContain(A).contains(B, "commit");
  }

  @Test
  void oldConnectionIsLeftBetweenTransactionsAndNotWithin() throws SQLException {
    connect(BETWEEN_TRANSACTIONS, false);
    connection.execute(A);
    server.growOld();
    connection.execute(B);
    connection.commit();
    assertThat(server.takeLog()).containsExactly(A, B, "commit");
    connection.execute(C);
    assertThat(server.log()).containsExactly(MOVED, C);
  }

  @Test
  void nothingMovesWithoutBeingAskedFor() throws SQLException {
    connect(NEVER, true);
    server.growOld();
    connection.execute(A);
    server.close();
    assertThat(failureOf(() -> connection.execute(B)).getSQLState()).isEqualTo("08003");
    assertThat(server.log()).containsExactly(A);
  }

  @Test
  void connectionThatCannotBeReplacedSaysWhy() throws SQLException {
    connect(BETWEEN_TRANSACTIONS, true);
    server.close();
    SQLException refusal = DsqlExceptions.notMoved("a statement was prepared");
    server.refuseToMove(refusal);
    assertThatFailure(failureOf(() -> connection.execute(A))).isSameAs(refusal);
    server.refuseToMove(null);
    connection.execute(A);
    assertThat(server.log()).containsExactly(MOVED, A);
  }

  @Test
  void unwrappedConnectionStays() {
    connect(IN_TRANSACTIONS, true);
    connection.gate.unwrapped(String.class);
    assertThat(server.stays()).contains("unwrapped to java.lang.String");
  }

  // -------------------- in a transaction

  @Test
  void transactionIsRunAgainOnAnotherConnection() throws SQLException {
    connect(IN_TRANSACTIONS, false);
    server.script(C, failure(cut()), count(3));
    connection.execute(A);
    connection.execute(B);
    assertThat(connection.execute(C)).isEqualTo(3);
    connection.commit();
    assertThat(server.log()).containsExactly(A, B, C, WAITED, MOVED, A, B, C, "commit");
    assertThat(connection.statistics.snapshot().replays()).isEqualTo(1);
    assertThat(connection.statistics.snapshot().conflicts()).isZero();
  }

  @Test
  void transactionOfATextIsRunAgainFromItsBegin() throws SQLException {
    connect(IN_TRANSACTIONS, true);
    server.script(B, failure(cut()), count(1));
    connection.execute("begin");
    connection.execute(A);
    connection.execute(B);
    assertThat(server.log()).containsExactly("begin", A, B, WAITED, MOVED, "begin", A, B);
  }

  @Test
  void lossDuringTheReplayBeginsAgainOnYetAnother() throws SQLException {
    connect(IN_TRANSACTIONS, false);
    server.script(A, count(1), failure(cut()), count(1));
    server.script(B, failure(cut()), count(1));
    connection.execute(A);
    connection.execute(B);
    assertThat(server.log()).containsExactly(A, B, WAITED, MOVED, A, WAITED, MOVED, A, B);
  }

  @Test
  void conflictAfterALossIsRunAgainOnTheNewConnection() throws SQLException {
    connect(IN_TRANSACTIONS, false);
    server.script(B, failure(cut()), failure(FakeServer.conflict()), count(1));
    connection.execute(A);
    connection.execute(B);
    assertThat(server.log())
        .containsExactly(A, B, WAITED, MOVED, A, B, WAITED, FakeServer.ROLLED_BACK, A, B);
  }

  @Test
  void lossThatGoesOnSurfacesAsALoss() throws SQLException {
    connect(IN_TRANSACTIONS, false);
    SQLException last = cut();
    server.script(B, failure(cut()), failure(cut()), failure(last));
    connection.execute(A);
    SQLException surfaced = failureOf(() -> connection.execute(B));
    assertThatFailure(surfaced).isSameAs(last);
    assertThat(surfaced.getSuppressed()).hasSize(3);
    assertThat(surfaced.getSuppressed()[0]).hasMessageContaining("the policy allows 3 executions");
    assertThat(Conflict.isReportedBy(surfaced)).isFalse();
  }

  @Test
  void changedDataAreNoticedOnTheNewConnection() throws SQLException {
    connect(IN_TRANSACTIONS, false);
    SQLException cut = cut();
    server.script(A, count(1), count(2));
    server.script(B, failure(cut));
    connection.execute(A);
    SQLException changed = failureOf(() -> connection.execute(B));
    assertThatFailure(changed).isInstanceOf(DataChangedException.class).hasCause(cut);
    assertThatFailure(changed).hasMessageStartingWith("The transaction lost its connection");
    assertThat(failureOf(() -> connection.execute(C)).getSQLState()).isEqualTo("25P02");
    connection.rollBack();
    connection.execute(C);
    assertThat(server.log()).endsWith("rollback", C);
  }

  @Test
  void transactionThatCannotBeRunAgainSurfacesAsALossWithTheReason() throws SQLException {
    connect(IN_TRANSACTIONS, false);
    SQLException cut = cut();
    server.script(B, failure(cut));
    connection.execute(A);
    connection.gate.giveUpReplay("somebody did something");
    assertThatFailure(failureOf(() -> connection.execute(B))).isSameAs(cut);
    assertThat(cut.getSuppressed()[0]).hasMessageContaining("because somebody did something");
    assertThat(server.log()).containsExactly(A, B);
    assertThat(connection.statistics.snapshot().notReplayable()).isEqualTo(1);
  }

  /** The journal does not hold the statement that failed. */
  @Test
  void transactionThatHasFailedIsNotRunAgain() throws SQLException {
    connect(IN_TRANSACTIONS, false);
    server.script(B, failure(new SQLException("duplicate key", "23505")));
    connection.execute(A);
    failureOf(() -> connection.execute(B));
    server.close();
    assertThat(failureOf(() -> connection.execute(C)).getSQLState()).isEqualTo("08003");
    assertThat(failureOf(connection::commit).getSQLState()).isEqualTo("25P02");
    assertThat(server.log()).containsExactly(A, B);
  }

  @ParameterizedTest
  @EnumSource(names = {"BETWEEN_TRANSACTIONS", "IN_TRANSACTIONS"})
  void lossAfterCommitWasSentIsAnUnknownOutcomeAndNothingIsRunAgain(ReconnectMode mode)
      throws SQLException {
    for (boolean text : new boolean[] {true, false}) {
      connect(mode, false);
      server.script("commit", failure(cut()));
      connection.execute(A);
      SQLException unknown =
          failureOf(
              () -> {
                if (text) connection.execute("commit");
                else connection.commit();
              });
      assertThatFailure(unknown).isInstanceOf(CommitOutcomeUnknownException.class);
      assertThat(server.takeLog()).containsExactly(A, "commit");
      assertThat(server.ends()).startsWith("?");
      connection.execute(B);
      connection.commit();
      assertThat(server.log()).as("the next one").containsExactly(MOVED, B, "commit");
    }
  }

  @Test
  void commitOnAConnectionThatWasLostBeforeRunsTheTransactionAgain() throws SQLException {
    for (boolean text : new boolean[] {true, false}) {
      connect(IN_TRANSACTIONS, false);
      connection.execute(A);
      server.close();
      if (text) {
        connection.execute("commit");
      } else {
        connection.commit();
      }
      assertThat(server.log()).containsExactly(A, WAITED, MOVED, A, "commit");
    }
  }

  @Test
  void commitThatWasNotSentHasAKnownOutcome() throws SQLException {
    connect(BETWEEN_TRANSACTIONS, false);
    connection.execute(A);
    server.close();
    assertThat(failureOf(connection::commit).getSQLState()).isEqualTo("08003");
    assertThat(connection.statistics.snapshot().commitsUnknown()).isZero();
    connection.execute(B);
    assertThat(server.log()).containsExactly(A, MOVED, B);
  }

  @ParameterizedTest
  @EnumSource(names = {"BETWEEN_TRANSACTIONS", "IN_TRANSACTIONS"})
  void lossInWhatPrecedesCommitLeavesNothingOpen(ReconnectMode mode) throws SQLException {
    connect(mode, false);
    SQLException cut = cut();
    server.script("fence", failure(cut), count(1));
    connection.beforeCommit = () -> server.execute("fence");
    connection.execute(A);
    if (mode == IN_TRANSACTIONS) {
      connection.commit();
      assertThat(server.log()).containsExactly(A, "fence", WAITED, MOVED, A, "fence", "commit");
    } else {
      assertThatFailure(failureOf(connection::commit)).isSameAs(cut);
      assertThat(server.log()).containsExactly(A, "fence");
    }
    assertThat(connection.statistics.snapshot().commitsUnknown()).isZero();
  }

  @Test
  void chainThatMayHaveCommittedIsOfUnknownOutcomeAndNotRunAgain() throws SQLException {
    connect(IN_TRANSACTIONS, false);
    SQLException cut = cut();
    server.script("commit and chain", failure(cut));
    connection.execute(A);
    assertThatFailure(failureOf(() -> connection.execute("commit and chain")))
        .isInstanceOf(CommitOutcomeUnknownException.class)
        .hasCause(cut);
    assertThat(failureOf(() -> connection.execute(B)).getSQLState()).isEqualTo("25P02");
    assertThat(server.log()).doesNotContain(B);
  }

  @Test
  void movementInAResultGoesOnInTheReplay() throws SQLException {
    connect(IN_TRANSACTIONS, false);
    connection.execute(A);
    server.close();
    assertThat(connection.gate.moveAfter(cut(), () -> server.execute("fetch") == 1)).isTrue();
    assertThat(server.log()).containsExactly(A, WAITED, MOVED, A, "fetch");
  }

  @Test
  void settingIsMadeAgainOnTheNewConnection() throws SQLException {
    connect(IN_TRANSACTIONS, false);
    server.script("set", failure(cut()), count(0));
    connection.execute(A);
    connection.gate.set("setSchema", () -> server.execute("set"));
    server.script(B, failure(cut()), count(1));
    connection.execute(B);
    assertThat(server.log())
        .containsExactly(A, "set", WAITED, MOVED, A, "set", B, WAITED, MOVED, A, "set", B);
  }

  @Test
  void savepointIsReturnedToOnTheNewConnection() throws SQLException {
    connect(IN_TRANSACTIONS, false);
    connection.execute(A);
    connection.gate.setSavepoint("s");
    connection.execute(B);
    server.close();
    connection.gate.rollBackTo("s");
    connection.execute(C);
    assertThat(server.log()).containsExactly(A, B, MOVED, A, C);
  }

  @Test
  void savepointOfALostTransactionIsNotReturnedToUnlessTransactionsMove() throws SQLException {
    connect(BETWEEN_TRANSACTIONS, false);
    connection.execute(A);
    connection.gate.setSavepoint("s");
    connection.execute(B);
    server.close();
    assertThatFailure(failureOf(() -> connection.gate.rollBackTo("s"))).isNotNull();
    assertThat(failureOf(() -> connection.execute(C)).getSQLState()).isEqualTo("25P02");
    assertThat(server.log()).as("neither again nor more").containsExactly(A, B, MOVED);
  }

  // -------------------- what a failed rollback must not hide

  @ParameterizedTest
  @EnumSource
  void changedDataIsReportedAlsoWhenTheRollbackAfterItLosesTheConnection(ReconnectMode mode)
      throws SQLException {
    connect(mode, false);
    SQLException cut = cut();
    server.script(A, count(1), () -> loseAtNextRollback(cut, 2));
    server.script(B, failure(FakeServer.conflict()));
    connection.execute(A);
    SQLException failure = failureOf(() -> connection.execute(B));
    assertThatFailure(failure).isInstanceOf(DataChangedException.class).hasSuppressedException(cut);
    assertThat(server.isClosed()).isTrue();
  }

  /** The first rollback leaves the transaction that met the conflict. */
  private int loseAtNextRollback(SQLException loss, int count) {
    server.loseAtRollback(loss);
    return count;
  }

  @ParameterizedTest
  @EnumSource(names = {"NEVER", "BETWEEN_TRANSACTIONS"})
  void conflictIsReportedAlsoWhenTheRollbackAfterItLosesTheConnection(ReconnectMode mode)
      throws SQLException {
    connect(mode, false);
    connection.execute(A);
    SQLException conflict = FakeServer.conflict();
    SQLException cut = cut();
    server.script(B, failure(conflict));
    server.loseAtRollback(cut);
    assertThatFailure(failureOf(() -> connection.execute(B)))
        .isInstanceOf(NotReplayableException.class)
        .hasMessageContaining("its connection was lost when it was rolled back")
        .hasCause(conflict)
        .hasSuppressedException(cut);
  }

  @ParameterizedTest
  @EnumSource(names = {"NEVER", "BETWEEN_TRANSACTIONS"})
  void lossOfTheConnectionIsReportedWhenARollbackToASavepointMeetsIt(ReconnectMode mode)
      throws SQLException {
    connect(mode, false);
    connection.execute(A);
    connection.gate.setSavepoint("s");
    connection.execute(B);
    SQLException cut = cut();
    server.loseAtRollback(cut);
    assertThatFailure(failureOf(() -> connection.gate.rollBackTo("s"))).isSameAs(cut);
  }

  @Test
  void transactionGoesOnElsewhereWhenARollbackToASavepointLosesItsConnection() throws SQLException {
    connect(IN_TRANSACTIONS, false);
    connection.execute(A);
    connection.gate.setSavepoint("s");
    connection.execute(B);
    server.loseAtRollback(cut());
    connection.gate.rollBackTo("s");
    connection.execute(C);
    connection.commit();
    assertThat(server.log()).containsExactly(A, B, MOVED, A, C, "commit");
  }
}
