package io.dsqlproxy.driver.jdbc;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.driver.execution.CommitOutcomeUnknownException;
import io.dsqlproxy.driver.execution.DataChangedException;
import io.dsqlproxy.driver.execution.ReconnectMode;
import io.dsqlproxy.driver.execution.RetryMode;
import io.dsqlproxy.driver.observation.DriverEvent;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.PGobject;

/**
 * What an application has set on its session is set on the physical connection that takes the place
 * of a lost one, or the session stays and says why.
 */
class MovedSessionTest {

  private static DecoratedConnections connections;

  private final AtomicLong now = new AtomicLong();
  private Connection connection;

  @BeforeAll
  static void start() throws Exception {
    connections = new DecoratedConnections();
    connections.run(
        "CREATE SCHEMA a", "CREATE SCHEMA b", "CREATE TABLE account (id int, balance int)");
  }

  @AfterAll
  static void stop() throws Exception {
    connections.close();
  }

  @BeforeEach
  void open() throws SQLException {
    connections.run("TRUNCATE account", "INSERT INTO account VALUES (1, 100)");
    open(ReconnectMode.IN_TRANSACTIONS);
  }

  private void open(ReconnectMode mode) throws SQLException {
    close();
    connection = connections.openMoving(mode, now::get, "&ApplicationName=first");
  }

  @AfterEach
  void close() throws SQLException {
    if (connection != null) {
      connection.close();
    }
  }

  /** Ends the session in the server, and lets the driver notice that. */
  private void lose() throws SQLException {
    PhysicalConnection physical = physical();
    connections.terminate(connection);
    assertThat(physical.pg().isValid(5)).isFalse();
  }

  private PhysicalConnection physical() throws SQLException {
    return connection.unwrap(DsqlConnection.class).session().current();
  }

  private String show(String parameter) throws SQLException {
    return ask(connection, "SHOW " + parameter);
  }

  // -------------------- what is restored

