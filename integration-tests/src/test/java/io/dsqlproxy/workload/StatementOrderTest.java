package io.dsqlproxy.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.workload.ClusterMetadataStore.Metadata;
import io.dsqlproxy.workload.ExecutionStore.Fence;
import io.dsqlproxy.workload.ExecutionStore.Run;
import io.dsqlproxy.workload.ExecutionStore.Workflow;
import io.dsqlproxy.workload.QueueStore.NamedQueue;
import io.dsqlproxy.workload.TaskQueueStore.Generation;
import io.dsqlproxy.workload.TaskQueueStore.TaskQueue;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The stores send what Temporal's SQL persistence sends, in its order: which row is locked before
 * which other one is written decides what the lock protects.
 */
class StatementOrderTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final Pattern TABLE =
      Pattern.compile("(?:FROM|INTO|UPDATE)\\s+([a-z_0-9]+)", Pattern.CASE_INSENSITIVE);
  private static final int SHARD = 1;

  private static Transactions transactions;
  private static ShardStore shards;
  private static ExecutionStore executions;
  private static long range;
  private static long task;

  @BeforeAll
  static void createTables() throws SQLException {
    Schema.create(CLUSTER.dataSource());
    transactions = new Transactions(CLUSTER.dataSource());
    shards = new ShardStore(transactions, Dialect.POSTGRESQL);
    executions = new ExecutionStore(transactions, shards, Dialect.POSTGRESQL);
    range = shards.acquire(SHARD, shards.getOrCreate(SHARD), "host");
    task = Ranges.firstTask(range);
  }

  private static Fence fence() {
    return new Fence(range, task++);
  }

  /** What is sent about the tables, the stores' own evidence aside. */
  private static List<String> sentBy(Runnable operation) {
    CLUSTER.clearStatements();
    operation.run();
    return CLUSTER.statements().stream()
        .filter(sql -> TABLE.matcher(sql).find() && !sql.contains("evidence_"))
        .filter(sql -> !sql.contains("pg_catalog"))
        .map(StatementOrderTest::inShort)
        .toList();
  }

  private static String inShort(String sql) {
    Matcher table = TABLE.matcher(sql);
    assertThat(table.find()).isTrue();
    String verb = sql.strip().split("\\s")[0].toUpperCase(Locale.ROOT);
    boolean locks = sql.strip().endsWith("FOR UPDATE");
    return (locks ? "LOCK" : verb) + " " + table.group(1);
  }

  @Test
  void shardIsLockedAndWritten() {
    assertThat(sentBy(() -> shards.heartbeat(SHARD, range, "host")))
        .containsExactly("LOCK shards", "UPDATE shards");
  }

  @Test
  void namespaceMetadataIsLockedFirstAndAdvancedLast() {
    NamespaceStore store = new NamespaceStore(transactions);
    UUID id = UUID.randomUUID();
    assertThat(sentBy(() -> store.create(id, "n")))
        .containsExactly(
            "LOCK namespace_metadata", "INSERT namespaces", "UPDATE namespace_metadata");
    assertThat(sentBy(() -> store.update(id, "m", store.notificationVersion())))
        .containsExactly(
            "SELECT namespace_metadata",
            "LOCK namespace_metadata",
            "UPDATE namespaces",
            "UPDATE namespace_metadata");
  }

  @Test
  void tasksAreInsertedBeforeTheirQueueIsLocked() {
    TaskQueueStore store = new TaskQueueStore(transactions);
    for (Generation generation : Generation.values()) {
      TaskQueue queue = TaskQueue.named(generation, "q");
      long owned = store.acquire(queue, Optional.empty(), "owner");
      assertThat(sentBy(() -> store.createTasks(queue, owned, List.of(1L, 2L))))
          .containsExactly("INSERT " + generation.tasks(), "LOCK " + generation.table());
      assertThat(sentBy(() -> store.updateAckLevel(queue, owned, "owner")))
          .containsExactly("LOCK " + generation.table(), "UPDATE " + generation.table());
    }
  }

  @Test
  void workflowWritesBeginWithTheLockOfTheShard() {
    Workflow workflow = new Workflow(SHARD, UUID.randomUUID(), "w");
    Run[] run = new Run[1];
    assertThat(
            sentBy(
                () ->
                    run[0] =
                        executions.create(fence(), workflow, Optional.empty(), UUID.randomUUID())))
        .as("brand new")
        .containsExactly(
            "LOCK shards",
            "LOCK current_executions",
            "INSERT current_executions",
            "INSERT executions",
            "INSERT transfer_tasks");
    assertThat(sentBy(() -> run[0] = executions.update(fence(), run[0], ExecutionStore.COMPLETED)))
        .as("update of the current run")
        .containsExactly(
            "LOCK shards",
            "LOCK current_executions",
            "UPDATE current_executions",
            "LOCK executions",
            "UPDATE executions",
            "INSERT transfer_tasks");
    assertThat(
            sentBy(
                () -> executions.create(fence(), workflow, Optional.of(run[0]), UUID.randomUUID())))
        .as("continued")
        .containsExactly(
            "LOCK shards",
            "LOCK current_executions",
            "UPDATE current_executions",
            "INSERT executions",
            "INSERT transfer_tasks");
    assertThat(sentBy(() -> executions.addTask(fence(), run[0])))
        .as("tasks only")
        .containsExactly("LOCK shards", "INSERT transfer_tasks");
  }

  @Test
  void writesOfRunsThatAreNotCurrentLeaveTheCurrentOneAlone() {
    Workflow workflow = new Workflow(SHARD, UUID.randomUUID(), "z");
    Run[] zombie = new Run[1];
    assertThat(
            sentBy(() -> zombie[0] = executions.createZombie(fence(), workflow, UUID.randomUUID())))
        .containsExactly(
            "LOCK shards", "LOCK current_executions", "INSERT executions", "INSERT transfer_tasks");
    assertThat(sentBy(() -> executions.updateZombie(fence(), zombie[0])))
        .containsExactly(
            "LOCK shards",
            "LOCK current_executions",
            "LOCK executions",
            "UPDATE executions",
            "INSERT transfer_tasks");
  }

  @Test
  void lastMessageIsLockedBeforeTheNextIsInserted() {
    QueueStore store = new QueueStore(transactions, Dialect.POSTGRESQL);
    NamedQueue named = new NamedQueue(3, "named");
    store.create(1);
    store.create(named);
    assertThat(sentBy(() -> store.enqueue(1, "m"))).containsExactly("LOCK queue", "INSERT queue");
    assertThat(sentBy(() -> store.enqueue(named, "m")))
        .containsExactly("SELECT queues", "LOCK queue_messages", "INSERT queue_messages");
    assertThat(sentBy(() -> store.acknowledge(1, 0)))
        .containsExactly("LOCK queue_metadata", "UPDATE queue_metadata");
    assertThat(sentBy(() -> store.deleteUpTo(named, 0)))
        .containsExactly(
            "LOCK queues", "LOCK queue_messages", "DELETE queue_messages", "UPDATE queues");
    assertThat(sentBy(() -> store.list(named)))
        .as("a lock in autocommit protects nothing")
        .containsExactly("SELECT queue_messages");
  }

  @Test
  void clusterMetadataIsLockedBeforeItIsWritten() {
    ClusterMetadataStore store = new ClusterMetadataStore(transactions);
    assertThat(sentBy(() -> store.save("c", new Metadata(1, 0))))
        .containsExactly("LOCK cluster_metadata_info", "INSERT cluster_metadata_info");
    assertThat(sentBy(() -> store.save("c", new Metadata(2, 1))))
        .containsExactly("LOCK cluster_metadata_info", "UPDATE cluster_metadata_info");
  }
}
