package io.dsqlproxy.driver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.configuration.DriverVersion;
import io.dsqlproxy.driver.execution.RetryMode;
import io.dsqlproxy.driver.execution.UnsupportedStatementException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.AutoSave;

/** What pools and frameworks ask of a connection never reaches the server in a refused form. */
class ConnectionBehaviourTest {

  /** The level that Aurora DSQL has: the only one that it can be asked for. */
  private static final String LIKE_DSQL =
      "&options=-c%20default_transaction_isolation=repeatable%5C%20read";

  private static DecoratedConnections connections;
  private Connection connection;

  @BeforeAll
  static void start() throws Exception {
    connections = new DecoratedConnections();
    connections.run("CREATE TABLE item (id int)");
  }

  @AfterAll
  static void stop() throws Exception {
    connections.close();
  }

  @BeforeEach
  void open() throws SQLException {
    connection = connections.open(false, LIKE_DSQL);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void statementThatIsClosedExecutesNothing() throws SQLException {
    String insert = "INSERT INTO item VALUES (7)";
    for (String text : new String[] {insert, "SELECT id FROM item FOR SHARE"}) {
      PreparedStatement prepared = connection.prepareStatement(text);
      Statement plain = connection.createStatement();
      for (Statement closed : List.of(plain, prepared, connection.prepareCall(text))) {
        closed.close();
        for (ThrowingCallable execution :
            List.<ThrowingCallable>of(
                () -> closed.execute(insert),
                () -> closed.execute(insert, Statement.RETURN_GENERATED_KEYS),
                () -> closed.execute(insert, new String[] {"id"}),
                () -> closed.executeUpdate(insert),
                () -> closed.executeUpdate(insert, Statement.RETURN_GENERATED_KEYS),
                () -> closed.executeUpdate(insert, new String[] {"id"}),
                () -> closed.executeLargeUpdate(insert, Statement.NO_GENERATED_KEYS),
                () -> closed.executeQuery(insert),
                () -> closed.execute("BEGIN; " + insert + "; COMMIT"),
                () -> closed.execute("SELECT pg_advisory_lock(1)"),
                () -> closed.addBatch(insert),
                closed::executeBatch,
                closed::executeLargeBatch)) {
          assertClosed(execution);
        }
      }
      assertClosed(prepared::execute);
      assertClosed(prepared::executeUpdate);
      assertClosed(prepared::addBatch);
    }
    assertThat(connections.ask("SELECT count(*) FROM item")).isEqualTo("0");
  }

  private static void assertClosed(ThrowingCallable execution) {
    SQLException failure = catchThrowableOfType(SQLException.class, execution);
    assertThat(failure.getSQLState()).isIn("55000", "42809");
  }

  @Test
  void bodyOfARoutineIsNoTransactionControl() throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO item VALUES (1)");
      statement.execute(
          "CREATE FUNCTION two() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE 1 WHEN 1 THEN 2"
              + " END; END");
      connection.setSavepoint("s");
      connection.rollback();
    }
    assertThat(connections.ask("SELECT count(*) FROM item")).isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        Connection.TRANSACTION_READ_UNCOMMITTED,
        Connection.TRANSACTION_READ_COMMITTED,
        Connection.TRANSACTION_REPEATABLE_READ
      })
  void levelThatTheServerGivesAnywayIsAbsorbedAndTheTruthIsTold(int level) throws SQLException {
    connection.setTransactionIsolation(level);
    assertThat(connection.getTransactionIsolation())
        .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
    assertThat(connection.getMetaData().getDefaultTransactionIsolation())
        .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
    assertThat(connection.getMetaData().supportsTransactionIsolationLevel(level)).isTrue();
  }

  @Test
  void levelThatTheServerDoesNotGiveIsSet() throws SQLException {
    try (Connection weaker = connections.open()) {
      assertThat(weaker.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
      weaker.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      assertThat(weaker.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
    }
  }

  @Test
  void serializableIsRefusedWithTheNameOfThePropertyThatAllowsLess() throws SQLException {
    assertThatThrownBy(
            () -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE))
        .isInstanceOf(SQLFeatureNotSupportedException.class)
        .hasMessageContaining("allowWeakerIsolation")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("0A000");
    assertThat(
            connection
                .getMetaData()
                .supportsTransactionIsolationLevel(Connection.TRANSACTION_SERIALIZABLE))
        .isFalse();
  }

  @Test
  void allowedSerializableRunsAtRepeatableReadAndSaysSo() throws SQLException {
    try (Connection allowed = connections.open(true, "")) {
      allowed.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      assertThat(allowed.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
      assertThat(allowed.getWarnings().getMessage()).contains("REPEATABLE READ");
      assertThat(
              allowed
                  .getMetaData()
                  .supportsTransactionIsolationLevel(Connection.TRANSACTION_SERIALIZABLE))
          .isTrue();
    }
  }

  @Test
  void unknownLevelAndOpenTransactionAreAnsweredAsByPgjdbc() throws SQLException {
    try (Connection pg = connections.openPg("")) {
      assertSameFailure(
          () -> connection.setTransactionIsolation(77), () -> pg.setTransactionIsolation(77));
      connection.setAutoCommit(false);
      pg.setAutoCommit(false);
      connection.createStatement().execute("SELECT 1");
      pg.createStatement().execute("SELECT 1");
      assertSameFailure(
          () -> connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED),
          () -> pg.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED));
    }
  }

  @Test
  void savepointIsRefusedAndTheTransactionGoesOnIfTransactionsAreNotRunAgain() throws SQLException {
    connection.unwrap(DsqlConnection.class).setRetryMode(RetryMode.STATEMENT);
    connection.setAutoCommit(false);
    connection.createStatement().execute("INSERT INTO item VALUES (1)");
    for (ThrowingCallable call :
        new ThrowingCallable[] {
          connection::setSavepoint,
          () -> connection.setSavepoint("name"),
          () -> connection.rollback(null),
          () -> connection.releaseSavepoint(null)
        }) {
      SQLException failure = catchThrowableOfType(SQLException.class, call);
      assertThat(failure.getSQLState()).isEqualTo("0A000");
      assertThat((Throwable) failure).isInstanceOf(SQLFeatureNotSupportedException.class);
    }
    connection.createStatement().execute("DELETE FROM item");
    connection.commit();
    assertThat(connection.getMetaData().supportsSavepoints()).isFalse();
  }

  @Test
  void savepointOutsideATransactionIsRefusedAsByPgjdbc() throws SQLException {
    try (Connection pg = connections.openPg("")) {
      assertSameFailure(connection::setSavepoint, pg::setSavepoint);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"statement", "prepared", "batch", "metadata", "commit", "schema"})
  void autosaveIsOffAgainBeforeAnythingIsSent(String way) throws SQLException {
    connection.setAutoCommit(false);
    Statement statement = connection.createStatement();
    PreparedStatement prepared = connection.prepareStatement("SELECT 1");
    statement.execute("SELECT 1");
    DatabaseMetaData metaData = connection.getMetaData();
    PGConnection pg = connection.unwrap(PGConnection.class);
    pg.setAutosave(AutoSave.ALWAYS);
    switch (way) {
      case "statement" -> statement.execute("SELECT 1");
      case "prepared" -> prepared.executeQuery();
      case "batch" -> statement.executeBatch();
      case "metadata" -> metaData.getTables(null, null, "item", null);
      case "commit" -> connection.commit();
      default -> connection.getSchema();
    }
    assertThat(pg.getAutosave()).isEqualTo(AutoSave.NEVER);
  }

  @Test
  void nulCharacterIsRefusedBeforeItIsSent() throws SQLException {
    String sql = "SELECT 1\0 FROM nowhere";
    Statement statement = connection.createStatement();
    for (ThrowingCallable call :
        new ThrowingCallable[] {
          () -> statement.executeQuery(sql),
          () -> statement.executeUpdate(sql),
          () -> statement.executeLargeUpdate(sql),
          () -> statement.execute(sql),
          () -> statement.addBatch(sql),
          () -> connection.prepareStatement(sql),
          () -> connection.prepareCall(sql),
          () -> connection.nativeSQL(sql)
        }) {
      SQLException failure = catchThrowableOfType(SQLException.class, call);
      assertThat(failure.getSQLState()).isEqualTo("22021");
      assertThat(failure.getMessage()).contains("NUL character at offset 8");
    }
    assertThat(statement.execute("SELECT 1")).isTrue();
  }

  @Test
  void nullTextFailsAsInPgjdbc() throws SQLException {
    try (Connection pg = connections.openPg("")) {
      assertSameFailure(() -> run(connection, null), () -> run(pg, null));
      assertSameFailure(() -> connection.prepareStatement(null), () -> pg.prepareStatement(null));
      assertSameFailure(() -> connection.nativeSQL(null), () -> pg.nativeSQL(null));
      assertSameFailure(
          () -> connection.createStatement().addBatch(null),
          () -> pg.createStatement().addBatch(null));
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    connection.createStatement().execute(sql);
  }

  @Test
  void refusedStatementIsNotSentInAnyWay() throws SQLException {
    connection.setAutoCommit(false);
    Statement statement = connection.createStatement();
    statement.execute("SELECT 1");
    for (ThrowingCallable call :
        new ThrowingCallable[] {
          () -> statement.execute("LOCK TABLE item"),
          () -> statement.addBatch("LOCK TABLE item"),
          () -> connection.prepareStatement("LOCK TABLE item"),
          () -> connection.prepareCall("LOCK TABLE item"),
          () -> connection.nativeSQL("LOCK TABLE item")
        }) {
      assertThatThrownBy(call).isInstanceOf(UnsupportedStatementException.class);
    }
    assertThat(statement.execute("SELECT 1")).isTrue();
  }

  @Test
  void callsAndBatchesHaveTheFormOfATransaction() throws SQLException {
    assertThat(connection.prepareCall("SELECT id FROM item FOR SHARE").toString())
        .contains("FOR UPDATE");
    assertThat(connection.nativeSQL("SELECT id FROM item FOR SHARE")).doesNotContain("FOR");
    connection.setAutoCommit(false);
    assertThat(connection.nativeSQL("SELECT id FROM item FOR SHARE")).contains("FOR UPDATE");
  }

  @Test
  void batchEntryHasTheFormOfATransactionEvenInAutocommit() throws SQLException {
    Statement statement = connection.createStatement();
    statement.addBatch("INSERT INTO item SELECT count(*) FROM item FOR SHARE");
    assertThatThrownBy(statement::executeBatch)
        .hasMessageContaining("FOR UPDATE is not allowed with aggregate functions");
  }

  @Test
  void largeVariantsReachPgjdbc() throws SQLException {
    Statement statement = connection.createStatement();
    assertThat(statement.executeLargeUpdate("INSERT INTO item VALUES (1), (2)")).isEqualTo(2);
    assertThat(statement.getLargeUpdateCount()).isEqualTo(2);
    statement.addBatch("DELETE FROM item WHERE id = 1");
    statement.addBatch("DELETE FROM item WHERE id = 2");
    assertThat(statement.executeLargeBatch()).containsExactly(1, 1);
    try (PreparedStatement prepared = connection.prepareStatement("INSERT INTO item VALUES (?)")) {
      prepared.setInt(1, 3);
      assertThat(prepared.executeLargeUpdate()).isEqualTo(1);
      prepared.addBatch();
      assertThat(prepared.executeBatch()).containsExactly(1);
    }
    assertThat(statement.executeUpdate("DELETE FROM item")).isEqualTo(2);
  }

  @Test
  void metadataNamesTheDriverAndItsUrl() throws SQLException {
    DatabaseMetaData metaData = connection.getMetaData();
    assertThat(metaData.getURL()).isEqualTo(DecoratedConnections.URL);
    assertThat(metaData.getDriverName()).isEqualTo(DriverVersion.NAME);
    assertThat(metaData.getDriverVersion()).isEqualTo(DriverVersion.text());
    assertThat(metaData.getDatabaseProductName()).isEqualTo("PostgreSQL");
    assertThat(metaData.supportsSelectForUpdate()).isTrue();
  }

  @Test
  void callsOfPoolsAreAnswered() throws SQLException {
    connection.setReadOnly(true);
    connection.setReadOnly(false);
    connection.setSchema("public");
    connection.setNetworkTimeout(Runnable::run, 10_000);
    connection.beginRequest();
    assertThat(connection.isValid(1)).isTrue();
    connection.clearWarnings();
    connection.endRequest();
    connection.abort(Runnable::run);
    assertThat(connection.isClosed()).isTrue();
    assertThatThrownBy(() -> connection.createStatement()).isInstanceOf(SQLException.class);
  }

  private static void assertSameFailure(ThrowingCallable ours, ThrowingCallable pgs) {
    Throwable expected = catchThrowableOfType(Throwable.class, pgs);
    Throwable actual = catchThrowableOfType(Throwable.class, ours);
    assertThat(expected).isNotNull();
    assertThat(actual).hasSameClassAs(expected);
    if (expected instanceof SQLException sql) {
      assertThat(((SQLException) actual).getSQLState()).isEqualTo(sql.getSQLState());
    }
  }
}
