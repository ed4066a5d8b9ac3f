package io.dsqlproxy.driver.fences;

import static io.dsqlproxy.driver.fences.ShardTables.readRange;
import static io.dsqlproxy.driver.fences.ShardTables.update;
import static io.dsqlproxy.simulator.fault.Fault.schemaConflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.cluster.SimulatedCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The key that a conditional lock goes by is that of the table which the name means now, also where
 * the end of a transaction has taken a {@code search_path} back.
 */
class ChangedNamesTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final ShardTables TABLES = new ShardTables(CLUSTER);

  private static final String RENEW = "UPDATE shards SET range_id = 6 WHERE shard_id = 1";

  private Connection connection;

  /** A table of the same name whose key has another column. */
  @BeforeAll
  static void create() throws SQLException {
    TABLES.create();
    CLUSTER.run(
        "CREATE SCHEMA other",
        "CREATE TABLE other.shards (shard_id int, part int, range_id bigint,"
            + " PRIMARY KEY (shard_id, part))",
        "INSERT INTO other.shards VALUES (1, 1, 9), (1, 2, 10)");
  }

  @BeforeEach
  void connect() throws SQLException {
    TABLES.reset();
    connection = TABLES.connect("shards:conditional");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** In the default schema, where one column is the key. */
  private void rowIsWrittenInItsVersion() throws SQLException {
    TABLES.reset();
    assertThat(readRange(connection, 1)).isEqualTo("5");
    assertThat(update(connection, RENEW)).isEqualTo(1);
    connection.commit();
    assertThat(TABLES.sent())
        .containsExactly(
            "SELECT range_id FROM shards WHERE shard_id = $1", RENEW + " AND range_id = $1");
  }

  @Test
  void afterASearchPathOfOneTransaction() throws SQLException {
    execute("SET LOCAL search_path = other");
    assertThat(readRange(connection, 1)).isEqualTo("9");
    connection.commit();
    rowIsWrittenInItsVersion();
  }

  @Test
  void afterASearchPathThatWasRolledBack() throws SQLException {
    execute("SET search_path = other");
    assertThat(readRange(connection, 1)).isEqualTo("9");
    connection.rollback();
    rowIsWrittenInItsVersion();
  }

  @Test
  void afterASchemaThatWasRolledBack() throws SQLException {
    connection.commit();
    readRange(connection, 1);
    connection.setSchema("other");
    assertThat(readRange(connection, 1)).isEqualTo("9");
    connection.rollback();
    rowIsWrittenInItsVersion();
  }

  @Test
  void afterASearchPathThatWasSetInTheTextThatBeganTheTransaction() throws SQLException {
    rowIsWrittenInItsVersion();
    connection.setAutoCommit(true);
    execute("BEGIN; SET LOCAL search_path = other");
    assertThat(ShardTables.read(connection, "SELECT * FROM shards FOR SHARE")).isEqualTo("1");
    assertThat(update(connection, "UPDATE shards SET range_id = 7 WHERE shard_id = 1"))
        .isEqualTo(2);
    execute("ROLLBACK");
    connection.setAutoCommit(false);
    rowIsWrittenInItsVersion();
  }

  @Test
  void afterASavepointRowsOfTheOtherTableAreForgotten() throws SQLException {
    assertThat(readRange(connection, 1)).isEqualTo("5");
    Savepoint before = connection.setSavepoint();
    execute("SET LOCAL search_path = other");
    // The same in both tables, or the rollback would find what was read to be another value.
    String query =
        "SELECT shard_id FROM shards WHERE shard_id = 1 AND range_id IN (5, 10) FOR SHARE";
    assertThat(ShardTables.read(connection, query)).isEqualTo("1");
    connection.rollback(before);
    CLUSTER.clearStatements();
    assertThat(update(connection, RENEW)).isEqualTo(1);
    connection.commit();
    assertThat(TABLES.sent())
        .containsExactly("SELECT range_id FROM shards WHERE shard_id = $1 FOR UPDATE", RENEW);
  }

  /** Another session has made the table anew, and a conflict says so. */
  @Test
  void afterAChangeOfTheSchemaTheKeyIsAskedAgain() throws SQLException {
    String query = "SELECT version FROM executions WHERE shard_id = 1 AND run_id = 'a'";
    try (Connection other = TABLES.connect("conditional")) {
      assertThat(ShardTables.read(other, query + " FOR SHARE")).isEqualTo("10");
      other.commit();
      CLUSTER.run(
          "DROP TABLE executions",
          "CREATE TABLE executions (shard_id int, run_id text, part int DEFAULT 1,"
              + " version bigint, PRIMARY KEY (shard_id, run_id, part))",
          "INSERT INTO executions VALUES (1, 'a', 1, 11)");
      CLUSTER.clearStatements();
      CLUSTER.faults().at(statementContaining(query)).answer(schemaConflict());
      assertThat(ShardTables.read(other, query + " FOR SHARE")).isEqualTo("11");
      other.commit();
    }
    assertThat(TABLES.sent()).containsExactly(query, query + " FOR UPDATE");
    CLUSTER.run(
        "DROP TABLE executions",
        "CREATE TABLE executions (shard_id int, run_id text, version bigint,"
            + " PRIMARY KEY (shard_id, run_id))");
  }
}
