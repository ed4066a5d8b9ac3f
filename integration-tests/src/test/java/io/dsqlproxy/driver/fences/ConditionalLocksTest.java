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
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A row with a conditional lock is written only in the version that the application has read. */
class ConditionalLocksTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final ShardTables TABLES = new ShardTables(CLUSTER);

  private static final String PLAIN = "SELECT range_id FROM shards WHERE shard_id = $1";
  private static final String BY_KEY = "SELECT 1 FROM shards WHERE (shard_id = $1) FOR UPDATE";
  private static final String RENEW = "UPDATE shards SET range_id = ? WHERE shard_id = ?";
  private static final String RENEW_SENT =
      "UPDATE shards SET range_id = $1 WHERE shard_id = $2 AND range_id = $3";
  private static final String ELSEWHERE = "UPDATE executions SET version = 11 WHERE run_id = 'a'";

  private Connection connection;

  @BeforeAll
  static void create() throws SQLException {
    TABLES.create();
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

  private static String range(int shard) throws SQLException {
    return CLUSTER.ask("SELECT range_id FROM shards WHERE shard_id = " + shard);
  }

  @Test
  void updateOfTheRowThatWasReadAsksForItsVersionAndTakesNoLock() throws SQLException {
    assertThat(readRange(connection, 1)).isEqualTo("5");
    assertThat(update(connection, RENEW, 6, 1)).isEqualTo(1);
    connection.commit();
    assertThat(TABLES.sent()).containsExactly(PLAIN, RENEW_SENT);
    assertThat(range(1)).isEqualTo("6");
  }

  @Test
  void rowThatIsNotWrittenIsLockedByItsKeyBeforeCommit() throws SQLException {
    readRange(connection, 1);
    update(connection, ELSEWHERE);
    connection.commit();
    assertThat(TABLES.sent()).containsExactly(PLAIN, ELSEWHERE, BY_KEY);
  }

  @Test
  void transactionThatOnlyReadsTakesNoLock() throws SQLException {
    readRange(connection, 1);
    connection.commit();
    assertThat(TABLES.sent()).containsExactly(PLAIN);
  }

  @Test
  void ownerThatHasLostTheShardDoesNotCommitWhatItWroteElsewhere() throws SQLException {
    readRange(connection, 1);
    CLUSTER.run("UPDATE shards SET range_id = 6 WHERE shard_id = 1");
    update(connection, ELSEWHERE);
    DataChangedException error =
        catchThrowableOfType(DataChangedException.class, connection::commit);
    assertThat(error.getSQLState()).isEqualTo("40001");
    assertThat(CLUSTER.ask("SELECT version FROM executions")).isEqualTo("10");
  }

  @Test
  void ownerThatHasLostTheShardDoesNotRenewIt() throws SQLException {
    readRange(connection, 1);
    CLUSTER.run("UPDATE shards SET range_id = 8 WHERE shard_id = 1");
    update(connection, RENEW, 6, 1);
    assertThat(catchThrowableOfType(SQLException.class, connection::commit).getSQLState())
        .isEqualTo("40001");
    assertThat(range(1)).isEqualTo("8");
  }

  @Test
  void rowThatTheTransactionHasWrittenNeedsNoVersionAnyMore() throws SQLException {
    readRange(connection, 1);
    assertThat(update(connection, RENEW, 6, 1)).isEqualTo(1);
    assertThat(update(connection, RENEW, 7, 1)).isEqualTo(1);
    connection.commit();
    assertThat(TABLES.sent())
        .containsExactly(PLAIN, RENEW_SENT, "UPDATE shards SET range_id = $1 WHERE shard_id = $2");
    assertThat(range(1)).isEqualTo("7");
  }

  @Test
  void versionThatTheServerComputesIsNotGuessed() throws SQLException {
    readRange(connection, 1);
    String increment = "UPDATE shards SET range_id = range_id + 1 WHERE shard_id = ?";
    assertThat(update(connection, increment, 1)).isEqualTo(1);
    assertThat(update(connection, increment, 1)).isEqualTo(1);
    connection.commit();
    assertThat(range(1)).isEqualTo("7");
    assertThat(TABLES.sent().get(1)).endsWith("AND range_id = $2");
    assertThat(TABLES.sent().get(2)).endsWith("WHERE shard_id = $1");
  }

  @Test
  void conditionOfTheApplicationsOwnThatDoesNotHoldGivesZeroAndNoConflict() throws SQLException {
    readRange(connection, 1);
    String own = "UPDATE shards SET data = 'x' WHERE shard_id = ? AND data = ?";
    assertThat(update(connection, own, 1, "not there")).isZero();
    connection.commit();
    assertThat(range(1)).isEqualTo("5");
  }

  @Test
  void nullIsAVersionToo() throws SQLException {
    assertThat(readRange(connection, 4)).isNull();
    assertThat(update(connection, RENEW, 1, 4)).isEqualTo(1);
    connection.commit();
    assertThat(TABLES.sent().get(1)).endsWith("AND range_id IS NULL");
    assertThat(range(4)).isEqualTo("1");
  }

  @Test
  void conditionStandsBeforeReturning() throws SQLException {
    readRange(connection, 1);
    assertThat(read(connection, RENEW + " RETURNING range_id", 6, 1)).isEqualTo("6");
    connection.commit();
    assertThat(TABLES.sent()).contains(RENEW_SENT + " RETURNING range_id");
  }

  @Test
  void severalRowsWithCompositeKeysAreToldApart() throws SQLException {
    CLUSTER.run("INSERT INTO executions VALUES (1, 'b', 20), (2, 'a', 30)");
    CLUSTER.clearStatements();
    try (Connection all = TABLES.connect("conditional")) {
      read(all, "SELECT shard_id, version, run_id FROM executions ORDER BY 1, 3 FOR UPDATE");
      String write = "UPDATE executions SET version = ? WHERE run_id = ? AND shard_id = ?";
      assertThat(update(all, write, 31, "a", 2)).isEqualTo(1);
      assertThat(update(all, write, 21, "b", 1)).isEqualTo(1);
      all.commit();
    }
    List<String> sent = TABLES.sent();
    assertThat(sent.get(1)).endsWith("AND version = $4");
    assertThat(sent.get(3))
        .startsWith("SELECT 1 FROM executions WHERE (")
        .endsWith(") FOR UPDATE")
        .doesNotContain(" OR ");
  }

  @Test
  void plainStatementsAndDeletesAskForTheVersion() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery("SELECT * FROM shards WHERE shard_id = 2 FOR UPDATE")) {
        assertThat(rows.next()).isTrue();
      }
      assertThat(statement.executeUpdate("DELETE FROM shards WHERE shard_id = 2")).isEqualTo(1);
    }
    connection.commit();
    assertThat(TABLES.sent())
        .containsExactly(
            "SELECT * FROM shards WHERE shard_id = 2",
            "DELETE FROM shards WHERE shard_id = 2 AND range_id = '5'");
  }

  @Test
  void rowsThatTheApplicationHasNotReadAreLockedBeforeTheFirstWrite() throws SQLException {
    try (PreparedStatement query =
            connection.prepareStatement("SELECT shard_id, range_id FROM shards FOR UPDATE");
        ResultSet rows = query.executeQuery()) {
      assertThat(rows.next()).isTrue();
      update(connection, ELSEWHERE);
    }
    connection.commit();
    assertThat(TABLES.sent())
        .containsExactly(
            "SELECT shard_id, range_id FROM shards",
            "SELECT shard_id, range_id FROM shards FOR UPDATE",
            ELSEWHERE);
  }

  @Test
  void rowsThatAreCutOffAreLockedBeforeTheFirstWrite() throws SQLException {
    String query = "SELECT * FROM shards ORDER BY shard_id";
    try (PreparedStatement first = connection.prepareStatement(query + " FOR UPDATE")) {
      first.setMaxRows(1);
      try (ResultSet rows = first.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.next()).isFalse();
      }
    }
    update(connection, ELSEWHERE);
    connection.commit();
    assertThat(TABLES.sent()).containsExactly(query, query + " FOR UPDATE", ELSEWHERE);
  }

  @Test
  void writeWhoseRowCannotBeToldLocksTheRowsThatWereRead() throws SQLException {
    readRange(connection, 1);
    String every = "UPDATE shards SET range_id = range_id + 1";
    assertThat(update(connection, every)).isEqualTo(4);
    assertThat(update(connection, RENEW, 9, 1)).isEqualTo(1);
    connection.commit();
    assertThat(TABLES.sent())
        .containsExactly(
            PLAIN, BY_KEY, every, RENEW.replaceFirst("\\?", "\\$1").replace("?", "$2"));
  }

  /** The last of the shards twice, with the ranges 6, 7 and so on. */
  private void renewInOneBatch(int... shards) throws SQLException {
    try (PreparedStatement batch = connection.prepareStatement(RENEW)) {
      int range = 6;
      for (int shard : shards) {
        batch.setInt(1, range++);
        batch.setInt(2, shard);
        batch.addBatch();
      }
      assertThat(batch.executeBatch()).hasSize(shards.length).containsOnly(1);
      assertThat(batch.executeBatch()).isEmpty();
    }
  }

  @Test
  void eachEntryOfABatchAsksForTheVersionOfItsRow() throws SQLException {
    CLUSTER.faults().at(commit()).answer(conflict());
    CLUSTER.run("UPDATE shards SET range_id = 50 WHERE shard_id = 2");
    CLUSTER.clearStatements();
    readRange(connection, 1);
    readRange(connection, 2);
    renewInOneBatch(1, 2);
    connection.commit();
    assertThat(TABLES.sent().stream().map(String::strip).distinct())
        .containsExactly(PLAIN, RENEW_SENT);
    assertThat(range(1)).isEqualTo("6");
    assertThat(range(2)).isEqualTo("7");
  }

  @Test
  void batchThatWritesARowTwiceLocksTheRowsInstead() throws SQLException {
    readRange(connection, 1);
    readRange(connection, 2);
    renewInOneBatch(1, 2, 2);
    connection.commit();
    assertThat(TABLES.sent().get(2))
        .isEqualTo("SELECT 1 FROM shards WHERE (shard_id = $1) OR (shard_id = $2) FOR UPDATE");
    assertThat(range(2)).isEqualTo("8");
  }

  @Test
  void batchThatWritesARowWithoutAVersionLocksTheRowsInstead() throws SQLException {
    readRange(connection, 1);
    renewInOneBatch(1, 3);
    connection.commit();
    assertThat(TABLES.sent().get(1)).isEqualTo(BY_KEY);
    assertThat(range(3)).isEqualTo("7");
  }

  @Test
  void batchOfUpdatesKeepsTheLocksOfTheRows() throws SQLException {
    readRange(connection, 1);
    readRange(connection, 2);
    CLUSTER.run("UPDATE shards SET range_id = 80 WHERE shard_id = 2");
    renewInOneBatch(1, 2);
    assertThat(catchThrowableOfType(SQLException.class, connection::commit).getSQLState())
        .isEqualTo("40001");
    assertThat(range(1)).isEqualTo("5");
    assertThat(range(2)).isEqualTo("80");
  }

  @Test
  void tableWithoutADeclaredVersionKeepsItsLock() throws SQLException {
    CLUSTER.run("DROP TABLE IF EXISTS other", "CREATE TABLE other (id int PRIMARY KEY, v int)");
    try (Connection all = TABLES.connect("conditional")) {
      CLUSTER.clearStatements();
      read(all, "SELECT v FROM other WHERE id = 1 FOR SHARE");
      all.commit();
    }
    assertThat(CLUSTER.statements()).contains("SELECT v FROM other WHERE id = 1 FOR UPDATE");
  }

  @Test
  void tableWithoutAPrimaryKeyKeepsItsLock() throws SQLException {
    CLUSTER.run("DROP TABLE IF EXISTS executions", "CREATE TABLE executions (version int)");
    try (Connection all = TABLES.connect("conditional")) {
      CLUSTER.clearStatements();
      read(all, "SELECT version FROM executions FOR SHARE");
      all.commit();
      assertThat(TABLES.sent()).containsExactly("SELECT version FROM executions FOR UPDATE");
    } finally {
      CLUSTER.run("DROP TABLE executions", "DROP TABLE shards");
      TABLES.create();
    }
  }

  @Test
  void conflictAtCommitRunsTheConditionalUpdateAgain() throws SQLException {
    CLUSTER.faults().at(commit()).answer(conflict());
    readRange(connection, 1);
    update(connection, RENEW, 6, 1);
    connection.commit();
    assertThat(TABLES.sent().stream().map(String::strip))
        .containsExactly(PLAIN, RENEW_SENT, PLAIN, RENEW_SENT);
    assertThat(range(1)).isEqualTo("6");
  }

  @Test
  void afterASavepointThatUndidTheWriteTheRowIsLockedBeforeCommit() throws SQLException {
    readRange(connection, 1);
    Savepoint savepoint = connection.setSavepoint();
    update(connection, RENEW, 6, 1);
    connection.rollback(savepoint);
    update(connection, ELSEWHERE);
    CLUSTER.clearStatements();
    connection.commit();
    assertThat(TABLES.sent()).containsExactly(BY_KEY);
  }

  @Test
  void afterASavepointThatUndidTheWriteTheRowCanBeWrittenAgain() throws SQLException {
    readRange(connection, 1);
    Savepoint savepoint = connection.setSavepoint();
    update(connection, RENEW, 6, 1);
    connection.rollback(savepoint);
    assertThat(update(connection, RENEW, 7, 1)).isEqualTo(1);
    connection.commit();
    assertThat(range(1)).isEqualTo("7");
  }

  @Test
  void rowThatOnlyASavepointHasReadIsNotLocked() throws SQLException {
    readRange(connection, 1);
    Savepoint savepoint = connection.setSavepoint();
    readRange(connection, 2);
    connection.rollback(savepoint);
    update(connection, ELSEWHERE);
    CLUSTER.clearStatements();
    connection.commit();
    assertThat(TABLES.sent()).as("the lock of shard 1 alone").containsExactly(BY_KEY);
  }

  @Test
  void rowWhoseKeyIsChangedIsLockedAndNotLookedForUnderItsOldKey() throws SQLException {
    readRange(connection, 1);
    assertThat(update(connection, "UPDATE shards SET shard_id = 9 WHERE shard_id = 1"))
        .isEqualTo(1);
    assertThat(update(connection, RENEW, 6, 1)).isZero();
    assertThat(update(connection, RENEW, 6, 9)).isEqualTo(1);
    connection.commit();
    assertThat(TABLES.sent()).contains(BY_KEY);
    assertThat(range(9)).isEqualTo("6");
  }

  @Test
  void lockOfRowsIsTakenOnceAlthoughTheirVersionsAreNotKnownAnyMore() throws SQLException {
    readRange(connection, 1);
    update(connection, "UPDATE shards SET data = 'x'");
    connection.commit();
    assertThat(TABLES.sent()).containsExactly(PLAIN, BY_KEY, "UPDATE shards SET data = 'x'");
  }

  @Test
  void lockIsTakenBeforeSettingsChangeWhatTheNamesMean() throws SQLException {
    readRange(connection, 1);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = public");
    }
    update(connection, ELSEWHERE);
    connection.commit();
    assertThat(TABLES.sent()).containsExactly(PLAIN, PLAIN + " FOR UPDATE", ELSEWHERE);
  }

  @Test
  void declaredVersionThatTheTableDoesNotHaveKeepsTheLock() throws SQLException {
    try (Connection misled =
        TABLES.connect("conditional", "versionColumns", "shards.no_such_column")) {
      read(misled, "SELECT * FROM shards WHERE shard_id = 1 FOR SHARE");
      update(misled, ELSEWHERE);
      misled.commit();
    }
    assertThat(TABLES.sent())
        .containsExactly("SELECT * FROM shards WHERE shard_id = 1 FOR UPDATE", ELSEWHERE);
  }

  @Test
  void rowsBeyondThoseThatAreRememberedAreLockedByTheirQuery() throws SQLException {
    CLUSTER.run(
        "DELETE FROM executions",
        "INSERT INTO executions SELECT 1, 'r' || i, i FROM generate_series(1, 3000) i",
        "INSERT INTO executions SELECT 2, 'r' || i, i FROM generate_series(1, 100) i");
    String query = "SELECT shard_id, run_id, version FROM executions";
    CLUSTER.clearStatements();
    try (Connection many = TABLES.connect("conditional")) {
      read(many, query + " FOR SHARE");
      update(many, "UPDATE shards SET data = 'x' WHERE shard_id = 1");
      many.rollback();
    }
    assertThat(TABLES.sent()).startsWith(query, query + " FOR UPDATE");
    // More rows than one transaction may delete.
    CLUSTER.run("DELETE FROM executions WHERE shard_id = 2");
  }
}
