package io.dsqlproxy.driver.fences;

import static io.dsqlproxy.driver.fences.ShardTables.read;
import static io.dsqlproxy.driver.fences.ShardTables.readRange;
import static io.dsqlproxy.driver.fences.ShardTables.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * With conditional locks, what a transaction has written itself is never taken for a change by
 * somebody else, and never keeps it from finding the rows that it has to lock.
 */
class OwnWritesTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final ShardTables TABLES = new ShardTables(CLUSTER);

  private static final String ALL = "SELECT * FROM shards ORDER BY shard_id FOR UPDATE";
  private static final String RENEW = "UPDATE shards SET range_id = ? WHERE shard_id = ?";

  private Connection connection;

  @BeforeAll
  static void create() throws SQLException {
    TABLES.create();
    CLUSTER.run("CREATE VIEW view_of_shards AS SELECT * FROM shards");
  }

  @BeforeEach
  void connect() throws SQLException {
    TABLES.reset();
    connection = TABLES.connect("conditional", "retryMode", "off");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private static String range(int shard) throws SQLException {
    return CLUSTER.ask("SELECT range_id FROM shards WHERE shard_id = " + shard);
  }

  @Test
  void openResultDoesNotGiveTheVersionOfARowThatWasWrittenSince() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(ALL)) {
      assertThat(rows.next()).isTrue();
      assertThat(update(connection, RENEW, 6, 2)).isEqualTo(1);
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt("range_id")).as("of the snapshot").isEqualTo(5);
      assertThat(update(connection, RENEW, 7, 2)).isEqualTo(1);
    }
    connection.commit();
    assertThat(range(2)).isEqualTo("7");
  }

  @Test
  void batchThatDeletesARowTwiceFindsItOnce() throws SQLException {
    read(connection, ALL);
    try (PreparedStatement batch =
        connection.prepareStatement("DELETE FROM shards WHERE shard_id = ?")) {
      for (int i = 0; i < 2; i++) {
        batch.setInt(1, 1);
        batch.addBatch();
      }
      assertThat(batch.executeBatch()).containsExactly(1, 0);
    }
    connection.commit();
    assertThat(CLUSTER.ask("SELECT count(*) FROM shards")).isEqualTo("3");
  }

  @Test
  void batchEntryThatWritesNothingLeavesTheRowToTheNext() throws SQLException {
    read(connection, ALL);
    try (PreparedStatement batch = connection.prepareStatement(RENEW + " AND data = ?")) {
      String[] data = {"not there", "a"};
      for (int i = 0; i < data.length; i++) {
        batch.setInt(1, 6 + i);
        batch.setInt(2, 1);
        batch.setString(3, data[i]);
        batch.addBatch();
      }
      assertThat(batch.executeBatch()).containsExactly(0, 1);
    }
    connection.commit();
    assertThat(range(1)).isEqualTo("7");
  }

  @Test
  void rowThatWasWrittenThroughAViewIsNotLookedForInItsOldVersion() throws SQLException {
    readRange(connection, 1);
    assertThat(update(connection, "UPDATE view_of_shards SET range_id = 6 WHERE shard_id = 1"))
        .isEqualTo(1);
    assertThat(update(connection, RENEW, 7, 1)).isEqualTo(1);
    connection.commit();
    assertThat(range(1)).isEqualTo("7");
  }

  @Test
  void lockOfAnEarlierTransactionOfTheSameTextProtectsNothing() throws SQLException {
    readRange(connection, 1);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "DELETE FROM executions; COMMIT; BEGIN; UPDATE shards SET data = 'x'"
              + " WHERE shard_id = 3");
    }
    readRange(connection, 1);
    CLUSTER.run("UPDATE shards SET range_id = 8 WHERE shard_id = 1");
    SQLException error = catchThrowableOfType(SQLException.class, connection::commit);
    assertThat(error.getSQLState()).isEqualTo("40001");
  }

  @Test
  void rowThatWasFoundByAPaddedKeyIsLocked() throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT version FROM executions WHERE shard_id = 1" + " AND run_id = ? FOR UPDATE")) {
      query.setObject(1, "a  ", Types.CHAR);
      try (ResultSet rows = query.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.next()).isFalse();
      }
    }
    update(connection, "UPDATE shards SET data = 'x'");
    CLUSTER.run("UPDATE executions SET version = 11");
    SQLException error = catchThrowableOfType(SQLException.class, connection::commit);
    assertThat(error.getSQLState()).isEqualTo("40001");
  }

  @Test
  void numberIsStoredWithoutItsLeadingZeros() throws SQLException {
    readRange(connection, 1);
    update(connection, "UPDATE shards SET range_id = 007 WHERE shard_id = 1");
    assertThat(update(connection, RENEW, 8, 1)).isEqualTo(1);
    connection.commit();
    assertThat(range(1)).isEqualTo("8");
  }

  @Test
  void whetherThereIsAVersionIsNotTheVersion() throws SQLException {
    read(connection, "SELECT shard_id, range_id NOTNULL FROM shards WHERE shard_id = 1 FOR UPDATE");
    assertThat(update(connection, RENEW, 6, 1)).isEqualTo(1);
    connection.commit();
    assertThat(range(1)).isEqualTo("6");
  }

  @Test
  void rowsThatWereFoundThroughAnotherTableAreLockedAlthoughThatHasChanged() throws SQLException {
    read(
        connection,
        "SELECT * FROM shards WHERE shard_id IN (SELECT shard_id FROM executions) FOR SHARE");
    update(connection, "DELETE FROM executions");
    CLUSTER.run("UPDATE shards SET range_id = 8 WHERE shard_id = 1");
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL search_path = public");
    }
    SQLException error = catchThrowableOfType(SQLException.class, connection::commit);
    assertThat(error.getSQLState()).isEqualTo("40001");
    assertThat(CLUSTER.ask("SELECT count(*) FROM executions")).isEqualTo("1");
  }
}
