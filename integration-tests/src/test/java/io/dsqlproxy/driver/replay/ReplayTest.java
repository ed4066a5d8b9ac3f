package io.dsqlproxy.driver.replay;

import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.fetch;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.execution.DataChangedException;
import io.dsqlproxy.driver.execution.NotReplayableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.jdbc.PgResultSet;

/** A transaction that meets a conflict is run again, and the application notices nothing. */
class ReplayTest {

  private static ReplayCluster cluster;
  private Connection connection;

  @BeforeAll
  static void start() throws Exception {
    cluster = new ReplayCluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void open() throws SQLException {
    cluster.reset();
    connection = cluster.connect();
    connection.setAutoCommit(false);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void updatesHappenOnceWhenTheFirstCommitConflicts() throws SQLException {
    cluster.faults().at(commit()).answer(conflict());
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
      update.setInt(1, 5);
      update.setInt(2, 1);
      assertThat(update.executeUpdate()).isEqualTo(1);
      update.setInt(1, 7);
      update.setInt(2, 2);
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
    connection.commit();
    assertThat(cluster.balance(1)).isEqualTo(105);
    assertThat(cluster.balance(2)).isEqualTo(207);
  }

  @Test
  void updatesHappenOnceWhenAStatementConflicts() throws SQLException {
    cluster.faults().at(statementContaining("+ 7")).times(2).answer(conflict());
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE account SET balance = balance + 5 WHERE id = 1");
      statement.executeUpdate("UPDATE account SET balance = balance + 7 WHERE id = 2");
    }
    connection.commit();
    assertThat(cluster.balance(1)).isEqualTo(105);
    assertThat(cluster.balance(2)).isEqualTo(207);
  }

  @Test
  void rowThatWasReadAndChangedStopsTheReplay() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      ResultSet rows = statement.executeQuery("SELECT balance FROM account WHERE id = 1");
      rows.next();
      statement.executeUpdate("UPDATE account SET balance = 0 WHERE id = 2");
      cluster.run("UPDATE account SET balance = 1000 WHERE id = 1");
    }
    cluster.faults().at(commit()).answer(conflict());
    DataChangedException changed =
        catchThrowableOfType(DataChangedException.class, connection::commit);
    assertThat(changed.getSQLState()).isEqualTo("40001");
    assertThat(changed.statement()).isEqualTo(1);
    assertThat(cluster.balance(2)).isEqualTo(200);
  }

  @Test
  void openResultContinuesInTheReplay() throws SQLException {
    try (Statement reader = connection.createStatement();
        Statement writer = connection.createStatement()) {
      reader.setFetchSize(2);
      ResultSet rows = reader.executeQuery("SELECT id, balance FROM account ORDER BY id");
      assertThat(rows.next()).isTrue();
      cluster.faults().at(statementContaining("UPDATE")).answer(conflict());
      writer.executeUpdate("UPDATE account SET balance = balance - 1 WHERE id = 1");
      assertThat(rows.getInt(1)).isEqualTo(1);
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(2)).isEqualTo(200);
      cluster.faults().at(fetch()).answer(conflict());
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(2)).isEqualTo(300);
      assertThat(rows.getStatement()).isSameAs(reader);
    }
    connection.commit();
    assertThat(cluster.balance(1)).isEqualTo(99);
  }

  @Test
  void conflictWhileRowsAreFetchedSaysWhyTheTransactionCannotBeRunAgain() throws SQLException {
    try (Statement reader = connection.createStatement();
        Statement other = connection.createStatement()) {
      reader.setFetchSize(1);
      ResultSet rows = reader.executeQuery("SELECT id FROM account ORDER BY id");
      rows.next();
      other.executeQuery("SELECT gen_random_uuid()").unwrap(PgResultSet.class);
      cluster.faults().at(fetch()).answer(conflict());
      NotReplayableException surfaced =
          catchThrowableOfType(NotReplayableException.class, rows::next);
      assertThat(surfaced.reason()).contains("a result was unwrapped");
    }
  }

  @Test
  void generatedKeysAreThoseOfTheReplay() throws SQLException {
    try (Statement statement = connection.createStatement();
        Statement other = connection.createStatement()) {
      statement.executeUpdate(
          "INSERT INTO entry (note) VALUES ('a')", Statement.RETURN_GENERATED_KEYS);
      cluster.faults().at(statementContaining("UPDATE")).answer(conflict());
      other.executeUpdate("UPDATE account SET balance = 0 WHERE id = 1");
      ResultSet keys = statement.getGeneratedKeys();
      assertThat(keys.next()).isTrue();
      String id = keys.getString(1);
      connection.commit();
      assertThat(cluster.ask("SELECT id FROM entry")).isEqualTo(id);
    }
  }

  /** From the fifth execution on pgJDBC asks for numbers in PostgreSQL's binary format. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 5, 6})
  void generatedKeysAreComparedInTheFormatInWhichTheyCame(int executions) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE account SET balance = balance + 1 WHERE id = ?", new String[] {"balance"})) {
      for (int i = 1; i <= executions; i++) {
        update.setInt(1, 1);
        assertThat(update.executeUpdate()).isEqualTo(1);
        ResultSet keys = update.getGeneratedKeys();
        assertThat(keys.next()).isTrue();
        assertThat(keys.getInt(1)).isEqualTo(100 + i);
      }
    }
    cluster.faults().at(commit()).times(2).answer(conflict());
    connection.commit();
    assertThat(cluster.balance(1)).isEqualTo(100 + executions);
  }

  @Test
  void savepointUndoesWhatWasDoneSince() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE account SET balance = 1 WHERE id = 1");
      Savepoint savepoint = connection.setSavepoint("a");
      statement.executeUpdate("UPDATE account SET balance = 2 WHERE id = 2");
      connection.rollback(savepoint);
      statement.execute("SAVEPOINT b");
      catchThrowableOfType(
          SQLException.class, () -> statement.executeUpdate("INSERT INTO account VALUES (1, 1)"));
      statement.execute("ROLLBACK TO SAVEPOINT b");
      statement.executeUpdate("UPDATE account SET balance = 3 WHERE id = 3");
    }
    cluster.faults().at(commit()).answer(conflict());
    connection.commit();
    assertThat(cluster.balance(1)).isEqualTo(1);
    assertThat(cluster.balance(2)).isEqualTo(200);
    assertThat(cluster.balance(3)).isEqualTo(3);
  }

  @Test
  void textTransactionIsRunAgain() throws SQLException {
    connection.setAutoCommit(true);
    cluster.faults().at(commit()).answer(conflict());
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      statement.executeUpdate("UPDATE account SET balance = balance + 1 WHERE id = 1");
      statement.execute("COMMIT");
    }
    assertThat(cluster.balance(1)).isEqualTo(101);
  }
}
