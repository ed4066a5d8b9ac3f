package io.dsqlproxy.driver.locks;

import static io.dsqlproxy.driver.locks.LockCluster.call;
import static io.dsqlproxy.driver.locks.LockCluster.execute;
import static io.dsqlproxy.driver.locks.LockCluster.held;
import static io.dsqlproxy.driver.locks.LockCluster.test;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.execution.UnsupportedStatementException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However JDBC executes a statement that locks, the lock is taken and the answer has its shape. */
@Timeout(60)
class LockStatementFormsTest {

  @RegisterExtension static final LockCluster CLUSTER = new LockCluster();

  private Connection connection;
  private Connection other;

  @BeforeEach
  void connect() throws SQLException {
    connection = CLUSTER.connect();
    other = CLUSTER.connect();
  }

  @AfterEach
  void closeConnections() throws SQLException {
    connection.close();
    other.close();
  }

  @Test
  void aStatementGivesARowWithTheFunctionsName() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.execute("SELECT pg_advisory_lock(1)")).isTrue();
      assertRow(statement.getResultSet(), "pg_advisory_lock", "");
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(-1);
      assertRow(
          statement.executeQuery("SELECT pg_advisory_unlock(1) AS given"), "given", Boolean.TRUE);
      assertRow(
          statement.executeQuery("SELECT pg_try_advisory_lock_shared(1)::text"),
          "pg_try_advisory_lock_shared",
          "true");
      assertRow(statement.executeQuery("SELECT 1 AS one FROM pg_advisory_lock(2) l"), "one", 1);
    }
    assertThat(held(connection)).hasSize(2);
  }

  @Test
  void aConditionGivesTheRowOnlyIfTheLockIsTaken() throws SQLException {
    call(other, "SELECT pg_advisory_lock(2)");
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT 'got' AS what WHERE pg_try_advisory_lock(?)")) {
      for (long key = 1; key <= 3; key++) {
        statement.setLong(1, key);
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.next()).isEqualTo(key != 2);
        }
      }
      statement.setNull(1, Types.BIGINT);
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(rows.next()).isFalse();
      }
    }
    assertThat(held(connection)).extracting(HeldLock::key).containsExactlyInAnyOrder("1", "3");
  }

  @Test
  void otherColumnsStandBesideTheAnswer() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT 7 AS a, pg_try_advisory_lock(1), now()")) {
      assertThat(row.getMetaData().getColumnLabel(2)).isEqualTo("pg_try_advisory_lock");
      assertThat(row.next()).isTrue();
      assertThat(row.getInt(1)).isEqualTo(7);
      assertThat(row.getBoolean(2)).isTrue();
      assertThat(row.getTimestamp(3)).isNotNull();
    }
    assertThat(held(connection)).hasSize(1);
  }

  @Test
  void aPreparedStatementIsExecutedAgainWithOtherParameters() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_try_advisory_lock(?)")) {
      assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(1);
      assertThat(statement.getMetaData().getColumnName(1)).isEqualTo("pg_try_advisory_lock");
      assertThat(statement.getMetaData().getColumnType(1)).isEqualTo(Types.BIT);
      assertThat(held(connection)).isEmpty();
      call(other, "SELECT pg_advisory_lock(2)");
      for (long key = 1; key <= 3; key++) {
        statement.setLong(1, key);
        assertThat(statement.execute()).isTrue();
        assertRow(statement.getResultSet(), "pg_try_advisory_lock", key != 2);
      }
    }
    assertThat(held(connection)).extracting(HeldLock::key).containsExactlyInAnyOrder("1", "3");
  }

  @Test
  void aParameterThatIsMissingIsMissedBeforeAnythingIsLocked() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_advisory_lock(?, ?)")) {
      statement.setInt(1, 1);
      assertThat(failure(statement::execute).getSQLState()).isEqualTo("22023");
    }
    assertThat(held(connection)).isEmpty();
  }

  @Test
  void jdbcCallsLockToo() throws SQLException {
    try (CallableStatement call = connection.prepareCall("{call pg_advisory_lock(?, ?)}")) {
      call.setInt(1, 4);
      call.setInt(2, 5);
      assertThat(call.execute()).isTrue();
    }
    try (CallableStatement call = connection.prepareCall("{? = call pg_try_advisory_lock(?, 5)}")) {
      call.registerOutParameter(1, Types.BOOLEAN);
      call.setInt(2, 4);
      call.execute();
      assertThat(call.getBoolean(1)).isTrue();
    }
    assertThat(held(connection)).singleElement().extracting(HeldLock::times).isEqualTo(2);
    try (CallableStatement call = other.prepareCall("{? = call pg_try_advisory_lock(?, ?)}")) {
      call.registerOutParameter(1, Types.BOOLEAN);
      call.setInt(2, 4);
      call.setInt(3, 5);
      call.execute();
      assertThat(call.getBoolean(1)).isFalse();
      call.setInt(2, 40);
      call.execute();
      assertThat(call.getBoolean(1)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"SELECT pg_try_advisory_xact_lock(?)", "{? = call pg_try_advisory_xact_lock(?)}"})
  void anAnswerThatWasReadInATransactionIsReadAgainInItsReplay(String sql) throws SQLException {
    connection.setAutoCommit(false);
    try (CallableStatement call = connection.prepareCall(sql)) {
      if (sql.startsWith("{")) {
        call.registerOutParameter(1, Types.BOOLEAN);
        call.setLong(2, 6);
        call.execute();
        assertThat(call.getBoolean(1)).isTrue();
      } else {
        call.setLong(1, 6);
        assertRow(call.executeQuery(), "pg_try_advisory_xact_lock", true);
      }
      execute(connection, "UPDATE account SET balance = 6 WHERE id = 1");
      CLUSTER.faults().at(commit()).answer(conflict());
      connection.commit();
    }
    assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 1")).isEqualTo("6");
  }

  @Test
  void lockTableIsAnUpdateOfNothing() throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement();
        PreparedStatement prepared = connection.prepareStatement("LOCK account NOWAIT")) {
      assertThat(statement.executeUpdate("LOCK TABLE account IN EXCLUSIVE MODE")).isZero();
      assertThat(statement.execute("LOCK TABLE ONLY account *")).isFalse();
      assertThat(statement.getUpdateCount()).isZero();
      assertThat(prepared.executeUpdate()).isZero();
    }
    connection.commit();
  }

  @Test
  void inABatchNothingIsEmulated() throws SQLException {
    try (Statement statement = connection.createStatement();
        PreparedStatement prepared = connection.prepareStatement("SELECT pg_advisory_lock(?)")) {
      prepared.setLong(1, 1);
      assertThat(failure(() -> statement.addBatch("SELECT pg_advisory_lock(1)")).getSQLState())
          .isEqualTo("0A000");
      assertThat(failure(prepared::addBatch).getSQLState()).isEqualTo("0A000");
      assertThat(prepared.executeBatch()).isEmpty();
    }
    assertThat(held(connection)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_xact_lock(1)",
        "{? = call pg_try_advisory_lock(1)}",
        "LOCK TABLE account",
      })
  void byDefaultItIsRefusedBeforeItIsSentAndTheTransactionGoesOn(String sql) throws SQLException {
    try (Connection plain = CLUSTER.connect("&lockEmulation=none")) {
      plain.setAutoCommit(false);
      execute(plain, "UPDATE account SET balance = 1 WHERE id = 1");
      CLUSTER.simulator().clearStatements();
      UnsupportedStatementException refused =
          catchThrowableOfType(
              UnsupportedStatementException.class,
              () -> {
                try (CallableStatement statement = plain.prepareCall(sql)) {
                  statement.execute();
                }
              });
      assertThat(refused.getSQLState()).isEqualTo("0A000");
      assertThat(refused.getMessage()).contains("lockEmulation=").contains("line 1");
      assertThat(CLUSTER.simulator().statements()).isEmpty();
      plain.commit();
    }
    assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 1")).isEqualTo("1");
  }

  @Test
  void emulationWithoutRewritingIsNoSetting() {
    assertThat(failure(() -> CLUSTER.connect("&rewriteLocks=false")).getSQLState())
        .isEqualTo("22023");
    assertThat(failure(() -> CLUSTER.connect("&lockTable=locks")).getSQLState()).isEqualTo("22023");
  }

  @Test
  void beforeATransactionBeginsItsSnapshotIsTakenAfterTheWait() throws SQLException {
    connection.setAutoCommit(false);
    CLUSTER.simulator().clearStatements();
    assertThat(test(connection, "SELECT pg_try_advisory_xact_lock(hashtext(?))", "x")).isTrue();
    assertThat(CLUSTER.simulator().statements().stream().filter("ROLLBACK"::equals)).hasSize(1);
    connection.commit();
  }

  private static void assertRow(ResultSet rows, String name, Object value) throws SQLException {
    assertThat(rows.getMetaData().getColumnCount()).isEqualTo(1);
    assertThat(rows.getMetaData().getColumnLabel(1)).isEqualTo(name);
    assertThat(rows.next()).isTrue();
    assertThat(rows.getObject(1)).isEqualTo(value);
    assertThat(rows.next()).isFalse();
  }

  private static SQLException failure(ThrowingCallable work) {
    return catchThrowableOfType(SQLException.class, work);
  }
}
