package io.dsqlproxy.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.traceability.Proves;
import io.dsqlproxy.workload.ExecutionStore.Fence;
import io.dsqlproxy.workload.ExecutionStore.Run;
import io.dsqlproxy.workload.ExecutionStore.Workflow;
import io.dsqlproxy.workload.PersistenceException.ConditionFailed;
import io.dsqlproxy.workload.PersistenceException.CurrentWorkflowConditionFailed;
import io.dsqlproxy.workload.PersistenceException.ShardOwnershipLost;
import io.dsqlproxy.workload.PersistenceException.Unavailable;
import io.dsqlproxy.workload.TaskQueueStore.Generation;
import io.dsqlproxy.workload.TaskQueueStore.TaskQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Locks of rows that their transaction does not write: nothing else protects what was read. An
 * owner writes, and before it commits another one takes over what it has locked. The owner loses
 * (SQLSTATE 40001), and when it tries again it is told what it lost by a typed error. The same
 * interleaving with the lock dropped lets both through, and the audits say so.
 */
class FenceTest {

  /** Fails a test in which the server refused something. */
  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final AtomicInteger NUMBERS = new AtomicInteger(100);

  @BeforeAll
  static void createTables() throws SQLException {
    Schema.create(CLUSTER.dataSource());
  }

  /** What was broken on purpose is not to be found again. */
  @AfterEach
  void forgetTakeovers() throws SQLException {
    try (Connection connection = CLUSTER.dataSource().getConnection()) {
      Sql.update(connection, "DELETE FROM evidence_takeovers");
    }
  }

  private static DataSource kept(WorkloadPolicy policy) {
    return policy.applyTo(CLUSTER.dataSource());
  }

  private static DataSource dropped(String table) {
    return WorkloadPolicy.dropLocksOf(table, CLUSTER.dataSource());
  }

  private static Transactions others() {
    return new Transactions(CLUSTER.dataSource());
  }

  private static void loses(Runnable transaction) {
    assertThatExceptionOfType(Unavailable.class)
        .isThrownBy(transaction::run)
        .satisfies(e -> assertThat(e.sqlState()).isEqualTo("40001"));
  }

  /** When another owner comes in. */
  private enum Moment {
    AFTER_THE_LOCK,
    BEFORE_COMMIT;

    DataSource interrupt(DataSource dataSource, String afterTheLock, Runnable once) {
      return this == BEFORE_COMMIT
          ? Interrupted.beforeCommit(dataSource, once)
          : Interrupted.before(dataSource, afterTheLock, once);
    }
  }

  static Stream<Arguments> policiesAndMoments() {
    return Stream.of(WorkloadPolicy.FOR_UPDATE, WorkloadPolicy.DEFERRED, WorkloadPolicy.CONDITIONAL)
        .flatMap(policy -> Stream.of(Moment.values()).map(moment -> Arguments.of(policy, moment)));
  }

  private static List<String> broken(Audit audit, String resource) throws SQLException {
    audit.start();
    return audit.finish().stream()
        .filter(invariant -> !invariant.holds())
        .peek(invariant -> assertThat(invariant.detail()).contains(resource))
        .map(Invariant::name)
        .toList();
  }

  // -------------------- a host writes a workflow, and loses the shard

  /** A host that updates a run, while another one steals its shard and reads what it finds. */
  private static final class StolenShard {
    private final int shard = NUMBERS.incrementAndGet();
    private final ExecutionStore owner;
    private final Run run;
    private final Fence fence;

    StolenShard(DataSource dataSource, Dialect dialect, Moment moment) {
      ShardStore thief = new ShardStore(others(), dialect);
      long range = thief.acquire(shard, thief.getOrCreate(shard), "old");
      fence = new Fence(range, Ranges.firstTask(range));
      run =
          new ExecutionStore(others(), thief, dialect)
              .create(
                  new Fence(range, fence.taskId() + 1),
                  new Workflow(shard, UUID.randomUUID(), "w"),
                  Optional.empty(),
                  UUID.randomUUID());
      DataSource interrupted =
          moment.interrupt(
              dataSource,
              "FROM current_executions",
              () -> thief.takeOver(shard, thief.acquire(shard, range, "new")));
      Transactions transactions = new Transactions(interrupted);
      owner = new ExecutionStore(transactions, new ShardStore(transactions, dialect), dialect);
    }

    void update() {
      owner.update(fence, run, ExecutionStore.RUNNING);
    }

