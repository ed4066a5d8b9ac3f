package io.dsqlproxy.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.traceability.Proves;
import io.dsqlproxy.workload.ClusterMetadataStore.Metadata;
import io.dsqlproxy.workload.ExecutionStore.Fence;
import io.dsqlproxy.workload.ExecutionStore.Run;
import io.dsqlproxy.workload.ExecutionStore.Workflow;
import io.dsqlproxy.workload.PersistenceException.ConditionFailed;
import io.dsqlproxy.workload.PersistenceException.CurrentWorkflowConditionFailed;
import io.dsqlproxy.workload.PersistenceException.NamespaceAlreadyExists;
import io.dsqlproxy.workload.PersistenceException.ShardOwnershipLost;
import io.dsqlproxy.workload.PersistenceException.Unavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two transactions that want to write the same row, or to insert the same key: one of them gets
 * through, the other one loses (SQLSTATE 40001) and is told why by a typed error when it tries
 * again. This is so with each form of the lock, and without it too: on Aurora DSQL the write itself
 * is what the lock would be. On PostgreSQL at READ COMMITTED it is not, as {@link
 * RaceOnPostgresTest} shows.
 */
class RaceTest {

  /** Fails a test in which the server refused something. */
  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final AtomicInteger NUMBERS = new AtomicInteger(500);

  private final int number = NUMBERS.incrementAndGet();

  @BeforeAll
  static void createTables() throws SQLException {
    Schema.create(CLUSTER.dataSource());
  }

  /** The attempt is overtaken right before its COMMIT, and so it loses; tried again, it is told. */
  private static <S> void assertOvertaken(
      WorkloadPolicy policy,
      Function<Transactions, S> store,
      Consumer<S> attempt,
      Consumer<S> other,
      Class<? extends PersistenceException> typed) {
    S winner = store.apply(new Transactions(policy.applyTo(CLUSTER.dataSource())));
    S loser =
        store.apply(
            new Transactions(
                Interrupted.beforeCommit(
                    policy.applyTo(CLUSTER.dataSource()), () -> other.accept(winner))));
    assertThatExceptionOfType(Unavailable.class)
        .isThrownBy(() -> attempt.accept(loser))
        .satisfies(e -> assertThat(e.sqlState()).isEqualTo("40001"));
    assertThatExceptionOfType(typed).isThrownBy(() -> attempt.accept(loser));
  }

  private static long stored(String query, Object... values) throws SQLException {
    try (Connection connection = CLUSTER.dataSource().getConnection()) {
      return Sql.number(connection, query, values).orElseThrow();
    }
  }

  @Proves({"003/3.2", "003/3.4"})
  @ParameterizedTest
  @EnumSource
  void ofTwoHostsThatWantTheSameRangeOneGetsIt(WorkloadPolicy policy) throws SQLException {
    ShardStore before = shards(new Transactions(CLUSTER.dataSource()));
    long range = before.acquire(number, before.getOrCreate(number), "before");
    assertOvertaken(
        policy,
        RaceTest::shards,
        store -> store.acquire(number, range, "a"),
        store -> store.acquire(number, range, "b"),
        ShardOwnershipLost.class);
    assertThat(stored("SELECT range_id FROM shards WHERE shard_id = ?", number))
        .isEqualTo(range + 1);
    assertThat(
            stored(
                "SELECT count(*) FROM evidence_acquisitions WHERE resource = ? AND range_id = ?",
                ShardStore.resource(number),
                range + 1))
        .isEqualTo(1);
  }

  private static ShardStore shards(Transactions transactions) {
    return new ShardStore(transactions, Dialect.POSTGRESQL);
  }

  @Proves({"003/1.3", "003/4.4"})
  @ParameterizedTest
  @EnumSource
  void ofTwoNamespacesWithOneNameOneIsCreated(WorkloadPolicy policy) throws SQLException {
    String name = "namespace-" + number;
    long version = new NamespaceStore(new Transactions(CLUSTER.dataSource())).notificationVersion();
    assertOvertaken(
        policy,
        NamespaceStore::new,
        store -> store.create(UUID.randomUUID(), name),
        store -> store.create(UUID.randomUUID(), name),
        NamespaceAlreadyExists.class);
    assertThat(stored("SELECT count(*) FROM namespaces WHERE name = ?", name)).isEqualTo(1);
    assertThat(stored("SELECT notification_version FROM namespace_metadata"))
        .isEqualTo(version + 1);
  }

