package io.dsqlproxy.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.facts.LockingFact;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every row lock that the service was recorded to accept or refuse gets through the driver. */
class RecordedLocksThroughTheDriverTest {

  /** Fails a test in which the server refused something. */
  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  @BeforeAll
  static void createTables() throws SQLException {
    CLUSTER.run(LockingFact.createTables().toArray(new String[0]));
  }

  @TestFactory
  Stream<DynamicTest> inAutocommit() throws IOException {
    return rowLocks().map(fact -> dynamicTest(fact.sql(), () -> accepted(fact, true)));
  }

  @TestFactory
  Stream<DynamicTest> inATransaction() throws IOException {
    return rowLocks().map(fact -> dynamicTest(fact.sql(), () -> accepted(fact, false)));
  }

  private static Stream<LockingFact> rowLocks() throws IOException {
    return LockingFact.concrete().stream().filter(fact -> fact.sql().contains(" FROM t"));
  }

  private static void accepted(LockingFact fact, boolean autoCommit) throws SQLException {
    try (Connection connection = CLUSTER.dataSource().getConnection()) {
      connection.setAutoCommit(autoCommit);
      try (PreparedStatement prepared = connection.prepareStatement(fact.jdbcSql())) {
        if (fact.jdbcSql().contains("?")) {
          prepared.setInt(1, 1);
        }
        prepared.executeQuery().close();
      }
      if (!fact.jdbcSql().contains("?")) {
        try (Statement statement = connection.createStatement()) {
          assertThat(statement.execute(fact.jdbcSql())).isTrue();
        }
      }
      if (!autoCommit) {
        connection.commit();
      }
    }
    assertThat(CLUSTER.takeRefusals()).isEmpty();
  }

  @Test
  void withTheRewriterSwitchedOffTheServerRefuses() throws SQLException {
    DsqlDataSource dataSource = CLUSTER.dataSource();
    dataSource.setRewriteLocks(false);
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("SELECT s FROM t FOR SHARE"))
          .isInstanceOfSatisfying(
              SQLException.class, refusal -> assertThat(refusal.getSQLState()).isEqualTo("0A000"))
          .hasMessageContaining(
              "locking clauses other than FOR UPDATE/FOR KEY SHARE are not supported");
    }
    assertThat(CLUSTER.takeRefusals()).hasSize(1);
  }

  @Test
  void aShareLockInATransactionStillFencesAgainstAConcurrentWrite() throws SQLException {
    try (Connection reader = CLUSTER.dataSource().getConnection();
        Connection writer = CLUSTER.dataSource().getConnection();
        Statement reading = reader.createStatement();
        Statement writing = writer.createStatement()) {
      reader.setAutoCommit(false);
      try (ResultSet row = reading.executeQuery("SELECT s FROM t WHERE id = 1 FOR SHARE")) {
        assertThat(row.next()).isTrue();
      }
      writing.executeUpdate("UPDATE t SET s = 'changed' WHERE id = 1");
      reading.executeUpdate("INSERT INTO u VALUES (" + System.nanoTime() % 1_000_000_007 + ")");
      assertThatThrownBy(reader::commit)
          .isInstanceOfSatisfying(
              SQLException.class, lost -> assertThat(lost.getSQLState()).isEqualTo("40001"));
    }
  }
}
