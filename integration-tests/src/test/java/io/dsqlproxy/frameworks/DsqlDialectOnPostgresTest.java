package io.dsqlproxy.frameworks;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.execution.VersionChangedException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.JdbcTemplate;

/** With {@code dialect=dsql} the driver does on a plain PostgreSQL what it does on Aurora DSQL. */
@Timeout(30)
class DsqlDialectOnPostgresTest {

  private static EmbeddedPostgres postgres;

  private Connection connection;

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.builder().start();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void createTable() throws SQLException {
    connection =
        DriverManager.getConnection(
            "jdbc:dsql-proxy:postgresql://localhost:"
                + postgres.getPort()
                + "/postgres?dialect=dsql",
            "postgres",
            "postgres");
    run(
        connection,
        "DROP TABLE IF EXISTS item",
        "CREATE TABLE item (id int PRIMARY KEY, value int NOT NULL)",
        "INSERT INTO item VALUES (1, 10)");
  }

  @Test
  void rowsAreCreatedReadChangedAndDeleted() throws SQLException {
    run(
        connection,
        "INSERT INTO item VALUES (2, 20)",
        "UPDATE item SET value = 11 WHERE id = 1",
        "DELETE FROM item WHERE id = 2");
    assertThat(ask(connection, "SELECT sum(value) FROM item")).isEqualTo("11");
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void aValueOfSetConfigIsNeverSql(String standardConformingStrings) throws SQLException {
    run(connection, "SET standard_conforming_strings = " + standardConformingStrings);
    String value = "\\'; DROP TABLE item; --";
    try (PreparedStatement call =
        connection.prepareStatement("SELECT set_config('my.value', ?, false)")) {
      call.setString(1, value);
      try (ResultSet row = call.executeQuery()) {
        row.next();
        assertThat(row.getString(1)).isEqualTo(value);
      }
    }
    assertThat(ask(connection, "SHOW my.value")).isEqualTo(value);
    assertThat(ask(connection, "SELECT count(*) FROM item")).isEqualTo("1");
  }

  @Test
  void aSettingThatCannotBeEmulatedKeepsItsParameters() throws SQLException {
    try (PreparedStatement call = connection.prepareStatement("SELECT set_config(?, ?, false)")) {
      call.setString(1, "no parameter");
      call.setString(2, "1");
      SQLException refusal = catchThrowableOfType(SQLException.class, call::executeQuery);
      assertThat(refusal.getMessage()).contains("no parameter");
    }
  }

  @Test
  void locksAreNotEmulatedWhereTwoSessionsCouldTakeOneAtOnce() throws SQLException {
    String url =
        "jdbc:dsql-proxy://localhost:"
            + postgres.getPort()
            + "/postgres?dialect=dsql&user=postgres";
    try (Connection emulating = DriverManager.getConnection(url + "&lockEmulation=advisory")) {
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> ask(emulating, "SELECT pg_advisory_lock(1)"))
          .withMessageContaining("rewriteLocks=false")
          .satisfies(refused -> assertThat(refused.getSQLState()).isEqualTo("0A000"));
    }
    try (Connection asItIs = DriverManager.getConnection(url + "&rewriteLocks=false")) {
      assertThat(ask(asItIs, "SELECT pg_try_advisory_lock(1)")).isEqualTo("t");
    }
  }

