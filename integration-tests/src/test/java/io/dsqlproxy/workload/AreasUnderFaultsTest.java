package io.dsqlproxy.workload;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.history.Disruption;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.traceability.Proves;
import io.dsqlproxy.workload.PersistenceException.Unavailable;
import io.dsqlproxy.workload.WorkloadRun.AreaVerdict;
import io.dsqlproxy.workload.WorkloadRun.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * All areas of the workflow engine's persistence at once, while conflicts, schema changes, failures
 * of the server and lost connections, before and after COMMIT, are scattered among their
 * statements: under each lock policy every invariant holds, nothing that DSQL refuses is sent, and
 * the application sees no other failures than those that it was promised. The system property
 * {@code areas.seconds} makes a soak of it; {@code areas.seed} scatters with the same choices
 * again.
 */
@Timeout(7_200)
class AreasUnderFaultsTest {

  /** Fails the test if the server refused something. */
  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final Duration DURATION =
      Duration.ofSeconds(Integer.getInteger("areas.seconds", 9));
  private static final long SEED = Long.getLong("areas.seed", System.nanoTime() % 1_000_000);
  private static final Duration LONGEST_ROUND = Duration.ofSeconds(20);

  /** How often faults are scattered, and among about how many transactions. */
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private static final int TRANSACTIONS = 400;

  private static final List<WorkloadPolicy> POLICIES =
      List.of(WorkloadPolicy.FOR_UPDATE, WorkloadPolicy.DEFERRED, WorkloadPolicy.CONDITIONAL);

  /**
   * What an application can see: a conflict that is not the driver's to absorb, a COMMIT without an
   * answer, a transaction or a statement whose connection or server failed, and a key that was
   * taken.
   */
  private static final Set<String> PROMISED =
      Set.of(
          "40001 DataChangedException",
          "40001 NotReplayableException",
          "40001 RetriesExhaustedException",
          "08007 CommitOutcomeUnknownException",
          "08003 PSQLException",
          "08006 PSQLException",
          "XX000 PSQLException",
          "23505 PSQLException");

  private final Random random = new Random(SEED);
  private final Map<String, Long> faults = new TreeMap<>();
  private final Map<String, Long> failures = new TreeMap<>();
  private final Map<String, Long> operations = new TreeMap<>();
  private long invariants;

  @Proves({
    "003/1.1", "003/3.5", "003/4.5", "003/5.2", "003/5.4", "003/5.5", "003/6.5", "003/7.1",
    "003/7.5", "003/8.5", "003/9.5"
  })
  @Test
  void whateverGoesWrongNoInvariantBreaksUnderAnyPolicy() throws Exception {
    System.out.printf("areas under faults: seed %d%n", SEED);
    Schema.create(CLUSTER.dataSource());
    long end = System.nanoTime() + DURATION.toNanos();
    Duration round = DURATION.dividedBy(POLICIES.size());
    if (round.compareTo(LONGEST_ROUND) > 0) {
      round = LONGEST_ROUND;
    }
    for (int i = 0; i < POLICIES.size() || System.nanoTime() < end; i++) {
      WorkloadPolicy policy = POLICIES.get(i % POLICIES.size());
      Dialect dialect = Dialect.values()[i % Dialect.values().length];
      run(policy, dialect, round);
    }
    System.out.printf(
        "areas under faults: %s%n  invariants checked %d%n  faults %s%n  failures seen %s%n",
        operations, invariants, faults, failures);
    assertThat(faults).as("what went wrong").hasSizeGreaterThan(5);
  }

  private void run(WorkloadPolicy policy, Dialect dialect, Duration duration) throws Exception {
    DriverStatistics.Snapshot before = DriverStatistics.global().snapshot();
    try (HikariDataSource pool = pool(policy)) {
      List<Area> areas = areas(pool, dialect);
      Outcome outcome =
          new WorkloadRun(areas, AreasUnderFaultsTest::isBearable, this::stopFaults)
              .run(duration, INTERVAL, running -> scatter());
      String where = "seed %d, %s, %s".formatted(SEED, policy, dialect);
      assertThat(outcome.failure()).as(where).isEmpty();
      for (AreaVerdict verdict : outcome.verdicts()) {
        check(policy, verdict, where);
      }
    }
    assertThat(CLUSTER.takeRefusals()).as("refused").isEmpty();
    operations.merge(
        policy + " replays",
        DriverStatistics.global().snapshot().since(before).replays(),
        Long::sum);
  }

  private void check(WorkloadPolicy policy, AreaVerdict verdict, String where) {
    assertThat(verdict.invariants())
        .as(where)
        .allSatisfy(invariant -> assertThat(invariant.holds()).as(invariant.toString()).isTrue());
    invariants += verdict.invariants().size();
    assertThat(verdict.progress().operations()).as(verdict.progress().area()).isPositive();
    assertThat(PROMISED).as(where).containsAll(verdict.progress().failures().keySet());
    verdict.progress().failures().forEach((kind, count) -> failures.merge(kind, count, Long::sum));
    operations.merge(policy + " operations", verdict.progress().operations(), Long::sum);
  }

  private static boolean isBearable(Unavailable failure) {
    return SqlStates.isLostRace(failure.sqlState())
        || SqlStates.isPassing(failure.sqlState())
        || failure.sqlState().equals(SqlStates.COMMIT_UNKNOWN);
  }

  private static List<Area> areas(DataSource dataSource, Dialect dialect) {
    return List.of(
        new ShardArea(dataSource, dialect),
        new TaskQueueArea(dataSource),
        new QueueArea(dataSource, dialect),
        new NamespaceArea(dataSource),
        new ClusterMetadataArea(dataSource));
  }

  private static HikariDataSource pool(WorkloadPolicy policy) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(policy.applyTo(CLUSTER.dataSource()));
    config.setMaximumPoolSize(18);
    return new HikariDataSource(config);
  }

  private void scatter() {
    stopFaults();
    Disruption.scatter(CLUSTER.faults(), TRANSACTIONS, random);
  }

  /** Also forgets what a long run would otherwise remember. */
  private void stopFaults() {
    CLUSTER
        .faults()
        .fired()
        .forEach(
            fired -> faults.merge(fired.fault() + " " + fired.moment().phase(), 1L, Long::sum));
    CLUSTER.faults().clear();
    CLUSTER.clearStatements();
  }
}
