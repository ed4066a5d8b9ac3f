package io.dsqlproxy.driver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.execution.RetriesExhaustedException;
import io.dsqlproxy.driver.execution.RetryMode;
import io.dsqlproxy.driver.observation.DriverStatistics;
import java.io.ByteArrayInputStream;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.sql.Types;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;

/** A server whose function conflict(n) raises 40001 the first n times that it is called. */
class ConflictRetryTest {

  private static DecoratedConnections connections;
  private Connection connection;
  private DriverStatistics.Snapshot before;

  @BeforeAll
  static void start() throws Exception {
    connections = new DecoratedConnections();
    connections.run(
        "CREATE TABLE item (id serial PRIMARY KEY, value int, payload bytea)",
        "CREATE SEQUENCE calls",
        "CREATE FUNCTION conflict(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN "
            + "IF nextval('calls') <= n THEN RAISE EXCEPTION 'change conflicts' "
            + "USING ERRCODE = '40001'; END IF; RETURN 7; END $$",
        "CREATE TABLE conflicts_at_commit (id int)",
        "CREATE FUNCTION conflict_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            + "RAISE EXCEPTION 'change conflicts' USING ERRCODE = '40001'; END $$",
        "CREATE CONSTRAINT TRIGGER conflicts AFTER INSERT ON conflicts_at_commit "
            + "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION conflict_at_commit()");
  }

  @AfterAll
  static void stop() throws Exception {
    connections.close();
  }

