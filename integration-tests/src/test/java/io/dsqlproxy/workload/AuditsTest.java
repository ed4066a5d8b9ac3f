package io.dsqlproxy.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.workload.QueueStore.NamedQueue;
import io.dsqlproxy.workload.TaskQueueStore.Generation;
import io.dsqlproxy.workload.TaskQueueStore.TaskQueue;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every audit accepts a sound store and finds what is planted in it. */
class AuditsTest {

  private static final NamedQueue NAMED = new NamedQueue(3, "q");
  private static final TaskQueue TASK_QUEUE = TaskQueue.named(Generation.CLASSIC, "orders");
  private static final String RUN = "'00000000-0000-0000-0000-000000000001'";

  private static PostgresDatabases databases;

  private DataSource dataSource;

  @BeforeAll
  static void startServer() throws IOException, SQLException {
    databases = new PostgresDatabases();
  }

  @AfterAll
  static void stopServer() throws IOException {
    databases.close();
  }

  @BeforeEach
  void createDatabase() throws SQLException {
    dataSource = databases.create();
  }

  @Test
  void soundShardsBreakNothing() throws SQLException {
    assertThat(brokenAmongShards(2, 2, 0, SOUND_SHARD)).isEmpty();
  }

  @Test
  void aRangeWithTwoOwnersIsFound() throws SQLException {
    assertThat(
            brokenAmongShards(
                2,
                2,
                0,
                SOUND_SHARD,
                "INSERT INTO evidence_acquisitions VALUES ('shard/1', 2, gen_random_uuid(), 'b')"))
        .contains("one-owner-per-shard-range");
  }

  @Test
  void aRangeThatNobodyAcquiredIsFound() throws SQLException {
    assertThat(brokenAmongShards(3, 2, 0, SOUND_SHARD, "UPDATE shards SET range_id = 3"))
        .containsExactly("shard-range-is-last-acquired");
  }

  @Test
  void aWriteBehindATakeoverIsFound() throws SQLException {
    assertThat(
            brokenAmongShards(
                2,
                2,
                0,
                SOUND_SHARD,
                "INSERT INTO evidence_writes VALUES ('shard/1', 1, gen_random_uuid(),"
                    + " gen_random_uuid(), 0)"))
        .containsExactly("no-write-behind-a-takeover");
  }

  @Test
  void aFallBackInRangeIsFound() throws SQLException {
    assertThat(
            brokenAmongShards(
                2,
                3,
                0,
                SOUND_SHARD,
                "INSERT INTO evidence_writes VALUES ('shard/1', 1, gen_random_uuid(), "
                    + RUN
                    + ", 3)",
                "UPDATE executions SET db_record_version = 3",
                "UPDATE evidence_takeovers SET found = 2"))
        .containsExactly("ranges-rise-with-record-versions");
  }

  @Test
  void anOverwrittenWorkflowWriteIsFound() throws SQLException {
    assertThat(
            brokenAmongShards(2, 3, 0, SOUND_SHARD, "UPDATE executions SET db_record_version = 1"))
        .containsExactlyInAnyOrder(
            "every-record-version-was-written-once", "no-lost-workflow-write");
  }

  @Test
  void anAcquisitionThatTheShardDoesNotShowIsFound() throws SQLException {
    assertThat(brokenAmongShards(3, 2, 0, SOUND_SHARD)).containsExactly("no-lost-acquisition");
  }

  @Test
  void aStalePictureIsFound() throws SQLException {
    assertThat(brokenAmongShards(2, 2, 1, SOUND_SHARD))
        .containsExactly("an-owner's-picture-stays-true");
  }

  @Test
  void soundTaskQueuesBreakNothing() throws SQLException {
    assertThat(brokenAmongTaskQueues(2, 1, SOUND_TASK_QUEUE)).isEmpty();
  }

  @Test
  void aTaskBelowTheReadLevelIsFound() throws SQLException {
    assertThat(brokenAmongTaskQueues(2, 2, SOUND_TASK_QUEUE, task(1048577)))
        .containsExactly("no-task-below-the-read-level-(tasks)");
  }

  @Test
  void aTaskQueueRangeWithTwoOwnersIsFound() throws SQLException {
    assertThat(
            brokenAmongTaskQueues(
                2,
                1,
                SOUND_TASK_QUEUE,
                "INSERT INTO evidence_acquisitions VALUES ('"
                    + TASK_QUEUE.resource()
                    + "', 2, gen_random_uuid(), 'b')"))
        .containsExactly("one-owner-per-task-queue-range");
  }

