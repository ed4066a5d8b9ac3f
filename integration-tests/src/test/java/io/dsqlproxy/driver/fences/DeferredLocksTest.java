package io.dsqlproxy.driver.fences;

import static io.dsqlproxy.driver.fences.ShardTables.read;
import static io.dsqlproxy.driver.fences.ShardTables.readRange;
import static io.dsqlproxy.driver.fences.ShardTables.update;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.execution.DataChangedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A deferred lock is taken by a transaction that writes, before it writes, and by no other. */
class DeferredLocksTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final ShardTables TABLES = new ShardTables(CLUSTER);

  private static final String PLAIN = "SELECT range_id FROM shards WHERE shard_id = $1";
  private static final String LOCKED = PLAIN + " FOR UPDATE";
  private static final String WRITE = "UPDATE executions SET version = version + 1";

  private Connection connection;

  @BeforeAll
  static void create() throws SQLException {
    TABLES.create();
  }

  @BeforeEach
  void connect() throws SQLException {
    TABLES.reset();
    connection = TABLES.connect("deferred");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private static void stealShard() throws SQLException {
    CLUSTER.run("UPDATE shards SET range_id = range_id + 1 WHERE shard_id = 1");
  }

  @Test
  void transactionThatOnlyReadsTakesNoLockAndLosesNoConflict() throws SQLException {
    assertThat(readRange(connection, 1)).isEqualTo("5");
    stealShard();
    connection.commit();
    assertThat(TABLES.sent()).contains(PLAIN).doesNotContain(LOCKED);
  }

  @Test
  void transactionThatWritesTakesTheLockBeforeItsFirstWriteAndOnlyOnce() throws SQLException {
    readRange(connection, 1);
    update(connection, WRITE);
    update(connection, WRITE);
    connection.commit();
    assertThat(TABLES.sent()).containsExactly(PLAIN, LOCKED, WRITE, WRITE);
  }

  @Test
  void transactionThatLocksAfterItsLastWriteTakesTheLockBeforeCommit() throws SQLException {
    update(connection, WRITE);
    readRange(connection, 1);
    connection.commit();
    assertThat(TABLES.sent()).containsExactly(WRITE, PLAIN, LOCKED);
  }

  @Test
  void lockIsTakenBeforeCommitIsSentAsText() throws SQLException {
    update(connection, WRITE);
    readRange(connection, 1);
    try (Statement statement = connection.createStatement()) {
      statement.execute("COMMIT");
    }
    assertThat(TABLES.sent()).containsExactly(WRITE, PLAIN, LOCKED);
  }

  @Test
  void writeInTheTextThatBeginsTheTransactionIsAWrite() throws SQLException {
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN; " + WRITE);
      readRange(connection, 1);
      stealShard();
      SQLException error =
          catchThrowableOfType(SQLException.class, () -> statement.execute("COMMIT"));
      assertThat(error.getSQLState()).isEqualTo("40001");
    }
    assertThat(CLUSTER.ask("SELECT version FROM executions")).isEqualTo("10");
  }

  @Test
  void writerWhoseLockedRowWasChangedMeanwhileIsNotCommitted() throws SQLException {
    assertThat(readRange(connection, 1)).isEqualTo("5");
    stealShard();
    update(connection, WRITE);
    DataChangedException error =
        catchThrowableOfType(DataChangedException.class, connection::commit);
    assertThat(error.getSQLState()).isEqualTo("40001");
    assertThat(CLUSTER.ask("SELECT version FROM executions")).isEqualTo("10");
  }

  @Test
  void withoutTheLockTheSameWriterIsCommitted() throws SQLException {
    try (Connection unlocked = TABLES.connect("none")) {
      readRange(unlocked, 1);
      stealShard();
      update(unlocked, WRITE);
      unlocked.commit();
    }
    assertThat(CLUSTER.ask("SELECT version FROM executions")).isEqualTo("11");
  }

  @Test
  void lockIsTakenAgainWhenTheTransactionIsRunAgain() throws SQLException {
    CLUSTER.faults().at(commit()).answer(conflict());
    readRange(connection, 1);
    update(connection, WRITE);
    connection.commit();
    assertThat(TABLES.sent().stream().map(String::strip))
        .containsExactly(PLAIN, LOCKED, WRITE, PLAIN, LOCKED, WRITE);
    assertThat(CLUSTER.ask("SELECT version FROM executions")).isEqualTo("11");
  }

  @Test
  void lockThatASavepointHasUndoneIsTakenAgainForALaterWrite() throws SQLException {
    readRange(connection, 1);
    Savepoint savepoint = connection.setSavepoint();
    update(connection, WRITE);
    connection.rollback(savepoint);
    CLUSTER.clearStatements();
    update(connection, WRITE);
    connection.commit();
    assertThat(TABLES.sent()).containsExactly(LOCKED, WRITE);
  }

  @Test
  void readThatASavepointHasUndoneIsNotLocked() throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    readRange(connection, 1);
    connection.rollback(savepoint);
    update(connection, WRITE);
    connection.commit();
    assertThat(TABLES.sent()).doesNotContain(LOCKED);
  }

  @Test
  void lockIsTakenWithoutTheJournalToo() throws SQLException {
    try (Connection unjournaled = TABLES.connect("deferred", "retryMode", "off")) {
      readRange(unjournaled, 1);
      stealShard();
      update(unjournaled, WRITE);
      SQLException error = catchThrowableOfType(SQLException.class, unjournaled::commit);
      assertThat(error.getSQLState()).isEqualTo("40001");
    }
  }

  @Test
  void batchesGeneratedKeysAndChangedRowsCountAsWrites() throws SQLException {
    readRange(connection, 1);
    try (PreparedStatement batch = connection.prepareStatement(WRITE)) {
      batch.addBatch();
      batch.executeBatch();
    }
    connection.commit();
    assertThat(TABLES.sent()).contains(LOCKED);

    CLUSTER.clearStatements();
    readRange(connection, 1);
    try (Statement statement =
            connection.createStatement(
                ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
        ResultSet rows = statement.executeQuery("SELECT shard_id, data FROM shards ORDER BY 1")) {
      rows.absolute(2);
      rows.updateString("data", "x");
      rows.updateRow();
    }
    connection.commit();
    assertThat(TABLES.sent()).contains(LOCKED);
  }

  @Test
  void exclusiveLocksOfPlainStatementsAreDeferredToo() throws SQLException {
    String query = "SELECT data FROM shards WHERE shard_id IN (1, 2) ORDER BY shard_id";
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query + " FOR UPDATE")) {
      assertThat(rows.next()).isTrue();
      update(connection, WRITE);
      assertThat(rows.next()).isTrue();
    }
    connection.commit();
    assertThat(TABLES.sent()).containsExactly(query, query + " FOR UPDATE", WRITE);
  }

  @Test
  void whatMayChooseOtherRowsTheSecondTimeIsLockedAtOnce() throws SQLException {
    read(connection, "SELECT data FROM shards ORDER BY data LIMIT 1 FOR SHARE");
    connection.commit();
    assertThat(TABLES.sent())
        .containsExactly("SELECT data FROM shards ORDER BY data LIMIT 1 FOR UPDATE");
  }

  @Test
  void largeResultIsLockedToItsEndThoughOnlyItsBeginningWasRead() throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT shard_id FROM shards ORDER BY 1 FOR SHARE")) {
      query.setFetchSize(1);
      query.setMaxRows(1);
      try (ResultSet rows = query.executeQuery()) {
        assertThat(rows.next()).isTrue();
      }
    }
    update(connection, WRITE);
    CLUSTER.run("UPDATE shards SET data = 'stolen' WHERE shard_id = 3");
    connection.commit();
    assertThat(TABLES.sent().stream().filter(sql -> sql.contains("FOR UPDATE")))
        .as("the conflict with a row behind the first has run it again")
        .hasSize(2);
    assertThat(CLUSTER.ask("SELECT version FROM executions")).isEqualTo("11");
  }

  @Test
  void lockIsTakenBeforeSettingsChangeWhatItsQueryFinds() throws SQLException {
    CLUSTER.run("CREATE SCHEMA IF NOT EXISTS other");
    readRange(connection, 1);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = other, public");
    }
    assertThat(TABLES.sent()).containsExactly(PLAIN, LOCKED);
    readRange(connection, 1);
    connection.setSchema("public");
    assertThat(TABLES.sent()).containsExactly(PLAIN, LOCKED, PLAIN, LOCKED);
    update(connection, WRITE);
    connection.commit();
    assertThat(TABLES.sent()).containsExactly(PLAIN, LOCKED, PLAIN, LOCKED, WRITE);
  }
}
