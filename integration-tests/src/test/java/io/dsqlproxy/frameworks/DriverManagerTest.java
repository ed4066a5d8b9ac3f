package io.dsqlproxy.frameworks;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.cluster.SystemCredentials;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The JDK alone: a URL is all that an application has to change. */
@Timeout(30)
class DriverManagerTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();
  @RegisterExtension static final SystemCredentials CREDENTIALS = new SystemCredentials();

  @BeforeEach
  void createTable() throws SQLException {
    CLUSTER.run(
        "DROP TABLE IF EXISTS item",
        "CREATE TABLE item (id int PRIMARY KEY, value int NOT NULL, note text UNIQUE)",
        "INSERT INTO item VALUES (1, 10, 'a'), (2, 20, 'b')");
    CLUSTER.clearStatements();
  }

  @Test
  void urlAloneOpensAConnection() throws SQLException {
    try (Connection connection = DriverManager.getConnection(CLUSTER.url())) {
      assertThat(ask(connection, "SELECT current_user")).isEqualTo("admin");
    }
  }

  @Test
  void userBesideTheUrlLogsIn() throws SQLException {
    try (Connection connection =
        DriverManager.getConnection(CLUSTER.urlWithoutUser(), "admin", null)) {
      assertThat(ask(connection, "SELECT current_user")).isEqualTo("admin");
    }
  }

  @Test
  void credentialsProviderIsAPropertyThatHoldsAnObject() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "admin");
    properties.put("credentialsProvider", CLUSTER.credentials());
    try (Connection connection =
        DriverManager.getConnection(CLUSTER.urlWithoutUser(), properties)) {
      assertThat(ask(connection, "SELECT current_user")).isEqualTo("admin");
    }
  }

  @Test
  void rowsAreCreatedReadChangedAndDeleted() throws SQLException {
    try (Connection connection = DriverManager.getConnection(CLUSTER.url())) {
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO item VALUES (?, ?, ?)", Statement.RETURN_GENERATED_KEYS)) {
        for (int id = 3; id <= 5; id++) {
          insert.setInt(1, id);
          insert.setInt(2, id * 10);
          insert.setString(3, "n" + id);
          insert.addBatch();
        }
        assertThat(insert.executeBatch()).containsExactly(1, 1, 1);
        try (ResultSet keys = insert.getGeneratedKeys()) {
          assertThat(keys.next()).isTrue();
          assertThat(keys.getInt("id")).isEqualTo(3);
        }
      }
      run(connection, "UPDATE item SET value = 0 WHERE id = 3", "DELETE FROM item WHERE id = 4");
      assertThat(
              ask(connection, "SELECT string_agg(id || ':' || value, ' ' ORDER BY id) FROM item"))
          .isEqualTo("1:10 2:20 3:0 5:50");
    }
  }

  @Test
  void everyLockStrengthIsAcceptedInATransactionAndOutsideOne() throws SQLException {
    String[] locks = {
      "FOR UPDATE",
      "FOR NO KEY UPDATE",
      "FOR SHARE",
      "FOR KEY SHARE",
      "FOR SHARE OF item NOWAIT",
      "FOR NO KEY UPDATE SKIP LOCKED"
    };
    try (Connection connection = DriverManager.getConnection(CLUSTER.url())) {
      for (boolean autoCommit : new boolean[] {true, false}) {
        connection.setAutoCommit(autoCommit);
        for (String lock : locks) {
          try (PreparedStatement read =
              connection.prepareStatement("SELECT value FROM item WHERE id = ? " + lock)) {
            read.setInt(1, 1);
            try (ResultSet rows = read.executeQuery()) {
              assertThat(rows.next()).isTrue();
            }
          }
        }
      }
      connection.commit();
    }
    assertThat(CLUSTER.statements())
        .noneMatch(sql -> sql.contains("FOR SHARE") || sql.contains("NO KEY"))
        .contains("SELECT value FROM item WHERE id = $1 FOR UPDATE OF item NOWAIT");
  }

  @Test
  void rollbackToASavepointUndoesWhatCameAfterIt() throws SQLException {
    try (Connection connection = DriverManager.getConnection(CLUSTER.url())) {
      assertThat(connection.getMetaData().supportsSavepoints()).isTrue();
      connection.setAutoCommit(false);
      run(connection, "UPDATE item SET value = 11 WHERE id = 1");
      Savepoint savepoint = connection.setSavepoint("before");
      run(connection, "UPDATE item SET value = 99 WHERE id = 1");
      connection.rollback(savepoint);
      run(connection, "UPDATE item SET value = 22 WHERE id = 2");
      connection.commit();
    }
    assertThat(CLUSTER.ask("SELECT sum(value) FROM item")).isEqualTo("33");
  }

  @Test
  void isolationIsReportedAsItIsWhateverWasAskedFor() throws SQLException {
    try (Connection connection = DriverManager.getConnection(CLUSTER.url())) {
      for (int level :
          new int[] {
            Connection.TRANSACTION_READ_UNCOMMITTED,
            Connection.TRANSACTION_READ_COMMITTED,
            Connection.TRANSACTION_REPEATABLE_READ
          }) {
        connection.setTransactionIsolation(level);
        assertThat(connection.getTransactionIsolation())
            .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
      }
      assertThatExceptionOfType(SQLFeatureNotSupportedException.class)
          .isThrownBy(
              () -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE));
    }
  }

  @Test
  void conflictAtCommitIsAbsorbedOrHasItsSqlState() throws SQLException {
    try (Connection winner = DriverManager.getConnection(CLUSTER.url())) {
      winner.setAutoCommit(false);
      run(winner, "UPDATE item SET value = value + 1 WHERE id = 1");
      CLUSTER.run("UPDATE item SET value = 20 WHERE id = 1");
      winner.commit();
    }
    assertThat(CLUSTER.ask("SELECT value FROM item WHERE id = 1")).isEqualTo("21");
    try (Connection loser = DriverManager.getConnection(CLUSTER.url() + "&retryMode=off")) {
      loser.setAutoCommit(false);
      run(loser, "UPDATE item SET value = 12 WHERE id = 1");
      CLUSTER.run("UPDATE item SET value = 11 WHERE id = 1");
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(loser::commit)
          .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("40001"));
      run(loser, "UPDATE item SET value = 12 WHERE id = 1");
      loser.commit();
    }
    assertThat(CLUSTER.ask("SELECT value FROM item WHERE id = 1")).isEqualTo("12");
  }

  @Test
  void failedBatchTellsWhichEntryFailed() throws SQLException {
    try (Connection connection = DriverManager.getConnection(CLUSTER.url());
        Statement batch = connection.createStatement()) {
      connection.setAutoCommit(false);
      batch.addBatch("INSERT INTO item VALUES (3, 30, 'c')");
      batch.addBatch("INSERT INTO item VALUES (4, 40, 'a')");
      assertThatExceptionOfType(BatchUpdateException.class)
          .isThrownBy(batch::executeBatch)
          .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("23505"));
      connection.rollback();
    }
    assertThat(CLUSTER.ask("SELECT count(*) FROM item")).isEqualTo("2");
  }
}
