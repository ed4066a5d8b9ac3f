package io.dsqlproxy.driver.locks;

import static io.dsqlproxy.driver.locks.LockCluster.call;
import static io.dsqlproxy.driver.locks.LockCluster.execute;
import static io.dsqlproxy.driver.locks.LockCluster.test;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.execution.DataChangedException;
import io.dsqlproxy.simulator.fault.FaultTrigger;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Of two transactions that hold a lock, at most one is committed as it ran. */
@Timeout(60)
class TransactionLocksTest {

  @RegisterExtension static final LockCluster CLUSTER = new LockCluster();

  private static final String WRITE_SKEW =
      "INSERT INTO account SELECT %d, count(*) FROM account WHERE id > 100";

  private Connection one;
  private Connection two;

  @BeforeEach
  void connect() throws SQLException {
    one = CLUSTER.connect();
    two = CLUSTER.connect();
    one.setAutoCommit(false);
    two.setAutoCommit(false);
  }

  @AfterEach
  void disconnect() throws SQLException {
    one.close();
    two.close();
  }

  /** Without the lock both insert what the other does not see. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT pg_advisory_xact_lock(1)",
        "SELECT pg_try_advisory_xact_lock(1)",
        "LOCK TABLE account",
        "LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE",
      })
  void theLaterOfTwoHoldersIsRunAgainAndSeesTheOther(String lock) throws SQLException {
    for (Connection connection : new Connection[] {one, two}) {
      execute(connection, lock);
    }
    execute(one, WRITE_SKEW.formatted(101));
    execute(two, WRITE_SKEW.formatted(102));
    one.commit();
    two.commit();
    assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 101")).isEqualTo("0");
    assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 102")).isEqualTo("1");
  }

  @Test
  void withoutALockTheTwoWouldNotSeeEachOther() throws SQLException {
    execute(one, WRITE_SKEW.formatted(101));
    execute(two, WRITE_SKEW.formatted(102));
    one.commit();
    two.commit();
    assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 102")).isEqualTo("0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT pg_advisory_xact_lock_shared(1) | SELECT pg_advisory_xact_lock_shared(1) | true",
        "SELECT pg_advisory_xact_lock_shared(1) | SELECT pg_advisory_xact_lock(1) | false",
        "SELECT pg_advisory_xact_lock(1) | SELECT pg_advisory_xact_lock(2) | true",
        "SELECT pg_advisory_xact_lock(1) | SELECT pg_advisory_xact_lock(0, 1) | true",
        "LOCK TABLE account IN ROW EXCLUSIVE MODE | LOCK account IN ROW SHARE MODE | true",
        "LOCK TABLE account IN ROW EXCLUSIVE MODE | LOCK account IN SHARE MODE | false",
        "LOCK TABLE account | LOCK TABLE public.account IN ACCESS SHARE MODE | false",
      })
  void locksConflictAsTheirModesDo(String first, String second, boolean compatible)
      throws SQLException {
    one.close();
    two.close();
    one = CLUSTER.connect("&retryMode=off");
    two = CLUSTER.connect("&retryMode=off");
    one.setAutoCommit(false);
    two.setAutoCommit(false);
    execute(one, first);
    execute(two, second);
    one.commit();
    assertThat(commit(two)).isEqualTo(compatible ? "00000" : "40001");
  }

  @ParameterizedTest
  @CsvSource({
    "pg_advisory_xact_lock, pg_advisory_lock, false",
    "pg_advisory_xact_lock, pg_advisory_lock_shared, false",
    "pg_advisory_xact_lock_shared, pg_advisory_lock, false",
    "pg_advisory_xact_lock_shared, pg_advisory_lock_shared, true",
  })
  void aLeaseThatIsTakenMeanwhileConflictsAsItsModeDoes(
      String ofTransaction, String ofSession, boolean compatible) throws SQLException {
    try (Connection transaction = CLUSTER.connect("&retryMode=off");
        Connection session = CLUSTER.connect()) {
      transaction.setAutoCommit(false);
      call(transaction, "SELECT " + ofTransaction + "(3)");
      call(session, "SELECT " + ofSession + "(3)");
      assertThat(commit(transaction)).isEqualTo(compatible ? "00000" : "40001");
    }
  }

  /** The SQLSTATE of a COMMIT. */
  private static String commit(Connection connection) {
    try {
      connection.commit();
      return "00000";
    } catch (SQLException lost) {
      return lost.getSQLState();
    }
  }