  @Test
  void whatPgJdbcKeepsIsTheSameOnTheNextConnection() throws SQLException {
    Map<String, Class<?>> types = new HashMap<>(Map.of("a", String.class));
    connection.setReadOnly(true);
    connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT);
    connection.setNetworkTimeout(Runnable::run, 12_345);
    connection.setTypeMap(types);
    connection.getTypeMap().put("b", Integer.class);
    connection.setAutoCommit(false);
    connection.unwrap(DsqlConnection.class).setRetryMode(RetryMode.STATEMENT);
    PhysicalConnection before = physical();
    lose();
    assertThat(connection.getAutoCommit()).isFalse();
    assertThat(physical()).isNotSameAs(before);
    assertThat(connection.isReadOnly()).isTrue();
    assertThat(connection.getHoldability()).isEqualTo(ResultSet.HOLD_CURSORS_OVER_COMMIT);
    assertThat(connection.getNetworkTimeout()).isEqualTo(12_345);
    assertThat(connection.getTypeMap()).containsOnlyKeys("a", "b");
    assertThat(connection.unwrap(DsqlConnection.class).getRetryMode())
        .isEqualTo(RetryMode.STATEMENT);
    assertThat(show("transaction_read_only")).isEqualTo("on");
    connection.rollback();
  }

  @Test
  void settingsOfTheUrlAreTheSameOnTheNextConnection() throws SQLException {
    close();
    connection =
        connections.openMoving(
            ReconnectMode.BETWEEN_TRANSACTIONS,
            now::get,
            "&prepareThreshold=3&defaultRowFetchSize=7&currentSchema=b&ApplicationName=url");
    lose();
    assertThat(show("search_path")).isEqualTo("b");
    assertThat(show("application_name")).isEqualTo("url");
    PGConnection pg = physical().pg();
    assertThat(pg.getPrepareThreshold()).isEqualTo(3);
    assertThat(pg.getDefaultFetchSize()).isEqualTo(7);
  }

  @Test
  void whatMethodsHaveSetOnTheServerIsTheSameOnTheNextConnection() throws SQLException {
    connection.setSchema("a");
    connection.setClientInfo("ApplicationName", "mine");
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    lose();
    assertThat(connection.getSchema()).isEqualTo("a");
    assertThat(show("application_name")).isEqualTo("mine");
    assertThat(connection.getClientInfo("ApplicationName")).isEqualTo("mine");
    assertThat(connection.getTransactionIsolation())
        .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
  }

  @Test
  void whatTextsHaveSetIsTheSameOnTheNextConnection() throws SQLException {
    run(
        connection,
        "SET search_path TO a, b",
        "SET SESSION TIME ZONE 'Asia/Tokyo'",
        "SET application_name = 'x'",
        "SET work_mem = '5MB'",
        "SET my.own = 'text with; and ''quote'''",
        "SET my.other = 'gone'",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "RESET application_name",
        "SET my.other TO DEFAULT");
    lose();
    assertThat(show("search_path")).isEqualTo("a, b");
    assertThat(show("timezone")).isEqualTo("Asia/Tokyo");
    assertThat(show("application_name")).as("pgJDBC sets it after the login").isEmpty();
    assertThat(show("work_mem")).isEqualTo("5MB");
    assertThat(show("my.own")).isEqualTo("text with; and 'quote'");
    assertThat(ask(connection, "SELECT current_setting('my.other', true)")).isNullOrEmpty();
    assertThat(show("transaction_read_only")).isEqualTo("on");
  }

  @Test
  void lastOfTextAndMethodHolds() throws SQLException {
    connection.setSchema("a");
    run(connection, "SET search_path = b");
    lose();
    assertThat(show("search_path")).isEqualTo("b");
    connection.setSchema("a");
    lose();
    assertThat(show("search_path")).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RESET ALL", "DISCARD ALL"})
  void nothingIsSetAfterEverythingWasReset(String reset) throws SQLException {
    connection.setSchema("a");
    run(connection, "SET work_mem = '5MB'", reset);
    lose();
    assertThat(show("search_path")).contains("public");
    assertThat(show("work_mem")).isEqualTo("4MB");
  }

  @Test
  void onlyWhatWasCommittedIsSet() throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "SET work_mem = '5MB'", "SET LOCAL my.local = 'a'");
    connection.setSchema("a");
    connection.commit();
    run(connection, "SET work_mem = '6MB'");
    connection.setSchema("b");
    connection.rollback();
    run(connection, "SET work_mem = '7MB'");
    assertThatExceptionOfType(SQLException.class).isThrownBy(() -> run(connection, "SELECT 1/0"));
    run(connection, "ROLLBACK");
    run(connection, "SET my.committed = 'by text'", "COMMIT");
    lose();
    assertThat(show("work_mem")).isEqualTo("5MB");
    assertThat(show("search_path")).isEqualTo("a");
    assertThat(show("my.committed")).isEqualTo("by text");
    assertThat(ask(connection, "SELECT current_setting('my.local', true)")).isNull();
  }

  @Test
  void whatTheLostTransactionHasSetIsSetAgainInIt() throws SQLException {
    run(connection, "SET work_mem = '5MB'");
    connection.setAutoCommit(false);
    run(connection, "SET work_mem = '6MB'", "SET LOCAL my.local = 'a'");
    connection.setSchema("a");
    connections.terminate(connection);
    assertThat(show("work_mem")).isEqualTo("6MB");
    assertThat(show("my.local")).isEqualTo("a");
    assertThat(show("search_path")).isEqualTo("a");
    connection.rollback();
    assertThat(show("work_mem")).isEqualTo("5MB");
  }

  @Test
  void settingsOfALostTransactionThatSurfacedAreGone() throws SQLException {
    open(ReconnectMode.BETWEEN_TRANSACTIONS);
    connection.setAutoCommit(false);
    run(connection, "SET work_mem = '6MB'");
    lose();
    assertThatExceptionOfType(SQLException.class).isThrownBy(() -> run(connection, "SELECT 1"));
    connection.rollback();
    assertThat(show("work_mem")).isEqualTo("4MB");
  }

  // -------------------- what cannot be restored

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PREPARE p AS SELECT 1|prepared with PREPARE",
        "LISTEN c|listens",
        "CREATE TEMP TABLE t (a int)|temporary object",
        "SELECT set_config('my.x', '1', false)|set_config",
        "SET my.x = 1; SELECT 1|several statements",
        "SELECT pg_advisory_lock(1)|advisory lock",
        "SET ROLE postgres|role",
        "DO $$ BEGIN SET my.x = 1; END $$|DO"
      })
  void sessionThatCannotBeRestoredStaysAndSaysWhy(String sql, String reason) throws SQLException {
    run(connection, sql);
    lose();
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> run(connection, "SELECT 1"))
          .withMessageContaining(reason)
          .extracting(SQLException::getSQLState)
          .isEqualTo("08003");
    }
    assertThat(connection.isClosed()).isTrue();
    assertThat(connection.isValid(1)).isFalse();
  }

  @Test
  void transactionOfASessionThatCannotBeRestoredSurfacesItsLoss() throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "CREATE TEMP TABLE t (a int)");
    connections.terminate(connection);
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, "SELECT 1"))
        .satisfies(
            e -> {
              assertThat(e.getSQLState()).isEqualTo("57P01");
              assertThat(e.getSuppressed()[0]).hasMessageContaining("temporary object");
            });
  }

  @Test
  void discardedObjectsDoNotStandInTheWay() throws SQLException {
    run(connection, "PREPARE p AS SELECT 1", "CREATE TEMP TABLE t (a int)", "DISCARD ALL");
    lose();
    assertThat(ask(connection, "SELECT 1")).isEqualTo("1");
  }

  @Test
  void parameterThatAFunctionHasSetIsNoticed() throws SQLException {
    connections.run(
        "CREATE OR REPLACE FUNCTION hidden() RETURNS void LANGUAGE plpgsql AS "
            + "$$ BEGIN PERFORM set_config('TimeZone', 'Asia/Tokyo', false); END $$");
    run(connection, "SELECT hidden()");
    lose();
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, "SELECT 1"))
        .withMessageContaining("TimeZone");
  }

  @Test
  void parameterThatAFunctionHasSetBeforeTheTransactionIsNoticedInIt() throws SQLException {
    connections.run(
        "CREATE OR REPLACE FUNCTION hidden() RETURNS void LANGUAGE plpgsql AS "
            + "$$ BEGIN PERFORM set_config('TimeZone', 'Asia/Tokyo', false); END $$");
    run(connection, "SELECT hidden()");
    connection.setAutoCommit(false);
    run(connection, "UPDATE account SET balance = balance + 1");
    connections.terminate(connection);
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, "UPDATE account SET balance = balance + 1"))
        .satisfies(
            e -> {
              assertThat(e.getSQLState()).isEqualTo("57P01");
              assertThat(e.getSuppressed()[0]).hasMessageContaining("TimeZone");
            });
  }

  @Test
  void parameterThatTheTransactionHasSetDoesNotStandInItsWay() throws SQLException {
    connections.run(
        "CREATE OR REPLACE FUNCTION hidden() RETURNS void LANGUAGE plpgsql AS "
            + "$$ BEGIN PERFORM set_config('TimeZone', 'Asia/Tokyo', false); END $$");
    connection.setAutoCommit(false);
    connection.setClientInfo("ApplicationName", "within");
    run(connection, "SELECT hidden()", "SET LOCAL DateStyle = 'ISO, DMY'");
    connections.terminate(connection);
    assertThat(show("timezone")).isEqualTo("Asia/Tokyo");
    assertThat(show("application_name")).isEqualTo("within");
    assertThat(show("datestyle")).isEqualTo("ISO, DMY");
    connection.commit();
  }

  @Test
  void whatMethodsHaveSetBeforeTheTransactionDoesNotStandInItsWay() throws SQLException {
    run(connection, "SELECT 1");
    connection.setClientInfo("ApplicationName", "before");
    connection.setAutoCommit(false);
    connection.setSchema("a");
    run(connection, "SELECT 1");
    connections.terminate(connection);
    assertThat(show("application_name")).isEqualTo("before");
    assertThat(show("search_path")).isEqualTo("a");
    connection.commit();
  }

  @Test
  void objectsOfPgJdbcKeepTheSession() throws SQLException {
    connection.unwrap(PgConnection.class);
    lose();
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, "SELECT 1"))
        .withMessageContaining("unwrapped to org.postgresql.jdbc.PgConnection");
  }

  @Test
  void batchThatSetsSomethingKeepsTheSession() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.addBatch("SET work_mem = '5MB'");
      statement.executeBatch();
    }
    lose();
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, "SELECT 1"))
        .withMessageContaining("a batch");
  }

  @Test
  void preparedBatchThatSetsSomethingKeepsTheSession() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SET work_mem = '5MB'")) {
      statement.addBatch();
      statement.executeBatch();
    }
    lose();
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, "SELECT 1"))
        .withMessageContaining("a batch");
  }

  @Test
  void settingThatMayOrMayNotBeCommittedKeepsTheSession() throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "SET work_mem = '5MB'");
    Savepoint savepoint = connection.setSavepoint();
    run(connection, "SET work_mem = '6MB'");
    connection.rollback(savepoint);
    connection.commit();
    lose();
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, "SELECT 1"))
        .withMessageContaining("not known whether a SET was committed");
  }

  // -------------------- statements

  /** What pgJDBC has to ask the server about a type, it asks on the connection of now. */
  @Test
  void statementFromBeforeTakesParametersOfTypesThatPgJdbcDoesNotKnow() throws SQLException {
    connections.run("DROP TYPE IF EXISTS mood", "CREATE TYPE mood AS ENUM ('sad', 'glad')");
    try (PreparedStatement array =
            connection.prepareStatement("SELECT array_to_string(?::mood[], ',')");
        PreparedStatement object = connection.prepareStatement("SELECT ?::text")) {
      lose();
      Array moods = connection.createArrayOf("mood", new Object[] {"sad", "glad"});
      array.setArray(1, moods);
      PGobject mood = new PGobject();
      mood.setType("mood");
      mood.setValue("glad");
      object.setObject(1, mood);
      assertThat(only(array.executeQuery())).isEqualTo("sad,glad");
      assertThat(only(object.executeQuery())).isEqualTo("glad");
    }
  }

  private static String only(ResultSet result) throws SQLException {
    assertThat(result.next()).isTrue();
    return result.getString(1);
  }

  // -------------------- the end

  @Test
  void connectionThatTheApplicationHasClosedStaysClosed() throws SQLException {
    connection.close();
    assertThat(connection.isClosed()).isTrue();
    assertThatExceptionOfType(SQLException.class).isThrownBy(() -> run(connection, "SELECT 1"));
    assertThatExceptionOfType(SQLException.class).isThrownBy(connection::getAutoCommit);
  }

  @Test
  void connectionThatTheApplicationHasAbortedStaysClosed() throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "UPDATE account SET balance = 0");
    connection.abort(Runnable::run);
    assertThat(connection.isClosed()).isTrue();
    assertThatExceptionOfType(SQLException.class).isThrownBy(() -> run(connection, "SELECT 1"));
    assertThatExceptionOfType(SQLException.class).isThrownBy(connection::rollback);
    assertThat(connections.ask("SELECT balance FROM account")).isEqualTo("100");
  }

  @Test
  void lostConnectionIsNotClosedButNotValid() throws SQLException {
    lose();
    assertThat(connection.isClosed()).isFalse();
    assertThat(connection.isValid(5)).isFalse();
    run(connection, "SELECT 1");
    assertThat(connection.isValid(5)).isTrue();
  }

  @Test
  void terminationThatAStatementMeetsIsRecoveredFrom() throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "UPDATE account SET balance = balance + 1");
    connections.terminate(connection);
    run(connection, "UPDATE account SET balance = balance + 1");
    connection.commit();
    assertThat(connections.ask("SELECT balance FROM account")).isEqualTo("102");
  }

  @Test
  void dataThatChangedWhileTheConnectionWasLostStopTheReplay() throws SQLException {
    connection.setAutoCommit(false);
    assertThat(ask(connection, "SELECT balance FROM account")).isEqualTo("100");
    connections.terminate(connection);
    connections.run("UPDATE account SET balance = 500");
    assertThatExceptionOfType(DataChangedException.class)
        .isThrownBy(() -> run(connection, "UPDATE account SET balance = 101"));
    connection.rollback();
    assertThat(ask(connection, "SELECT balance FROM account")).isEqualTo("500");
  }

  @Test
  void terminationThatCommitMeetsLeavesTheOutcomeOpen() throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "UPDATE account SET balance = balance + 1");
    connections.terminate(connection);
    assertThatExceptionOfType(CommitOutcomeUnknownException.class).isThrownBy(connection::commit);
    connection.rollback();
    assertThat(ask(connection, "SELECT balance FROM account")).isEqualTo("100");
  }

  // -------------------- age

  @Test
  void oldConnectionIsNotValidOnceItsTransactionIsOver() throws SQLException {
    open(ReconnectMode.NEVER);
    long before = connections.statistics.count(DriverEvent.CONNECTION_RETIRED);
    connection.setAutoCommit(false);
    now.addAndGet(Duration.ofMinutes(49).toNanos());
    assertThat(connection.isValid(5)).isTrue();
    run(connection, "SELECT 1");
    now.addAndGet(Duration.ofMinutes(6).toNanos());
    assertThat(connection.isValid(5)).as("in a transaction").isTrue();
    connection.commit();
    assertThat(connection.isValid(5)).isFalse();
    assertThat(connection.isValid(5)).isFalse();
    run(connection, "SELECT 1");
    assertThat(connections.statistics.count(DriverEvent.CONNECTION_RETIRED)).isEqualTo(before + 1);
  }

  @Test
  void oldConnectionIsLeftBeforeTheNextTransaction() throws SQLException {
    open(ReconnectMode.BETWEEN_TRANSACTIONS);
    connection.setSchema("a");
    PhysicalConnection before = physical();
    now.addAndGet(Duration.ofMinutes(55).toNanos());
    long retired = connections.statistics.count(DriverEvent.CONNECTION_RETIRED);
    assertThat(show("search_path")).isEqualTo("a");
    assertThat(physical()).isNotSameAs(before);
    assertThat(before.pg().isClosed()).isTrue();
    assertThat(connection.isValid(5)).isTrue();
    assertThat(connections.statistics.count(DriverEvent.CONNECTION_RETIRED)).isEqualTo(retired + 1);
  }

  @Test
  void oldConnectionThatCannotBeLeftGoesOn() throws SQLException {
    run(connection, "CREATE TEMP TABLE kept (a int)");
    now.addAndGet(Duration.ofMinutes(55).toNanos());
    run(connection, "INSERT INTO kept VALUES (1)");
    assertThat(ask(connection, "SELECT count(*) FROM kept")).isEqualTo("1");
  }
}
