package io.dsqlproxy.driver.jdbc;

import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.DsqlDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.core.TransactionState;

/**
 * An application that swallows a failure commits nothing, and hears of it as with pgJDBC, or as it
 * has asked for.
 */
@Timeout(30)
class FailedTransactionTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  /** The ways to commit. */
  enum Commit {
    METHOD {
      @Override
      void on(Connection connection) throws SQLException {
        connection.commit();
      }
    },
    AUTOCOMMIT {
      @Override
      void on(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
      }
    },
    TEXT {
      @Override
      void on(Connection connection) throws SQLException {
        SimulatedCluster.run(connection, "COMMIT");
      }
    },
    END {
      @Override
      void on(Connection connection) throws SQLException {
        SimulatedCluster.run(connection, "end work");
      }
    };

    abstract void on(Connection connection) throws SQLException;
  }

  /** What is done with a connection. */
  @FunctionalInterface
  private interface Step {
    void take() throws SQLException;
  }

  @BeforeEach
  void createTable() throws SQLException {
    CLUSTER.faults().clear();
    CLUSTER.run("DROP TABLE IF EXISTS item", "CREATE TABLE item (id int PRIMARY KEY, value int)");
    CLUSTER.run("INSERT INTO item VALUES (1, 10)");
  }

  @ParameterizedTest
  @EnumSource
  void commitOfAFailedTransactionIsARollbackAsWithPgjdbc(Commit commit) throws SQLException {
    try (Connection pgjdbc = CLUSTER.connectPg()) {
      failAndCommit(pgjdbc, () -> commit.on(pgjdbc));
    }
    try (Connection connection = open("failedCommit=return")) {
      failAndCommit(connection, () -> commit.on(connection));
    }
  }

  @ParameterizedTest
  @EnumSource
  void commitOfAFailedTransactionIsAnErrorIfThatIsAskedFor(Commit commit) throws SQLException {
    try (Connection connection = open("failedCommit=throw")) {
      failAndCommit(
          connection, () -> assertThat(failure(() -> commit.on(connection))).isEqualTo("25P02"));
    }
  }

  /** Whatever COMMIT says of it, nothing of it is left, and the next transaction is another. */
  private static void failAndCommit(Connection connection, Step commit) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.executeUpdate("UPDATE item SET value = 11");
      assertThat(failure(() -> statement.executeUpdate("INSERT INTO item VALUES (1, 1)")))
          .isEqualTo("23505");
      commit.take();
      connection.setAutoCommit(false);
      statement.executeUpdate("UPDATE item SET value = value + 5");
      connection.rollback();
      assertThat(CLUSTER.ask("SELECT value FROM item")).isEqualTo("10");
    }
  }

  /** A statement that met it can be missing in what is left. */
  @ParameterizedTest
  @CsvSource({
    "METHOD, return", "METHOD, throw",
    "AUTOCOMMIT, return", "AUTOCOMMIT, throw",
    "TEXT, return", "TEXT, throw",
    "END, return", "END, throw"
  })
  void whatIsLeftOfATransactionWhoseConflictHasSurfacedIsNotCommitted(
      Commit commit, String failedCommit) throws SQLException {
    String parameters = "retryAttempts=2&retryBaseDelay=0ms&failedCommit=" + failedCommit;
    try (Connection connection = open(parameters);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.executeUpdate("UPDATE item SET value = 11");
      CLUSTER.faults().at(statementContaining("INSERT")).times(2).answer(conflict());
      String insert = "INSERT INTO item VALUES (2, 2)";
      assertThat(failure(() -> statement.executeUpdate(insert))).isEqualTo("40001");
      assertThat(failure(() -> statement.executeUpdate(insert))).isEqualTo("25P02");
      if (failedCommit.equals("throw")) {
        assertThat(failure(() -> commit.on(connection))).isEqualTo("25P02");
      } else {
        commit.on(connection);
      }
      assertThat(CLUSTER.ask("SELECT value FROM item")).isEqualTo("10");
      assertThat(state(connection)).isEqualTo(TransactionState.IDLE);
    }
  }

  @Test
  void transactionThatTheServerHasLostIsAFailedOneUntilItIsEnded() throws SQLException {
    try (Connection connection = open("retryBaseDelay=0ms");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      assertThat(SimulatedCluster.ask(connection, "SELECT value FROM item")).isEqualTo("10");
      CLUSTER.run("UPDATE item SET value = 11");
      CLUSTER.faults().at(statementContaining("INSERT")).answer(conflict());
      assertThat(failure(() -> statement.executeUpdate("INSERT INTO item VALUES (2, 2)")))
          .isEqualTo("40001");
      assertThat(state(connection)).isEqualTo(TransactionState.FAILED);
      assertThat(failure(() -> statement.executeUpdate("DELETE FROM item"))).isEqualTo("25P02");
      assertThat(state(connection)).isEqualTo(TransactionState.FAILED);
      connection.rollback();
      assertThat(state(connection)).isEqualTo(TransactionState.IDLE);
      statement.executeUpdate("DELETE FROM item");
      assertThat(state(connection)).isEqualTo(TransactionState.OPEN);
    }
  }

  private static TransactionState state(Connection connection) throws SQLException {
    return connection.unwrap(DsqlConnection.class).getTransactionState();
  }

  private static Connection open(String parameters) throws SQLException {
    DsqlDataSource dataSource = CLUSTER.dataSource();
    dataSource.setUrl(CLUSTER.url() + "&" + parameters);
    return dataSource.getConnection();
  }

  private static String failure(ThrowingCallable call) {
    return catchThrowableOfType(SQLException.class, call).getSQLState();
  }
}