  @Test
  void aLeaseOfAnotherSessionKeepsTransactionsOut() throws SQLException {
    try (Connection holder = CLUSTER.connect()) {
      call(holder, "SELECT pg_advisory_lock(1)");
      assertThat(test(one, "SELECT pg_try_advisory_xact_lock(1)")).isFalse();
      assertThat(test(one, "SELECT pg_try_advisory_xact_lock_shared(1)")).isFalse();
      call(holder, "SELECT pg_advisory_lock_shared(2)");
      assertThat(test(one, "SELECT pg_try_advisory_xact_lock(2)")).isFalse();
      assertThat(test(one, "SELECT pg_try_advisory_xact_lock_shared(2)")).isTrue();
      one.commit();
    }
  }

  @Test
  void theOwnLeaseDoesNot() throws SQLException {
    call(one, "SELECT pg_advisory_lock(1)");
    assertThat(test(one, "SELECT pg_try_advisory_xact_lock(1)")).isTrue();
    one.commit();
  }

  @Test
  void whoTakesALeaseMakesAnOpenTransactionRunAgainWhichThenWaits() throws SQLException {
    one.close();
    one = CLUSTER.connect("&lockTimeout=100ms");
    one.setAutoCommit(false);
    call(one, "SELECT pg_advisory_xact_lock(1)");
    execute(one, "UPDATE account SET balance = 7 WHERE id = 1");
    call(two, "SELECT pg_advisory_lock(1)");
    two.commit();
    SQLException timeout = catchThrowableOfType(SQLException.class, one::commit);
    assertThat(timeout.getSQLState()).isEqualTo("40001");
    assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 1")).isEqualTo("0");
  }

  @Test
  void aTryThatSucceededAndFailsInTheReplayHasChanged() throws SQLException {
    assertThat(test(one, "SELECT pg_try_advisory_xact_lock(1)")).isTrue();
    execute(one, "UPDATE account SET balance = 7 WHERE id = 1");
    call(two, "SELECT pg_advisory_lock(1)");
    two.commit();
    DataChangedException changed = catchThrowableOfType(DataChangedException.class, one::commit);
    assertThat(changed.statement()).isEqualTo(1);
    assertThat(changed.sql()).contains("pg_try_advisory_xact_lock").contains("advisory lock (1)");
  }

  @Test
  void aTransactionThatBeganBeforeTheLeaseEndedIsRunAgainWithANewSnapshot() throws SQLException {
    assertThat(call(one, "SELECT balance FROM account WHERE id = 2")).isEqualTo("0");
    try (Connection holder = CLUSTER.connect()) {
      call(holder, "SELECT pg_advisory_lock(5)");
      assertThat(test(one, "SELECT pg_try_advisory_xact_lock(5)")).isFalse();
      execute(holder, "UPDATE account SET balance = 1 WHERE id = 1");
      call(holder, "SELECT pg_advisory_unlock(5)");
    }
    call(one, "SELECT pg_advisory_xact_lock(5)");
    assertThat(call(one, "SELECT balance FROM account WHERE id = 1")).isEqualTo("1");
    one.commit();
  }

  @Test
  void aSessionsLockInAnOpenTransactionGivesItANewSnapshot() throws SQLException {
    assertThat(call(one, "SELECT balance FROM account WHERE id = 2")).isEqualTo("0");
    CLUSTER.run("UPDATE account SET balance = 1 WHERE id = 1");
    call(one, "SELECT pg_advisory_lock(6)");
    assertThat(call(one, "SELECT balance FROM account WHERE id = 1")).isEqualTo("1");
    assertThat(LockCluster.held(one)).singleElement().extracting(HeldLock::times).isEqualTo(1);
    one.commit();
  }

  @Test
  void aSessionsLockThatTheTransactionCannotUseIsNotKept() throws SQLException {
    one.close();
    one = CLUSTER.connect("&retryMode=off");
    one.setAutoCommit(false);
    call(one, "SELECT balance FROM account WHERE id = 2");
    SQLException stale =
        catchThrowableOfType(SQLException.class, () -> call(one, "SELECT pg_advisory_lock(6)"));
    assertThat(stale.getSQLState()).isEqualTo("40001");
    assertThat(LockCluster.held(one)).isEmpty();
    assertThat(catchThrowableOfType(SQLException.class, () -> call(one, "SELECT 1")).getSQLState())
        .isEqualTo("25P02");
    one.rollback();
    assertThat(test(two, "SELECT pg_try_advisory_lock(6)")).isTrue();
  }

