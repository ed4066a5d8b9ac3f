package io.dsqlproxy.driver.execution;

import static io.dsqlproxy.driver.execution.FakeServer.ROLLED_BACK;
import static io.dsqlproxy.driver.execution.FakeServer.WAITED;
import static io.dsqlproxy.driver.execution.FakeServer.conflict;
import static io.dsqlproxy.driver.execution.FakeServer.count;
import static io.dsqlproxy.driver.execution.FakeServer.failure;
import static io.dsqlproxy.driver.execution.GateOnFakeServer.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server without savepoints, and a connection that has them all the same. */
class SavepointsTest {

  private static final String A = "insert into a values (1)";
  private static final String B = "update b set n = 1";
  private static final String C = "delete from c";

  private final GateOnFakeServer connection = new GateOnFakeServer(RetryMode.TRANSACTION, 5);
  private final FakeServer server = connection.server;

  @BeforeEach
  void withoutAutocommit() {
    server.setAutocommit(false);
  }

  private static SQLException uniqueViolation() {
    return new SQLException("duplicate key value", "23505");
  }

  private static String stateOf(SQLException failure) {
    return failure.getSQLState();
  }

  // -------------------- what is undone

  @Test
  void rollbackToASavepointRunsAgainWhatWasBeforeItAndNothingElse() throws SQLException {
    connection.execute(A);
    connection.gate.setSavepoint("s");
    connection.execute(B);
    connection.gate.rollBackTo("s");
    connection.execute(C);
    connection.commit();
    assertThat(server.log()).containsExactly(A, B, ROLLED_BACK, A, C, "commit");
  }

  @Test
  void savepointAtTheBeginningUndoesEverything() throws SQLException {
    connection.gate.setSavepoint("s");
    connection.execute(A);
    connection.gate.rollBackTo("s");
    connection.execute(B);
    connection.commit();
    assertThat(server.log()).containsExactly(A, ROLLED_BACK, B, "commit");
  }

  @Test
  void rollbackWithNothingToUndoSendsNothing() throws SQLException {
    connection.execute(A);
    connection.gate.setSavepoint("s");
    connection.gate.rollBackTo("s");
    assertThat(server.log()).containsExactly(A);
  }

  @Test
  void failedStatementIsUndoneLikeAnyOther() throws SQLException {
    server.script(B, failure(uniqueViolation()));
    connection.execute(A);
    connection.gate.setSavepoint("s");
    assertThat(stateOf(failureOf(() -> connection.execute(B)))).isEqualTo("23505");
    assertThat(server.isTransactionFailed()).isTrue();
    connection.gate.rollBackTo("s");
    assertThat(server.isTransactionFailed()).isFalse();
    connection.execute(C);
    connection.commit();
    assertThat(server.log()).containsExactly(A, B, ROLLED_BACK, A, C, "commit");
  }

  @Test
  void failedStatementThatWasTheFirstIsUndoneLikeAnyOther() throws SQLException {
    server.script(A, failure(uniqueViolation()));
    connection.gate.setSavepoint("s");
    assertThat(stateOf(failureOf(() -> connection.execute(A)))).isEqualTo("23505");
    connection.gate.rollBackTo("s");
    connection.execute(B);
    server.script(C, failure(conflict()));
    connection.execute(C);
    connection.commit();
    assertThat(server.log())
        .containsExactly(A, ROLLED_BACK, B, C, WAITED, ROLLED_BACK, B, C, "commit");
  }

  @Test
  void failedTransactionThatATextHasBegunGoesOnAfterItsSavepoint() throws SQLException {
    server.setAutocommit(true);
    server.script(B, failure(uniqueViolation()));
    connection.execute("begin");
    connection.execute("savepoint s");
    failureOf(() -> connection.execute(B));
    connection.execute("rollback to s");
    connection.execute(C);
    connection.execute("commit");
    assertThat(server.log()).containsExactly("begin", "", B, ROLLED_BACK, "begin", "", C, "commit");
  }

  @Test
  void whatWasUndoneIsNotRunAgainAfterAConflict() throws SQLException {
    connection.execute(A);
    connection.gate.setSavepoint("s");
    connection.execute(B);
    connection.gate.rollBackTo("s");
    server.takeLog();
    server.script(C, failure(conflict()));
    connection.execute(C);
    assertThat(server.log()).containsExactly(C, WAITED, ROLLED_BACK, A, C);
  }

  // -------------------- names

  @Test
  void savepointCanBeReturnedToAgain() throws SQLException {
    connection.execute(A);
    connection.gate.setSavepoint("s");
    for (int i = 0; i < 2; i++) {
      connection.execute(B);
      server.takeLog();
      connection.gate.rollBackTo("s");
      assertThat(server.log()).containsExactly(ROLLED_BACK, A);
    }
  }