  @Proves({"003/4.1", "003/4.2", "003/4.3", "003/4.4"})
  @ParameterizedTest
  @EnumSource
  void ofTwoChangesOfNamespacesFromOneVersionOneIsMade(WorkloadPolicy policy) throws SQLException {
    NamespaceStore before = new NamespaceStore(new Transactions(CLUSTER.dataSource()));
    UUID id = UUID.randomUUID();
    UUID other = UUID.randomUUID();
    before.create(id, "a-" + number);
    before.create(other, "b-" + number);
    long version = before.notificationVersion();
    assertOvertaken(
        policy,
        NamespaceStore::new,
        store -> store.update(id, "a'-" + number, version),
        store -> store.update(other, "b'-" + number, version),
        ConditionFailed.class);
    assertThat(stored("SELECT notification_version FROM namespace_metadata"))
        .isEqualTo(version + 1);
  }

  @Proves({"003/8.4"})
  @ParameterizedTest
  @EnumSource
  void ofTwoFirstSavesOfAClusterOneIsStored(WorkloadPolicy policy) throws SQLException {
    assertOneSaveOf("new-" + number, new Metadata(0, 0), policy);
  }

  @Proves({"003/8.2", "003/8.3"})
  @ParameterizedTest
  @EnumSource
  void ofTwoSavesFromOneVersionOneIsStored(WorkloadPolicy policy) throws SQLException {
    String cluster = "known-" + number;
    new ClusterMetadataStore(new Transactions(CLUSTER.dataSource()))
        .save(cluster, new Metadata(7, 0));
    assertOneSaveOf(cluster, new Metadata(7, 1), policy);
  }

  private static void assertOneSaveOf(String cluster, Metadata read, WorkloadPolicy policy)
      throws SQLException {
    assertOvertaken(
        policy,
        ClusterMetadataStore::new,
        store -> store.save(cluster, new Metadata(read.counter() + 1, read.version())),
        store -> store.save(cluster, new Metadata(read.counter() + 10, read.version())),
        ConditionFailed.class);
    Metadata left = new ClusterMetadataStore(new Transactions(CLUSTER.dataSource())).get(cluster);
    assertThat(left).isEqualTo(new Metadata(read.counter() + 10, read.version() + 1));
  }

  @ParameterizedTest
  @EnumSource
  void ofTwoFirstRunsOfAWorkflowOneIsStarted(WorkloadPolicy policy) throws SQLException {
    assertOneRun(policy, new Workflow(number, UUID.randomUUID(), "w"), Optional.empty(), 1);
  }

  @Proves({"003/6.3", "003/6.4"})
  @ParameterizedTest
  @EnumSource
  void ofTwoRunsThatContinueACompletedOneOneIsStarted(WorkloadPolicy policy) throws SQLException {
    Workflow workflow = new Workflow(number, UUID.randomUUID(), "w");
    Transactions transactions = new Transactions(CLUSTER.dataSource());
    ShardStore before = shards(transactions);
    long range = before.acquire(number, before.getOrCreate(number), "host");
    ExecutionStore executions = executions(transactions);
    long task = Ranges.firstTask(range) + 10;
    Run first =
        executions.create(new Fence(range, task), workflow, Optional.empty(), UUID.randomUUID());
    Run completed = executions.update(new Fence(range, task + 1), first, ExecutionStore.COMPLETED);
    assertOneRun(policy, workflow, Optional.of(completed), 2);
  }

  private static void assertOneRun(
      WorkloadPolicy policy, Workflow workflow, Optional<Run> previous, int runs)
      throws SQLException {
    ShardStore shards = shards(new Transactions(CLUSTER.dataSource()));
    int shard = workflow.shardId();
    long found = shards.getOrCreate(shard);
    long range = found == 0 ? shards.acquire(shard, 0, "host") : found;
    long task = Ranges.firstTask(range);
    assertOvertaken(
        policy,
        RaceTest::executions,
        store -> store.create(new Fence(range, task), workflow, previous, UUID.randomUUID()),
        store -> store.create(new Fence(range, task + 1), workflow, previous, UUID.randomUUID()),
        CurrentWorkflowConditionFailed.class);
    assertThat(stored("SELECT count(*) FROM executions WHERE shard_id = ?", shard)).isEqualTo(runs);
  }

  private static ExecutionStore executions(Transactions transactions) {
    return new ExecutionStore(transactions, shards(transactions), Dialect.POSTGRESQL);
  }
}