  /** Where locks wait, the one that is taken for a statement waits for the statement. */
  @Test
  void cancellationReachesALockThatIsTakenForTheStatement() throws Exception {
    String url =
        "jdbc:dsql-proxy://localhost:"
            + postgres.getPort()
            + "/postgres?dialect=dsql&user=postgres";
    connection.setAutoCommit(false);
    ask(connection, "SELECT value FROM item WHERE id = 1 FOR UPDATE");
    try (Connection deferring = DriverManager.getConnection(url + "&lockPolicy=deferred");
        Statement statement = deferring.createStatement()) {
      deferring.setAutoCommit(false);
      ask(deferring, "SELECT value FROM item WHERE id = 1 FOR UPDATE");
      CompletableFuture<SQLException> failure =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowableOfType(
                      SQLException.class,
                      () -> statement.execute("INSERT INTO item VALUES (2, 20)")));
      while (ask(connection, "SELECT count(*) FROM pg_locks WHERE NOT granted").equals("0")) {
        assertThat(failure).isNotDone();
      }
      statement.cancel();
      assertThat(failure.get().getSQLState()).isEqualTo("57014");
    } finally {
      connection.rollback();
    }
  }

  @Test
  void isolationIsWhateverPostgresIsTold() throws SQLException {
    for (int level :
        new int[] {Connection.TRANSACTION_READ_COMMITTED, Connection.TRANSACTION_REPEATABLE_READ}) {
      connection.setTransactionIsolation(level);
      assertThat(connection.getTransactionIsolation()).isEqualTo(level);
    }
  }

  @Test
  void isolationThatATextAsksForIsGiven() throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    assertThat(ask(connection, "SHOW transaction_isolation")).isEqualTo("repeatable read");
    assertThat(ask(connection, "SHOW transaction_read_only")).isEqualTo("on");
    connection.commit();
    run(connection, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    assertThat(ask(connection, "SHOW transaction_isolation")).isEqualTo("read committed");
    connection.commit();
  }

  @Test
  void lockIsRewrittenAsOnDsql() throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement read =
        connection.prepareStatement("SELECT value FROM item WHERE id = ? FOR SHARE")) {
      read.setInt(1, 1);
      try (ResultSet rows = read.executeQuery()) {
        assertThat(rows.next()).isTrue();
      }
    }
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> lockWithoutWaiting("FOR KEY SHARE"))
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("55P03"));
    connection.commit();
    lockWithoutWaiting("FOR KEY SHARE");
  }

  private static void lockWithoutWaiting(String lock) throws SQLException {
    try (Connection other = postgres.getPostgresDatabase().getConnection()) {
      run(other, "SELECT value FROM item WHERE id = 1 " + lock + " NOWAIT");
    }
  }

  /** Here the snapshot of each statement is its own, so that the other version is seen. */
  @Test
  void rowWithAnotherVersionThanWasReadIsNotWrittenInASecondRunEither() throws SQLException {
    try (Connection conditional =
        DriverManager.getConnection(
            "jdbc:dsql-proxy:postgresql://localhost:"
                + postgres.getPort()
                + "/postgres?dialect=dsql&lockPolicy=item:conditional&versionColumns=item.value",
            "postgres",
            "postgres")) {
      conditional.setAutoCommit(false);
      assertThat(ask(conditional, "SELECT value FROM item WHERE id = 1 FOR SHARE")).isEqualTo("10");
      run(connection, "UPDATE item SET value = 11 WHERE id = 1");
      assertThatExceptionOfType(VersionChangedException.class)
          .isThrownBy(() -> run(conditional, "UPDATE item SET value = 12 WHERE id = 1"));
      conditional.rollback();
    }
    assertThat(ask(connection, "SELECT value FROM item")).isEqualTo("11");
  }

  @Test
  void savepointsWorkHereToo() throws SQLException {
    connection.setAutoCommit(false);
    Savepoint savepoint = connection.setSavepoint();
    run(connection, "UPDATE item SET value = 99");
    connection.rollback(savepoint);
    assertThat(ask(connection, "SELECT value FROM item")).isEqualTo("10");
    connection.commit();
  }

  /** Failed ones too, which the server rolls back at COMMIT without an error. */
  @ParameterizedTest
  @ValueSource(strings = {"", "&retryMode=off", "&reconnect=inTransactions"})
  void transactionsEndAsWithPgjdbc(String parameters) throws SQLException {
    String ours =
        "jdbc:dsql-proxy://localhost:"
            + postgres.getPort()
            + "/postgres?dialect=dsql&user=postgres"
            + parameters;
    for (long seed = 1; seed <= 40; seed++) {
      List<String> expected = endsOn(postgres.getJdbcUrl("postgres", "postgres"), seed);
      assertThat(endsOn(ours, seed)).as("seed " + seed).isEqualTo(expected);
    }
  }

  private List<String> endsOn(String url, long seed) throws SQLException {
    run(connection, "DELETE FROM item", "INSERT INTO item VALUES (1, 10), (2, 20)");
    List<String> outcomes = new ArrayList<>();
    try (Connection driven = DriverManager.getConnection(url)) {
      outcomes.addAll(RandomEnds.outcomes(driven, seed));
    }
    outcomes.add(ask(connection, "SELECT string_agg(value::text, ',' ORDER BY id) FROM item"));
    return outcomes;
  }

  @Test
  void exhaustedConflictInAutocommitIsAConcurrencyFailureForSpring() throws SQLException {
    run(
        connection,
        "CREATE OR REPLACE FUNCTION conflict() RETURNS int LANGUAGE plpgsql AS"
            + " $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$");
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(
        "jdbc:dsql-proxy:postgresql://localhost:"
            + postgres.getPort()
            + "/postgres?dialect=dsql&user=postgres");
    dataSource.setRetryAttempts(2);
    dataSource.setRetryBaseDelay("0ms");
    assertThatExceptionOfType(CannotAcquireLockException.class)
        .isThrownBy(() -> new JdbcTemplate(dataSource).execute("SELECT conflict()"))
        .havingCause()
        .isInstanceOf(SQLTransactionRollbackException.class)
        .withMessageContaining("after 2 executions");
  }
}