  @Test
  void aTaskThatIsNotStoredIsFound() throws SQLException {
    assertThat(brokenAmongTaskQueues(3, 2, SOUND_TASK_QUEUE))
        .containsExactlyInAnyOrder("no-lost-takeover", "no-lost-task");
  }

  @Test
  void soundMessageQueuesBreakNothing() throws SQLException {
    assertThat(brokenInFirst(3, message(0), consumed("queue/1", 0, 0), message(5), message(7)))
        .isEmpty();
  }

  @Test
  void aMessageBehindTheReaderIsFound() throws SQLException {
    assertThat(brokenInFirst(2, message(3), message(5), consumed("queue/1", 0, 5)))
        .containsExactly("nothing-behind-the-reader-(queue)");
  }

  @Test
  void anIdThatFallsBackIsFound() throws SQLException {
    assertThat(
            brokenInFirst(
                2, message(3), message(5), consumed("queue/1", 0, 5), consumed("queue/1", 1, 3)))
        .containsExactly("ids-rise-as-they-are-read-(queue)");
  }

  @Test
  void aLostNoteOfTheReaderIsFound() throws SQLException {
    assertThat(brokenInFirst(1, message(3), consumed("queue/1", 1, 3)))
        .containsExactly("reader's-evidence-is-complete-(queue)");
  }

  @Test
  void twoMessagesUnderOneIdAreFound() throws SQLException {
    assertThat(brokenInFirst(2, message(3)))
        .containsExactly("every-message-has-an-id-of-its-own-(queue)");
  }

  @Test
  void soundNamedQueuesBreakNothing() throws SQLException {
    assertThat(
            brokenInSecond(
                4,
                consumed(NAMED.resource(), 0, 0),
                consumed(NAMED.resource(), 1, 1),
                named(1),
                named(2),
                named(3)))
        .isEmpty();
  }

  @Test
  void aGapBetweenConsumedMessagesIsFound() throws SQLException {
    assertThat(
            brokenInSecond(2, consumed(NAMED.resource(), 0, 0), consumed(NAMED.resource(), 1, 2)))
        .containsExactly("ids-have-no-gaps-(queue_messages)");
  }

  @Test
  void aGapBetweenWaitingMessagesIsFound() throws SQLException {
    assertThat(brokenInSecond(2, named(0), named(2)))
        .containsExactly("nothing-behind-the-reader-(queue_messages)");
  }

  @Test
  void aGapRightBehindTheReaderIsFound() throws SQLException {
    assertThat(brokenInSecond(2, consumed(NAMED.resource(), 0, 0), named(2)))
        .containsExactly("nothing-behind-the-reader-(queue_messages)");
  }

  @Test
  void soundNamespacesBreakNothing() throws SQLException {
    assertThat(brokenAmongNamespaces(2, 3, SOUND_NAMESPACES)).isEmpty();
  }

  @Test
  void aNamespaceChangeWithoutANumberIsFound() throws SQLException {
    assertThat(brokenAmongNamespaces(2, 4, SOUND_NAMESPACES))
        .containsExactly("notification-version-counts-changes");
  }

  @Test
  void twoNamespacesWithOneNumberAreFound() throws SQLException {
    assertThat(
            brokenAmongNamespaces(
                2, 3, SOUND_NAMESPACES, "UPDATE namespaces SET notification_version = 1"))
        .containsExactly("every-change-has-a-number-of-its-own");
  }

  @Test
  void twoCreatorsOfOneNameAreFound() throws SQLException {
    assertThat(
            brokenAmongNamespaces(
                1,
                3,
                "ALTER TABLE namespaces DROP CONSTRAINT namespaces_name_key",
                SOUND_NAMESPACES,
                "UPDATE namespaces SET name = 'a'"))
        .containsExactlyInAnyOrder("names-are-unique", "one-creator-per-namespace");
  }

  @Test
  void soundClusterMetadataBreakNothing() throws SQLException {
    assertThat(brokenAmongClusters(2, cluster(2, "2"))).isEmpty();
  }

  @Test
  void aLostSaveIsFound() throws SQLException {
    assertThat(brokenAmongClusters(3, cluster(2, "2")))
        .containsExactly("metadata-version-counts-saves");
    assertThat(brokenAmongClusters(2, "DELETE FROM cluster_metadata_info", cluster(4, "3")))
        .containsExactly("no-lost-save");
  }