  @Test
  void aReplayTakesTheLockAgain() throws SQLException {
    call(one, "SELECT pg_advisory_xact_lock(1)");
    execute(one, WRITE_SKEW.formatted(101));
    CLUSTER.faults().at(FaultTrigger.commit()).answer(conflict());
    CLUSTER.simulator().clearStatements();
    call(two, "SELECT pg_advisory_xact_lock(1)");
    execute(two, WRITE_SKEW.formatted(102));
    one.commit();
    two.commit();
    assertThat(CLUSTER.ask("SELECT sum(balance) FROM account")).isEqualTo("1");
  }

  @Test
  void theEndOfTheTransactionGivesTheLockBackAndARollbackDoesToo() throws SQLException {
    call(one, "SELECT pg_advisory_xact_lock(1)");
    one.rollback();
    call(two, "SELECT pg_advisory_xact_lock(1)");
    two.commit();
    call(one, "SELECT pg_advisory_xact_lock(1)");
    one.commit();
    assertThat(LockCluster.held(one)).isEmpty();
  }

  @Test
  void anUnlockDoesNotEndATransactionsLock() throws SQLException {
    call(one, "SELECT pg_advisory_xact_lock(1)");
    assertThat(test(one, "SELECT pg_advisory_unlock(1)")).isFalse();
    one.commit();
  }

  @Test
  void aReadOnlyTransactionTakesLocksAndHoldsThem() throws SQLException {
    one.setReadOnly(true);
    call(one, "SELECT pg_advisory_lock(4)");
    call(one, "SELECT pg_advisory_xact_lock(5)");
    assertThat(call(one, "SHOW transaction_read_only")).isEqualTo("on");
    one.commit();
    call(one, "SELECT pg_advisory_xact_lock_shared(5)");
    one.commit();
    call(two, "SELECT pg_advisory_lock(5)");
    assertThat(test(one, "SELECT pg_try_advisory_xact_lock(5)")).isFalse();
    assertThat(test(two, "SELECT pg_try_advisory_lock(4)")).isFalse();
    two.commit();
  }

  @Test
  void aTextThatBeginsATransactionIsNotReadOnlyBecauseTheConnectionIs() throws SQLException {
    try (Connection connection = CLUSTER.connect("&retryMode=off")) {
      connection.setReadOnly(true);
      execute(connection, "BEGIN");
      call(connection, "SELECT pg_advisory_xact_lock(6)");
      execute(connection, "UPDATE account SET balance = 1 WHERE id = 1");
      call(two, "SELECT pg_advisory_xact_lock(6)");
      two.commit();
      assertThat(
              catchThrowableOfType(SQLException.class, () -> execute(connection, "COMMIT"))
                  .getSQLState())
          .isEqualTo("40001");
    }
  }

  @Test
  void inAutocommitATransactionsLockIsWaitedForAndGivenBackAtOnce() throws SQLException {
    one.setAutoCommit(true);
    assertThat(test(one, "SELECT pg_try_advisory_xact_lock(1)")).isTrue();
    call(two, "SELECT pg_advisory_lock(1)");
    two.commit();
    assertThat(test(one, "SELECT pg_try_advisory_xact_lock(1)")).isFalse();
  }

  @Test
  void lockTableNeedsATransactionAndATable() throws SQLException {
    one.setAutoCommit(true);
    assertThat(
            catchThrowableOfType(SQLException.class, () -> execute(one, "LOCK TABLE account"))
                .getSQLState())
        .isEqualTo("25P01");
    assertThat(
            catchThrowableOfType(SQLException.class, () -> execute(two, "LOCK TABLE missing"))
                .getSQLState())
        .isEqualTo("42P01");
    two.rollback();
  }

  @Test
  void inAFailedTransactionNothingIsLocked() throws SQLException {
    catchThrowableOfType(SQLException.class, () -> execute(one, "SELECT missing"));
    for (String lock :
        new String[] {"SELECT pg_advisory_lock(1)", "SELECT pg_advisory_xact_lock(1)"}) {
      assertThat(catchThrowableOfType(SQLException.class, () -> execute(one, lock)).getSQLState())
          .isEqualTo("25P02");
    }
    one.rollback();
    assertThat(LockCluster.held(one)).isEmpty();
  }

  @Test
  void aConflictWhileTheLockIsTakenIsAnsweredByAReplay() throws SQLException {
    call(one, "SELECT balance FROM account WHERE id = 2");
    CLUSTER.faults().at(statementContaining("FOR UPDATE OF l")).times(2).answer(conflict());
    call(one, "SELECT pg_advisory_xact_lock(?)", 8L);
    one.commit();
    assertThat(CLUSTER.faults().fired()).hasSize(2);
  }
}