  @Test
  void releasedSavepointIsGoneAndWhatWasDoneSinceIsNot() throws SQLException {
    connection.execute(A);
    connection.gate.setSavepoint("outer");
    connection.gate.setSavepoint("inner");
    connection.execute(B);
    connection.gate.releaseSavepoint("outer");
    server.script(C, failure(conflict()));
    connection.execute(C);
    assertThat(server.log()).containsExactly(A, B, C, WAITED, ROLLED_BACK, A, B, C);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rollback to s", "release s"})
  void savepointThatDoesNotExistAbortsTheTransaction(String sql) throws SQLException {
    connection.execute(A);
    assertThat(stateOf(failureOf(() -> connection.execute(sql)))).isEqualTo("3B001");
    assertThat(stateOf(failureOf(() -> connection.execute(B)))).isEqualTo("25P02");
    connection.execute("commit");
    assertThat(server.log()).containsExactly(A, ROLLED_BACK, "commit");
  }

  @Test
  void aSavepointThatExistsIsAWayBackAfterOneThatDoesNot() throws SQLException {
    connection.execute(A);
    connection.gate.setSavepoint("s");
    connection.execute(B);
    for (int i = 0; i < 2; i++) {
      assertThat(stateOf(failureOf(() -> connection.gate.rollBackTo("missing"))))
          .isEqualTo("3B001");
    }
    connection.gate.rollBackTo("s");
    connection.execute(C);
    connection.commit();
    assertThat(server.log()).containsExactly(A, B, ROLLED_BACK, A, C, "commit");
  }

  @Test
  void savepointsByMethodsNeedATransactionThatHasBegun() {
    assertThat(stateOf(failureOf(() -> connection.gate.rollBackTo("s")))).isEqualTo("25P01");
    assertThat(stateOf(failureOf(() -> connection.gate.releaseSavepoint("s")))).isEqualTo("25P01");
    assertThat(connection.gate.isTransactionLost()).isFalse();
  }

  @Test
  void savepointOfAnotherTransactionIsUnknown() throws SQLException {
    connection.execute(A);
    connection.gate.setSavepoint("s");
    connection.commit();
    connection.execute(A);
    assertThat(stateOf(failureOf(() -> connection.gate.rollBackTo("s")))).isEqualTo("3B001");
  }

  @Test
  void savepointOfATransactionThatWasRolledBackIsUnknown() throws SQLException {
    connection.gate.setSavepoint("s");
    connection.rollBack();
    connection.execute(A);
    assertThat(stateOf(failureOf(() -> connection.gate.rollBackTo("s")))).isEqualTo("3B001");
  }

  // -------------------- when the replay is not the same

  @Test
  void differenceBeforeTheSavepointSurfacesAndTheTransactionIsOver() throws SQLException {
    server.script(A, count(1), count(2));
    connection.execute(A);
    connection.gate.setSavepoint("s");
    connection.execute(B);
    SQLException changed = failureOf(() -> connection.gate.rollBackTo("s"));
    assertThat((Throwable) changed).isInstanceOf(DataChangedException.class);
    assertThat(server.isTransactionOpen()).isFalse();
    assertThat(stateOf(failureOf(() -> connection.execute(C)))).isEqualTo("25P02");
    connection.rollBack();
    connection.execute(C);
    assertThat(server.log()).containsExactly(A, B, ROLLED_BACK, A, ROLLED_BACK, "rollback", C);
  }

  @Test
  void conflictOnTheWayBackRunsItAgain() throws SQLException {
    server.script(A, count(1), failure(conflict()), count(1));
    connection.execute(A);
    connection.gate.setSavepoint("s");
    connection.execute(B);
    connection.gate.rollBackTo("s");
    connection.execute(C);
    assertThat(server.log()).containsExactly(A, B, ROLLED_BACK, A, ROLLED_BACK, WAITED, A, C);
  }

  @Test
  void transactionThatCannotBeReplayedCannotGoBackAndIsOver() throws SQLException {
    connection.execute(A);
    connection.gate.setSavepoint("s");
    connection.execute(B);
    connection.gate.giveUpReplay("rows were changed through a result set");
    SQLException refused = failureOf(() -> connection.gate.rollBackTo("s"));
    assertThat((Throwable) refused).isInstanceOf(NotReplayableException.class);
    assertThat(server.isTransactionOpen()).isFalse();
    assertThat(stateOf(failureOf(() -> connection.execute(C)))).isEqualTo("25P02");
  }

  // -------------------- a failed transaction

  @Test
  void failedTransactionTakesNoSavepoint() throws SQLException {
    server.script(B, failure(uniqueViolation()));
    connection.execute(A);
    connection.gate.setSavepoint("s");
    failureOf(() -> connection.execute(B));
    assertThat(stateOf(failureOf(() -> connection.gate.setSavepoint("t")))).isEqualTo("25P02");
    assertThat(stateOf(failureOf(() -> connection.gate.releaseSavepoint("s")))).isEqualTo("25P02");
    connection.gate.rollBackTo("s");
    connection.gate.setSavepoint("t");
    assertThat(server.log()).containsExactly(A, B, ROLLED_BACK, A);
  }

  @Test
  void withoutReplayThereAreNoSavepoints() throws SQLException {
    GateOnFakeServer off = new GateOnFakeServer(RetryMode.STATEMENT, 5);
    off.server.setAutocommit(false);
    assertThat(off.gate.hasSavepoints()).isFalse();
    off.execute(A);
    SQLException refused = failureOf(() -> off.execute("savepoint s"));
    assertThat(stateOf(refused)).isEqualTo("0A000");
    assertThat(off.server.log()).containsExactly(A);
  }
}
