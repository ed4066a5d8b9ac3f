package io.dsqlproxy.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.execution.VersionChangedException;
import io.dsqlproxy.traceability.Proves;
import io.dsqlproxy.workload.ClusterMetadataStore.Metadata;
import io.dsqlproxy.workload.ExecutionStore.Fence;
import io.dsqlproxy.workload.ExecutionStore.Run;
import io.dsqlproxy.workload.ExecutionStore.Workflow;
import io.dsqlproxy.workload.PersistenceException.ConditionFailed;
import io.dsqlproxy.workload.PersistenceException.ShardOwnershipLost;
import io.dsqlproxy.workload.PersistenceException.Unavailable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The races of {@link RaceTest} where no snapshot helps, on a plain PostgreSQL at READ COMMITTED:
 * without their locks both transactions get through, and with a conditional lock the condition on
 * the version that was read stops the later one. A lock that is taken would wait for ever here,
 * because both transactions are one thread's.
 */
@Timeout(60)
class RaceOnPostgresTest {

  private static PostgresDatabases databases;

  private String url;

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
    url = databases.createForDriver();
  }

  private DataSource dataSource(WorkloadPolicy policy) {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(url);
    return policy.applyTo(dataSource);
  }

  private Transactions transactions(WorkloadPolicy policy) {
    return new Transactions(dataSource(policy));
  }

  /** The other one comes in when the row was read and is about to be written. */
  private Transactions overtaken(WorkloadPolicy policy, String write, Runnable other) {
    return new Transactions(Interrupted.before(dataSource(policy), write, other));
  }

  private static void assertVersionChanged(Runnable transaction) {
    assertThatExceptionOfType(Unavailable.class)
        .isThrownBy(transaction::run)
        .satisfies(e -> assertThat(e.sqlState()).isEqualTo("40001"))
        .withCauseInstanceOf(VersionChangedException.class);
  }

  private static List<String> broken(Audit audit) throws SQLException {
    return audit.finish().stream()
        .filter(invariant -> !invariant.holds())
        .map(Invariant::name)
        .toList();
  }

  // -------------------- the range of a shard

  private ShardStore overtakenHost(WorkloadPolicy policy) {
    ShardStore other = new ShardStore(transactions(policy), Dialect.POSTGRESQL);
    other.acquire(1, other.getOrCreate(1), "before");
    return new ShardStore(
        overtaken(policy, "UPDATE shards", () -> other.acquire(1, 1, "b")), Dialect.POSTGRESQL);
  }

  private Audit shards() throws SQLException {
    Audit audit = Audits.shards(dataSource(WorkloadPolicy.NONE), () -> 2, () -> 0, () -> 0);
    audit.start();
    return audit;
  }

  @Test
  void withoutTheLockTwoHostsGetTheSameRange() throws SQLException {
    overtakenHost(WorkloadPolicy.NONE).acquire(1, 1, "a");
    assertThat(broken(shards())).contains("one-owner-per-shard-range");
  }

  @Proves({"003/3.1", "003/2.3"})
  @Test
  void aHostWhoseShardHasAnotherVersionMeanwhileWritesNothing() throws SQLException {
    ShardStore host = overtakenHost(WorkloadPolicy.CONDITIONAL);
    assertVersionChanged(() -> host.acquire(1, 1, "a"));
    assertThat(broken(shards())).isEmpty();
    assertThat(host.getOrCreate(1)).isEqualTo(2);
    assertThatExceptionOfType(ShardOwnershipLost.class).isThrownBy(() -> host.acquire(1, 1, "a"));
  }

  // -------------------- the version of cluster metadata

  private ClusterMetadataStore overtakenSaver(WorkloadPolicy policy) {
    ClusterMetadataStore other = new ClusterMetadataStore(transactions(policy));
    other.save("c", new Metadata(1, 0));
    return new ClusterMetadataStore(
        overtaken(
            policy, "UPDATE cluster_metadata_info", () -> other.save("c", new Metadata(2, 1))));
  }

  @Test
  void withoutTheLockASaveIsLost() throws SQLException {
    Audit audit = Audits.clusterMetadata(dataSource(WorkloadPolicy.NONE), savesCommitted());
    audit.start();
    overtakenSaver(WorkloadPolicy.NONE).save("c", new Metadata(2, 1));
    assertThat(broken(audit)).contains("metadata-version-counts-saves");
  }

  /** None before the audit, three after it: the first one, the one that overtakes, and the last. */
  private static LongSupplier savesCommitted() {
    long[] readings = {0, 3};
    int[] next = {0};
    return () -> readings[next[0]++];
  }

  @Proves({"003/8.1"})
  @Test
  void aSaveFromAVersionThatChangedMeanwhileIsNotStored() {
    ClusterMetadataStore saver = overtakenSaver(WorkloadPolicy.CONDITIONAL);
    assertVersionChanged(() -> saver.save("c", new Metadata(20, 1)));
    assertThat(saver.get("c")).isEqualTo(new Metadata(2, 2));
    assertThatExceptionOfType(ConditionFailed.class)
        .isThrownBy(() -> saver.save("c", new Metadata(20, 1)));
  }

  // -------------------- the run that continues another one

  @Test
  void withoutTheLockTwoRunsContinueTheSameOne() throws SQLException {
    Transactions unlocked = transactions(WorkloadPolicy.NONE);
    ShardStore shards = new ShardStore(unlocked, Dialect.POSTGRESQL);
    long range = shards.acquire(1, shards.getOrCreate(1), "host");
    ExecutionStore other = new ExecutionStore(unlocked, shards, Dialect.POSTGRESQL);
    long[] task = {Ranges.firstTask(range)};
    Supplier<Fence> fences = () -> new Fence(range, task[0]++);
    Workflow workflow = new Workflow(1, UUID.randomUUID(), "w");
    Run first = other.create(fences.get(), workflow, Optional.empty(), UUID.randomUUID());
    Optional<Run> completed =
        Optional.of(other.update(fences.get(), first, ExecutionStore.COMPLETED));
    Transactions late =
        overtaken(
            WorkloadPolicy.NONE,
            "UPDATE current_executions",
            () -> other.create(fences.get(), workflow, completed, UUID.randomUUID()));
    new ExecutionStore(late, new ShardStore(late, Dialect.POSTGRESQL), Dialect.POSTGRESQL)
        .create(fences.get(), workflow, completed, UUID.randomUUID());
    try (Connection connection = dataSource(WorkloadPolicy.NONE).getConnection()) {
      assertThat(Sql.number(connection, "SELECT count(*) FROM executions")).contains(3L);
    }
  }
}