  private static final String SOUND_SHARD =
      """
      INSERT INTO shards VALUES (1, 2, '', '');
      INSERT INTO evidence_acquisitions VALUES ('shard/1', 1, gen_random_uuid(), 'a');
      INSERT INTO evidence_acquisitions VALUES ('shard/1', 2, gen_random_uuid(), 'b');
      INSERT INTO evidence_takeovers VALUES ('shard/1', 2, gen_random_uuid(), 1);
      INSERT INTO executions VALUES (1, gen_random_uuid(), 'w', %1$s, 3, 1, 2, '', '', '', '');
      INSERT INTO evidence_writes VALUES ('shard/1', 1, gen_random_uuid(), %1$s, 1);
      INSERT INTO evidence_writes VALUES ('shard/1', 2, gen_random_uuid(), %1$s, 2)
      """
          .formatted(RUN);

  private static final String SOUND_TASK_QUEUE =
      """
      INSERT INTO task_queues VALUES (%2$d, '%1$s', 2, '', '');
      INSERT INTO evidence_acquisitions VALUES ('task_queues/%1$s', 1, gen_random_uuid(), 'a');
      INSERT INTO evidence_acquisitions VALUES ('task_queues/%1$s', 2, gen_random_uuid(), 'b');
      INSERT INTO evidence_takeovers VALUES ('task_queues/%1$s', 2, gen_random_uuid(), 1);
      INSERT INTO tasks VALUES (%2$d, '%1$s', 1048576, '', '')
      """
          .formatted(TASK_QUEUE.id(), TASK_QUEUE.hash());

  private static final String SOUND_NAMESPACES =
      """
      INSERT INTO namespaces VALUES (54321, gen_random_uuid(), 'a', 1, '', '', false);
      INSERT INTO namespaces VALUES (54321, gen_random_uuid(), 'b', 3, '', '', false);
      UPDATE namespace_metadata SET notification_version = 4
      """;

  private static String task(long id) {
    return "INSERT INTO tasks VALUES (%d, '%s', %d, '', '')"
        .formatted(TASK_QUEUE.hash(), TASK_QUEUE.id(), id);
  }

  private static String message(long id) {
    return "INSERT INTO queue VALUES (1, " + id + ", '', '')";
  }

  private static String named(long id) {
    return "INSERT INTO queue_messages VALUES (3, 'q', 0, " + id + ", '', '')";
  }

  private static String consumed(String queue, long position, long id) {
    return "INSERT INTO evidence_consumed VALUES ('%s', %d, %d)".formatted(queue, position, id);
  }

  private static String cluster(long version, String counter) {
    return "INSERT INTO cluster_metadata_info VALUES (0, 'c', '%s', '', %d)"
        .formatted(counter, version);
  }

  private List<String> brokenAmongShards(
      long acquired, long writes, long staleCaches, String... planted) throws SQLException {
    Counter[] counters = {new Counter(acquired), new Counter(writes)};
    return broken(
        Audits.shards(dataSource, counters[0]::read, counters[1]::read, () -> staleCaches),
        planted);
  }

  private List<String> brokenAmongTaskQueues(long acquired, long tasks, String... planted)
      throws SQLException {
    return broken(
        Audits.taskQueues(dataSource, new Counter(acquired)::read, new Counter(tasks)::read),
        planted);
  }

  private List<String> brokenInFirst(long enqueued, String... planted) throws SQLException {
    return broken(Audits.queue(dataSource, 1, new Counter(enqueued)::read), planted);
  }

  private List<String> brokenInSecond(long enqueued, String... planted) throws SQLException {
    return broken(Audits.queue(dataSource, NAMED, new Counter(enqueued)::read), planted);
  }

  private List<String> brokenAmongNamespaces(long created, long changes, String... planted)
      throws SQLException {
    return broken(
        Audits.namespaces(dataSource, new Counter(created)::read, new Counter(changes)::read),
        planted);
  }

  private List<String> brokenAmongClusters(long saves, String... planted) throws SQLException {
    return broken(Audits.clusterMetadata(dataSource, new Counter(saves)::read), planted);
  }

  /** Starts the audit, plants the rows, and answers with the names of what no longer holds. */
  private List<String> broken(Audit audit, String... planted) throws SQLException {
    audit.start();
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : planted) {
        statement.execute(sql);
      }
    }
    return audit.finish().stream()
        .filter(invariant -> !invariant.holds())
        .map(Invariant::name)
        .toList();
  }

  /** What an application counted: nothing at the start of the audit, and then everything. */
  private static final class Counter {
    private final long total;
    private boolean started;

    Counter(long total) {
      this.total = total;
    }

    long read() {
      if (!started) {
        started = true;
        return 0;
      }
      return total;
    }
  }
}