  @BeforeEach
  void open() throws SQLException {
    connections.run("TRUNCATE item", "ALTER SEQUENCE calls RESTART");
    connection = connections.open();
    before = connections.statistics.snapshot();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void conflictAtCommitThatRemainsSurfacesWithItsHistory() throws SQLException {
    connection.setAutoCommit(false);
    insertThatConflictsAtCommit();
    RetriesExhaustedException atCommit =
        catchThrowableOfType(RetriesExhaustedException.class, connection::commit);
    assertExhausted(atCommit);
    insertThatConflictsAtCommit();
    RetriesExhaustedException atAutocommit =
        catchThrowableOfType(RetriesExhaustedException.class, () -> connection.setAutoCommit(true));
    assertExhausted(atAutocommit);
    assertThat(conflictsSeen()).isEqualTo(10);
    assertThat(connections.statistics.snapshot().since(before).replays()).isEqualTo(8);
    assertThat(connections.statistics.snapshot().since(before).exhausted()).isEqualTo(2);
    assertThat(retries()).isZero();
  }

  private static void assertExhausted(RetriesExhaustedException exhausted) {
    assertThat(exhausted.getSQLState()).isEqualTo("40001");
    assertThat(exhausted.executions()).isEqualTo(5);
    assertThat((Throwable) exhausted).hasCauseInstanceOf(PSQLException.class);
    assertThat(exhausted.getSuppressed()).hasSize(4);
  }

  @Test
  void conflictAtCommitSurfacesAsItIsIfTransactionsAreNotRunAgain() throws SQLException {
    connection.unwrap(DsqlConnection.class).setRetryMode(RetryMode.STATEMENT);
    connection.setAutoCommit(false);
    insertThatConflictsAtCommit();
    assertSurfacesUnchanged(connection::commit);
    insertThatConflictsAtCommit();
    assertSurfacesUnchanged(() -> connection.setAutoCommit(true));
    assertThat(conflictsSeen()).isEqualTo(2);
  }

  private void insertThatConflictsAtCommit() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("INSERT INTO conflicts_at_commit VALUES (1)");
    }
  }

  @Test
  void conflictOfAQueryInAutocommitIsAbsorbed() throws SQLException {
    try (ResultSet result = connection.createStatement().executeQuery("SELECT conflict(3)")) {
      assertThat(result.next()).isTrue();
      assertThat(result.getInt(1)).isEqualTo(7);
    }
    assertThat(conflictsSeen()).isEqualTo(3);
    assertThat(retries()).isEqualTo(3);
  }

  @Test
  void conflictOfAnUpdateInAutocommitIsAbsorbedAndItsEffectHappensOnce() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO item (value) VALUES (conflict(?))", Statement.RETURN_GENERATED_KEYS)) {
      statement.setInt(1, 2);
      assertThat(statement.executeUpdate()).isEqualTo(1);
      assertThat(statement.getGeneratedKeys().next()).isTrue();
    }
    assertThat(connections.ask("SELECT count(*) FROM item")).isEqualTo("1");
    assertThat(retries()).isEqualTo(2);
  }

  @Test
  void conflictOfATextWithGeneratedKeysIsAbsorbed() throws SQLException {
    Statement statement = connection.createStatement();
    assertThat(
            statement.executeUpdate(
                "INSERT INTO item (value) VALUES (conflict(2))", new String[] {"value"}))
        .isEqualTo(1);
    ResultSet keys = statement.getGeneratedKeys();
    assertThat(keys.next()).isTrue();
    assertThat(keys.getInt("value")).isEqualTo(7);
  }

  @Test
  void conflictOfATwoFormStatementIsAbsorbedInBothForms() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT conflict(?) FROM (SELECT 1) AS one FOR SHARE")) {
      statement.setInt(1, 2);
      assertThat(statement.executeQuery().next()).isTrue();
      assertThat(retries()).isEqualTo(2);
      connections.run("ALTER SEQUENCE calls RESTART");
      connection.setAutoCommit(false);
      ResultSet rows = statement.executeQuery();
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(7);
    }
  }

  @Test
  void conflictInATransactionSurfacesUnchangedIfTransactionsAreNotRunAgain() throws SQLException {
    connection.unwrap(DsqlConnection.class).setRetryMode(RetryMode.OFF);
    connection.setAutoCommit(false);
    Statement statement = connection.createStatement();
    assertSurfacesUnchanged(() -> statement.execute("SELECT conflict(1)"));
    assertThat(retries()).isZero();
  }

  @Test
  void conflictInATransactionBegunByTextIsAbsorbed() throws SQLException {
    Statement statement = connection.createStatement();
    statement.execute("BEGIN");
    statement.executeUpdate("INSERT INTO item (value) VALUES (1)");
    assertThat(statement.execute("SELECT conflict(2)")).isTrue();
    statement.execute("COMMIT");
    assertThat(connections.ask("SELECT count(*) FROM item")).isEqualTo("1");
    assertThat(connections.statistics.snapshot().since(before).replays()).isEqualTo(2);
  }

  @Test
  void conflictAfterACommitInsideATextRepeatsOnlyWhatFollows() throws SQLException {
    Statement statement = connection.createStatement();
    statement.execute("INSERT INTO item (value) VALUES (1); COMMIT; SELECT conflict(1)");
    assertThat(retries()).isEqualTo(1);
    assertThat(connections.ask("SELECT count(*) FROM item")).isEqualTo("1");
  }

  @Test
  void batchIsNotRunAgain() throws SQLException {
    Statement statement = connection.createStatement();
    statement.addBatch("INSERT INTO item (value) VALUES (1)");
    statement.addBatch("INSERT INTO item (value) VALUES (conflict(1))");
    SQLException failure = catchThrowableOfType(SQLException.class, () -> statement.executeBatch());
    assertThat(failure.getSQLState()).isEqualTo("40001");
    assertThat(retries()).isZero();
    assertThat(conflictsSeen()).isEqualTo(1);
  }

  @Test
  void consumedStreamIsSentAgainFromItsCopy() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO item (value, payload) VALUES (conflict(1), ?)")) {
      statement.setBinaryStream(1, new ByteArrayInputStream(new byte[100]));
      assertThat(statement.executeUpdate()).isEqualTo(1);
    }
    assertThat(retries()).isEqualTo(1);
    assertThat(connections.ask("SELECT length(payload) FROM item")).isEqualTo("100");
  }

  @Test
  void callIsNotRunAgainBecauseAProcedureMayHaveCommitted() throws SQLException {
    try (CallableStatement statement = connection.prepareCall("{? = call conflict(1)}")) {
      statement.registerOutParameter(1, Types.INTEGER);
      assertSurfacesUnchanged(statement::execute);
    }
  }

  @Test
  void exhaustedConflictKeepsTheServersErrorWithinReach() throws SQLException {
    Statement statement = connection.createStatement();
    SQLException failure =
        catchThrowableOfType(
            SQLException.class, () -> statement.executeQuery("SELECT conflict(1000)"));
    assertThat((Throwable) failure)
        .isInstanceOf(SQLTransactionRollbackException.class)
        .hasCauseInstanceOf(PSQLException.class)
        .hasMessageContaining("after 5 executions");
    assertThat(failure.getSQLState()).isEqualTo("40001");
    assertThat(failure.getSuppressed()).hasSize(4);
    assertThat(connections.ask("SELECT last_value FROM calls")).isEqualTo("5");
    assertThat(statement.execute("SELECT 1")).isTrue();
  }

  private void assertSurfacesUnchanged(ThrowingCallable call) {
    SQLException failure = catchThrowableOfType(SQLException.class, call);
    assertThat((Throwable) failure).isInstanceOf(PSQLException.class);
    assertThat(failure.getSQLState()).isEqualTo("40001");
    assertThat(failure.getSuppressed()).isEmpty();
  }

  private long conflictsSeen() {
    return connections.statistics.snapshot().conflicts() - before.conflicts();
  }

  private long retries() {
    return connections.statistics.snapshot().retries() - before.retries();
  }
}