    List<String> broken() throws SQLException {
      return FenceTest.broken(
          Audits.shards(CLUSTER.dataSource(), () -> 0, () -> 0, () -> 0), "shard/" + shard);
    }
  }

  @Proves({"003/1.2", "003/2.1", "003/6.1", "003/6.4"})
  @ParameterizedTest
  @MethodSource("policiesAndMoments")
  void aWorkflowWriteAndATakeoverOfItsShardExcludeEachOther(WorkloadPolicy policy, Moment moment)
      throws SQLException {
    for (Dialect dialect : Dialect.values()) {
      StolenShard shard = new StolenShard(kept(policy), dialect, moment);
      loses(shard::update);
      assertThat(shard.broken()).isEmpty();
      assertThatExceptionOfType(ShardOwnershipLost.class).isThrownBy(shard::update);
    }
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void withoutTheLockAWorkflowWriteIsCommittedBehindTheTakeover(Moment moment) throws SQLException {
    StolenShard shard = new StolenShard(dropped("shards"), Dialect.POSTGRESQL, moment);
    shard.update();
    assertThat(shard.broken()).containsExactly("no-write-behind-a-takeover");
  }

  // -------------------- a matching host adds tasks, and loses the task queue

  /** The tasks are inserted first: the lock is the last statement before COMMIT. */
  private static Runnable createTasksWhileTheQueueIsStolen(
      DataSource dataSource, Generation generation, Moment moment) {
    TaskQueue queue = TaskQueue.named(generation, "queue-" + NUMBERS.incrementAndGet());
    TaskQueueStore thief = new TaskQueueStore(others());
    long range = thief.acquire(queue, Optional.empty(), "old");
    DataSource interrupted =
        moment.interrupt(
            dataSource,
            "SELECT range_id FROM " + generation.table(),
            () -> thief.takeOver(queue, thief.acquire(queue, Optional.of(range), "new")));
    TaskQueueStore owner = new TaskQueueStore(new Transactions(interrupted));
    return () -> owner.createTasks(queue, range, List.of(Ranges.firstTask(range)));
  }

  private static List<String> brokenForTaskQueues() throws SQLException {
    return broken(Audits.taskQueues(CLUSTER.dataSource(), () -> 0, () -> 0), "task_queues");
  }

  @Proves({"003/1.4", "003/5.1", "003/5.3"})
  @ParameterizedTest
  @MethodSource("policiesAndMoments")
  void newTasksAndATakeoverOfTheirQueueExcludeEachOther(WorkloadPolicy policy, Moment moment)
      throws SQLException {
    for (Generation generation : Generation.values()) {
      Runnable tasks = createTasksWhileTheQueueIsStolen(kept(policy), generation, moment);
      loses(tasks);
      assertThat(brokenForTaskQueues()).isEmpty();
      assertThatExceptionOfType(ConditionFailed.class).isThrownBy(tasks::run);
    }
  }

  @ParameterizedTest
  @EnumSource(Generation.class)
  void withoutTheLockATaskAppearsBelowTheReadLevel(Generation generation) throws SQLException {
    for (Moment moment : Moment.values()) {
      createTasksWhileTheQueueIsStolen(dropped(generation.table()), generation, moment).run();
      assertThat(brokenForTaskQueues())
          .containsExactly("no-task-below-the-read-level-(" + generation.tasks() + ")");
      forgetTakeovers();
    }
  }

  // -------------------- a run is written as one that is not current, and becomes current

  /** A run that is updated as one that is not current, while another host makes it current. */
  private static final class Zombie {
    private final ExecutionStore owner;
    private final Fence fence;
    private final Run run;

    Zombie(DataSource dataSource, Moment moment) {
      int shard = NUMBERS.incrementAndGet();
      ShardStore shards = new ShardStore(others(), Dialect.POSTGRESQL);
      long range = shards.acquire(shard, shards.getOrCreate(shard), "host");
      long task = Ranges.firstTask(range);
      fence = new Fence(range, task);
      Workflow workflow = new Workflow(shard, UUID.randomUUID(), "w");
      ExecutionStore before = new ExecutionStore(others(), shards, Dialect.POSTGRESQL);
      before.create(new Fence(range, task + 1), workflow, Optional.empty(), UUID.randomUUID());
      run = before.createZombie(new Fence(range, task + 2), workflow, UUID.randomUUID());
      Transactions transactions =
          new Transactions(
              moment.interrupt(dataSource, "FROM executions", () -> makeCurrent(workflow)));
      owner =
          new ExecutionStore(
              transactions, new ShardStore(transactions, Dialect.POSTGRESQL), Dialect.POSTGRESQL);
    }

    /** What resolving a conflict writes, without the lock of the shard. */
    private void makeCurrent(Workflow workflow) {
      others()
          .inAutocommit(
              "ConflictResolve",
              connection ->
                  Sql.update(
                      connection,
                      "UPDATE current_executions SET run_id = ? WHERE shard_id = ?"
                          + " AND namespace_id = ? AND workflow_id = ?",
                      run.runId(),
                      workflow.shardId(),
                      workflow.namespaceId(),
                      workflow.workflowId()));
    }

    void update() {
      owner.updateZombie(fence, run);
    }

    long recordVersion() throws SQLException {
      try (Connection connection = CLUSTER.dataSource().getConnection()) {
        return Sql.number(
                connection,
                "SELECT db_record_version FROM executions WHERE run_id = ?",
                run.runId())
            .orElseThrow();
      }
    }
  }

  @Proves({"003/6.4"})
  @ParameterizedTest
  @MethodSource("policiesAndMoments")
  void aWriteOfARunThatIsNotCurrentAndMakingItCurrentExcludeEachOther(
      WorkloadPolicy policy, Moment moment) throws SQLException {
    Zombie zombie = new Zombie(kept(policy), moment);
    loses(zombie::update);
    assertThat(zombie.recordVersion()).isEqualTo(1);
    assertThatExceptionOfType(CurrentWorkflowConditionFailed.class).isThrownBy(zombie::update);
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void withoutTheLockTheCurrentRunIsWrittenAsOneThatIsNot(Moment moment) throws SQLException {
    Zombie zombie = new Zombie(dropped("current_executions"), moment);
    zombie.update();
    assertThat(zombie.recordVersion()).isEqualTo(2);
  }

  // -------------------- a message is enqueued behind the reader

  /**
   * The last id is read without the queue's type, as it is upstream: a dead letter with a higher id
   * makes a second producer go on behind that, and the key keeps the two from nothing.
   */
  private static final class Producers {
    private final int type = NUMBERS.incrementAndGet();
    private final QueueStore late;

    Producers(DataSource dataSource, Dialect dialect) {
      QueueStore other = new QueueStore(new Transactions(dataSource), dialect);
      others().inAutocommit("Empty", connection -> Sql.update(connection, "DELETE FROM queue"));
      for (int i = 0; i <= 10; i++) {
        other.enqueue(type, "message");
      }
      late =
          new QueueStore(
              new Transactions(
                  Interrupted.before(dataSource, "INSERT INTO queue", () -> overtake(other))),
              dialect);
    }

    private void overtake(QueueStore other) {
      others()
          .inAutocommit(
              "DeadLetter",
              connection ->
                  Sql.update(
                      connection,
                      "INSERT INTO queue (queue_type, message_id, message_payload,"
                          + " message_encoding) VALUES (?, 25, ?, ?)",
                      -type,
                      Payload.EMPTY,
                      Payload.ENCODING));
      other.enqueue(type, "overtakes");
      other.consumed(QueueStore.resource(type), 0, other.read(type, -1, 100));
    }

    long enqueue() {
      return late.enqueue(type, "late");
    }

    List<String> broken() throws SQLException {
      return FenceTest.broken(Audits.queue(CLUSTER.dataSource(), type, () -> 0), "message_id=11");
    }

    long lastConsumed() {
      return late.cursor(QueueStore.resource(type)).lastMessageId();
    }
  }

  @Proves({"003/7.2", "003/7.3", "003/7.4"})
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aProducerThatWasOvertakenDoesNotEnqueueBehindTheReader(WorkloadPolicy policy)
      throws SQLException {
    for (Dialect dialect : Dialect.values()) {
      Producers producers = new Producers(kept(policy), dialect);
      loses(producers::enqueue);
      assertThat(producers.broken()).isEmpty();
      assertThat(producers.enqueue()).isGreaterThan(producers.lastConsumed());
      assertThat(producers.broken()).isEmpty();
    }
  }

  @Test
  void withoutTheLockAMessageIsEnqueuedBehindTheReader() throws SQLException {
    Producers producers = new Producers(dropped("queue"), Dialect.MYSQL);
    assertThat(producers.enqueue()).isEqualTo(11);
    assertThat(producers.broken()).containsExactly("nothing-behind-the-reader-(queue)");
  }
}
