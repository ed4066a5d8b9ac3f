package io.dsqlproxy.workload;

import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.execution.DataChangedException;
import io.dsqlproxy.traceability.Proves;
import io.dsqlproxy.workload.PersistenceException.ShardOwnershipLost;
import io.dsqlproxy.workload.PersistenceException.Unavailable;
import io.dsqlproxy.workload.QueueStore.NamedQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.util.PSQLException;

/** What the engine sees of a conflict at COMMIT, and of a deletion that is too large. */
class CommitAndRangeDeleteTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static int shard = 900;

  private ShardStore owner;
  private long range;

  @BeforeAll
  static void createTables() throws SQLException {
    Schema.create(CLUSTER.dataSource());
  }

  private void own(DataSource dataSource) {
    owner = new ShardStore(new Transactions(dataSource), Dialect.POSTGRESQL);
    range = owner.acquire(++shard, owner.getOrCreate(shard), "owner");
  }

  @Proves({"003/2.4", "003/6.3", "003/9.1"})
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aConflictAfterWhichAllIsAsBeforeIsAbsorbed(WorkloadPolicy policy) {
    own(policy.applyTo(CLUSTER.dataSource()));
    CLUSTER.faults().at(commit()).times(3).answer(conflict());
    owner.heartbeat(shard, range, "owner");
    assertThat(CLUSTER.statements().stream().filter(sql -> sql.startsWith("UPDATE shards")))
        .hasSize(5);
  }

  @Proves({"003/2.5", "003/9.3"})
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aConflictAfterWhichTheShardHasAnotherOwnerKeepsItsSqlStateAndItsCause(
      WorkloadPolicy policy) {
    own(policy.applyTo(CLUSTER.dataSource()));
    long mine = range;
    ShardStore thief = new ShardStore(new Transactions(CLUSTER.dataSource()), Dialect.POSTGRESQL);
    ShardStore robbed =
        new ShardStore(
            new Transactions(
                Interrupted.beforeCommit(
                    policy.applyTo(CLUSTER.dataSource()),
                    () -> thief.acquire(shard, mine, "thief"))),
            Dialect.POSTGRESQL);
    Unavailable failure =
        catchThrowableOfType(Unavailable.class, () -> robbed.heartbeat(shard, mine, "owner"));
    assertThat(failure.sqlState()).isEqualTo("40001");
    assertThat(failure.getCause())
        .isInstanceOf(SQLTransactionRollbackException.class)
        .isInstanceOf(DataChangedException.class)
        .hasCauseInstanceOf(PSQLException.class)
        .extracting(cause -> ((SQLException) cause.getCause()).getSQLState())
        .isEqualTo("40001");
    assertThatExceptionOfType(ShardOwnershipLost.class)
        .isThrownBy(() -> robbed.heartbeat(shard, mine, "owner"));
  }

  @Proves({"003/7.5"})
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aDeletionOfTooManyMessagesDeletesNoneAndSmallerOnesDeleteAll(WorkloadPolicy policy)
      throws SQLException {
    NamedQueue queue = new NamedQueue(7, "long-" + policy);
    QueueStore store =
        new QueueStore(new Transactions(policy.applyTo(CLUSTER.dataSource())), Dialect.POSTGRESQL);
    store.create(queue);
    fill(queue, 0, 2_000);
    fill(queue, 2_000, 3_100);
    Unavailable failure =
        catchThrowableOfType(Unavailable.class, () -> store.deleteUpTo(queue, 3_050));
    assertThat(failure.sqlState()).isEqualTo("54000");
    assertThat(CLUSTER.statements().stream().filter(sql -> sql.startsWith("DELETE")))
        .as("not tried again")
        .hasSize(1);
    assertThat(store.read(queue, -1, 5_000)).hasSize(3_100);
    store.deleteUpTo(queue, 1_999);
    store.deleteUpTo(queue, 5_000);
    assertThat(store.read(queue, -1, 5_000)).containsExactly(3_099L);
    assertThat(store.enqueue(queue, "next")).isEqualTo(3_100);
  }

  private static void fill(NamedQueue queue, int from, int to) throws SQLException {
    try (Connection connection = CLUSTER.dataSource().getConnection()) {
      Sql.update(
          connection,
          "INSERT INTO queue_messages (queue_type, queue_name, queue_partition, message_id,"
              + " message_payload, message_encoding)"
              + " SELECT ?, ?, 0, id, '', 'Proto3' FROM generate_series(?, ?) AS id",
          queue.type(),
          queue.name(),
          from,
          to - 1);
    }
  }
}
