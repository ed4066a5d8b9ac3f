package io.dsqlproxy.driver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.driver.execution.DataChangedException;
import io.dsqlproxy.driver.execution.NotReplayableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an application has read holds after a rollback to a savepoint, or the rollback fails; and
 * what ROLLBACK does not undo never happens twice.
 */
class UndoneReadsTest {

  private static DecoratedConnections connections;
  private Connection connection;
  private Statement statement;

  @BeforeAll
  static void start() throws Exception {
    connections = new DecoratedConnections();
    connections.run(
        "CREATE TABLE account (id int PRIMARY KEY, balance int)",
        "CREATE SEQUENCE numbers",
        "CREATE SEQUENCE conflicts",
        // A sequence does not go back: of two calls only the first fails.
        "CREATE FUNCTION conflict_once() RETURNS int LANGUAGE plpgsql AS $$ BEGIN"
            + " IF nextval('conflicts') % 2 = 1 THEN"
            + " RAISE 'change conflicts' USING ERRCODE = '40001'; END IF;"
            + " RETURN 1; END $$");
  }

  @AfterAll
  static void stop() throws Exception {
    connections.close();
  }

  @BeforeEach
  void open() throws SQLException {
    connections.run(
        "DELETE FROM account",
        "INSERT INTO account VALUES (1, 100), (2, 200)",
        "SELECT setval('conflicts', 2)");
    connection = connections.open();
    statement = connection.createStatement();
    // Declared, with a position, before the transaction of each test.
    run("DECLARE older CURSOR WITH HOLD FOR SELECT n FROM generate_series(1, 9) n");
    connection.setAutoCommit(false);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private void run(String... texts) throws SQLException {
    for (String sql : texts) {
      statement.execute(sql);
    }
  }

  private int ask(String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getInt(1);
    }
  }

  private int balance(int id) throws SQLException {
    return ask("SELECT balance FROM account WHERE id = " + id);
  }

  // -------------------- what was read behind a savepoint

  @Test
  void whatWasReadAndUndoneMustNotHaveChangedAtTheRollback() throws SQLException {
    run("SAVEPOINT s");
    assertThat(balance(1)).isEqualTo(100);
    connections.run("UPDATE account SET balance = 50 WHERE id = 1");
    assertThatExceptionOfType(DataChangedException.class).isThrownBy(() -> run("ROLLBACK TO s"));
  }

  @Test
  void whatWasReadAndUndoneMustNotHaveChangedAtALaterReplay() throws SQLException {
    run("SAVEPOINT s");
    assertThat(balance(1)).isEqualTo(100);
    run("UPDATE account SET balance = 0 WHERE id = 2", "ROLLBACK TO s");
    connections.run(
        "UPDATE account SET balance = 50 WHERE id = 1", "SELECT setval('conflicts', 1, false)");
    assertThatExceptionOfType(DataChangedException.class)
        .isThrownBy(() -> ask("SELECT conflict_once()"));
  }

  @Test
  void whatWasReadAndUndoneAndIsTheSameStaysRead() throws SQLException {
    run("SAVEPOINT s");
    assertThat(balance(1)).isEqualTo(100);
    run("INSERT INTO account VALUES (3, 300)");
    assertThat(balance(2)).isEqualTo(200);
    assertThat(ask("SELECT nextval('numbers')")).isPositive();
    for (int i = 0; i < 2; i++) {
      run("ROLLBACK TO s", "INSERT INTO account VALUES (4, 400)");
    }
    connections.run("SELECT setval('conflicts', 1, false)");
    assertThat(ask("SELECT conflict_once()")).isEqualTo(1);
    connection.commit();
    assertThat(connections.ask("SELECT string_agg(id::text, ' ' ORDER BY id) FROM account"))
        .isEqualTo("1 2 4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT sum(balance) FROM account",
        "UPDATE account SET balance = balance + 1 WHERE id = 2 RETURNING balance"
      })
  void whatWasReadOfAnUndoneWriteIsNeverTakenForTrue(String reading) throws SQLException {
    run("SAVEPOINT s", "UPDATE account SET balance = 0 WHERE id = 1");
    assertThat(ask(reading)).isEqualTo(reading.startsWith("SELECT") ? 200 : 201);
    assertThatExceptionOfType(NotReplayableException.class).isThrownBy(() -> run("ROLLBACK TO s"));
    connection.rollback();
    assertThat(balance(1)).isEqualTo(100);
  }

  @Test
  void keysOfAnUndoneInsertStandInNoWay() throws SQLException {
    run("SAVEPOINT s");
    assertThat(ask("INSERT INTO account VALUES (nextval('numbers') + 100, 1) RETURNING id"))
        .isPositive();
    run("ROLLBACK TO s");
    assertThat(ask("SELECT count(*) FROM account")).isEqualTo(2);
  }

  // -------------------- cursors

  @Test
  void aCursorThatWasMovedBehindASavepointIsNotMovedBack() throws SQLException {
    run("DECLARE c CURSOR FOR SELECT n FROM generate_series(1, 9) n", "SAVEPOINT s");
    assertThat(ask("FETCH 1 FROM c")).isEqualTo(1);
    assertThatExceptionOfType(NotReplayableException.class)
        .isThrownBy(() -> run("ROLLBACK TO s"))
        .withMessageContaining("whose position PostgreSQL keeps");
  }

  @Test
  void rowsOfACursorThatIsUndoneAreNeverTakenForTrue() throws SQLException {
    run("SAVEPOINT s", "DECLARE c CURSOR FOR SELECT balance FROM account ORDER BY id");
    assertThat(ask("FETCH 1 FROM c")).isEqualTo(100);
    assertThatExceptionOfType(NotReplayableException.class).isThrownBy(() -> run("ROLLBACK TO s"));
  }

  // -------------------- what ROLLBACK does not undo

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MOVE 2 FROM older",
        "FETCH 2 FROM older",
        "CLOSE older",
        "PREPARE again AS SELECT 1",
        "SELECT pg_advisory_lock(77)",
        "UPDATE account SET balance = 1 WHERE pg_try_advisory_lock(id)",
        "SELECT setval('numbers', 5)",
        "SELECT 1; SELECT pg_catalog.setval('numbers', 5)",
        "DISCARD SEQUENCES"
      })
  void whatRollbackDoesNotUndoIsNotDoneAgain(String sql) throws SQLException {
    run(sql);
    connections.run("SELECT setval('conflicts', 1, false)");
    assertThatExceptionOfType(NotReplayableException.class)
        .isThrownBy(() -> ask("SELECT conflict_once()"))
        .withMessageContaining("which ROLLBACK does not undo");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1; MOVE 1 FROM c",
        "NOTIFY channel",
        "SELECT pg_advisory_xact_lock(77)",
        "SET application_name TO 'again'",
        "CREATE TABLE again (id int)",
        "INSERT INTO account VALUES (nextval('numbers') + 1000, 1)"
      })
  void whatRollbackUndoesIsDoneAgain(String sql) throws SQLException {
    run(sql);
    connections.run("SELECT setval('conflicts', 1, false)");
    assertThat(ask("SELECT conflict_once()")).isEqualTo(1);
    connection.rollback();
  }
}
