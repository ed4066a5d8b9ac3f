package io.dsqlproxy.driver.jdbc;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.execution.UnsupportedStatementException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an application asks of its transactions in SQL it gets, or hears that it does not. Nothing
 * here may be refused by the cluster.
 */
@Timeout(30)
class TransactionModesTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    CLUSTER.faults().clear();
    CLUSTER.run(
        "DROP TABLE IF EXISTS item",
        "CREATE TABLE item (id int PRIMARY KEY, value int)",
        "INSERT INTO item VALUES (1, 10)");
    connection = open("retryBaseDelay=0ms");
  }

  private static Connection open(String parameters) throws SQLException {
    DsqlDataSource dataSource = CLUSTER.dataSource();
    dataSource.setUrl(CLUSTER.url() + "&" + parameters);
    return dataSource.getConnection();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  // -------------------- isolation

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED",
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE",
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "SET LOCAL TRANSACTION NOT DEFERRABLE",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ"
      })
  void levelThatTheClusterGivesAnywayIsAbsorbedAndTheTruthIsTold(String sql) throws SQLException {
    connection.setAutoCommit(false);
    run(connection, sql);
    assertThat(ask(connection, "SHOW transaction_isolation")).isEqualTo("repeatable read");
    try (PreparedStatement prepared = connection.prepareStatement(sql)) {
      assertThat(prepared.executeUpdate()).isZero();
    }
    run(connection, "UPDATE item SET value = 11");
    CLUSTER.faults().at(commit()).answer(conflict());
    connection.commit();
    assertThat(CLUSTER.ask("SELECT value FROM item")).isEqualTo("11");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN ISOLATION LEVEL READ COMMITTED",
        "begin transaction isolation level read uncommitted, read write",
        "START TRANSACTION ISOLATION LEVEL REPEATABLE READ"
      })
  void transactionThatATextBeginsAtAnyWeakerLevelRunsAtRepeatableRead(String begin)
      throws SQLException {
    run(connection, begin);
    assertThat(ask(connection, "SHOW transaction_isolation")).isEqualTo("repeatable read");
    CLUSTER.faults().at(commit()).answer(conflict());
    run(connection, "UPDATE item SET value = value + 1", "COMMIT");
    assertThat(CLUSTER.ask("SELECT value FROM item")).isEqualTo("11");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN ISOLATION LEVEL SERIALIZABLE",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE"
      })
  void serializableIsRefusedBeforeItIsSentUnlessAWeakerLevelIsAllowed(String sql)
      throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "UPDATE item SET value = 11");
    assertThat((Throwable) failure(() -> run(connection, sql)))
        .isInstanceOf(UnsupportedStatementException.class)
        .hasMessageContaining("allowWeakerIsolation=true");
    connection.commit();
    try (Connection allowed = open("allowWeakerIsolation=true")) {
      run(allowed, sql);
      assertThat(ask(allowed, "SHOW transaction_isolation")).isEqualTo("repeatable read");
    }
    assertThat(CLUSTER.ask("SELECT value FROM item")).isEqualTo("11");
  }

  // -------------------- read only

  @Test
  void readOnlyTransactionThatATextBeginsCannotWrite() throws SQLException {
    run(connection, "BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY");
    assertCannotWrite();
    run(connection, "ROLLBACK");
    assertCanWrite();
  }

  @Test
  void transactionThatIsSetToReadOnlyFirstCannotWrite() throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "SET TRANSACTION READ ONLY");
    assertThat(connection.getAutoCommit()).isFalse();
    assertThat(ask(connection, "SELECT value FROM item")).isEqualTo("10");
    assertCannotWrite();
    connection.rollback();
    assertCanWrite();
    connection.commit();
  }

  @Test
  void transactionThatATextHasBegunIsSetToReadOnlyToo() throws SQLException {
    run(connection, "BEGIN", "SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    run(connection, "SET TRANSACTION READ ONLY");
    assertCannotWrite();
    run(connection, "ROLLBACK");
    assertCanWrite();
  }

  @Test
  void readOnlyIsKeptInAReplay() throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "SET TRANSACTION READ ONLY");
    assertThat(ask(connection, "SELECT value FROM item")).isEqualTo("10");
    CLUSTER.faults().at(statementContaining("count")).answer(conflict());
    assertThat(ask(connection, "SELECT count(*) FROM item")).isEqualTo("1");
    assertCannotWrite();
    connection.rollback();
  }

  @ParameterizedTest
  @ValueSource(strings = {"transaction", "statement", "off"})
  void whatConnectionsReadOnlyAlreadyGivesIsAbsorbedInEveryMode(String retryMode)
      throws SQLException {
    try (Connection readOnly = open("retryMode=" + retryMode)) {
      readOnly.setReadOnly(true);
      readOnly.setAutoCommit(false);
      run(readOnly, "SET TRANSACTION READ ONLY");
      assertThat(ask(readOnly, "SELECT value FROM item")).isEqualTo("10");
      run(readOnly, "SET TRANSACTION READ ONLY");
      assertThat(failure(() -> run(readOnly, "DELETE FROM item")).getSQLState()).isEqualTo("25006");
      readOnly.rollback();
      run(readOnly, "SET TRANSACTION READ WRITE", "UPDATE item SET value = 11");
      readOnly.commit();
    }
    assertThat(CLUSTER.ask("SELECT value FROM item")).isEqualTo("11");
  }

  /** Only a new beginning could give it, and would undo what was done. */
  @ParameterizedTest
  @ValueSource(strings = {"transaction", "statement"})
  void readOnlyThatComesTooLateIsRefusedAndTheTransactionGoesOn(String retryMode)
      throws SQLException {
    try (Connection late = open("retryMode=" + retryMode)) {
      late.setAutoCommit(false);
      run(late, "UPDATE item SET value = 11");
      assertThat(failure(() -> run(late, "SET TRANSACTION READ ONLY")).getSQLState())
          .isEqualTo("25001");
      late.commit();
    }
    assertThat(CLUSTER.ask("SELECT value FROM item")).isEqualTo("11");
  }

  @Test
  void inAFailedTransactionNothingIsSet() throws SQLException {
    connection.setAutoCommit(false);
    assertThat(failure(() -> run(connection, "INSERT INTO item VALUES (1, 1)")).getSQLState())
        .isEqualTo("23505");
    assertThat(failure(() -> run(connection, "SET TRANSACTION READ ONLY")).getSQLState())
        .isEqualTo("25P02");
    connection.rollback();
    assertCanWrite();
  }

  /** As in PostgreSQL, which warns. */
  @Test
  void outsideOfATransactionNothingIsSet() throws SQLException {
    run(connection, "SET TRANSACTION READ ONLY");
    assertCanWrite();
  }

  @Test
  void sessionThatIsSetToReadOnlyCannotWrite() throws SQLException {
    run(connection, "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
    assertCannotWrite();
    run(connection, "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE");
    assertCanWrite();
  }

  private void assertCannotWrite() {
    assertThat(failure(() -> run(connection, "UPDATE item SET value = 99")).getSQLState())
        .isEqualTo("25006");
  }

  private void assertCanWrite() throws SQLException {
    run(connection, "UPDATE item SET value = value + 1");
    assertThat(ask(connection, "SELECT value FROM item")).isEqualTo("11");
  }

  private static SQLException failure(ThrowingCallable call) {
    return catchThrowableOfType(SQLException.class, call);
  }
}
