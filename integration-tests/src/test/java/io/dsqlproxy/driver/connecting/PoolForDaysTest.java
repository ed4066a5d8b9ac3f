package io.dsqlproxy.driver.connecting;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.hikari.KeepRefusedConnections;
import io.dsqlproxy.driver.observation.DriverEvent;
import io.dsqlproxy.driver.observation.DriverListener;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.simulator.ClusterLimits;
import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.simulator.fault.Fault;
import io.dsqlproxy.simulator.fault.FaultTrigger;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * A pool under load, in a world in which tokens last for four seconds and connections for six,
 * while logins are throttled and cut off in bursts, sockets close, and the cluster sleeps and
 * wakes. The cluster's clock leaps ahead and back, so that it refuses tokens in the second half of
 * their life, which the driver takes for good. A token that is refused although it is fresh is not
 * among the misfortunes: that is final, and says so. The system property {@code pool.seconds} makes
 * a soak of it.
 */
class PoolForDaysTest {

  private static final long SECONDS = Long.getLong("pool.seconds", 10);
  private static final int WORKERS = 6;
  private static final int ACCOUNTS = 64;
  private static final int CONNECTS_PER_SECOND = 15;
  private static final int CONNECTS_AT_ONCE = 20;

  /** What the cluster allows, so that a storm would be refused, and seen. */
  private static final int MOST_PER_SECOND = 20;

  private static final int MOST_AT_ONCE = 40;

  private static final Duration TOKEN_LIFETIME = Duration.ofSeconds(4);

  /** What must not be missing, or the run proves nothing. */
  private static final Set<DriverEvent> THAT_HAPPEN =
      EnumSet.of(
          DriverEvent.TOKEN_RENEWED,
          DriverEvent.TOKEN_REJECTED,
          DriverEvent.CONNECT_THROTTLED,
          DriverEvent.CONNECTION_RETIRED,
          DriverEvent.CONNECTION_MOVED,
          DriverEvent.REPLAY);

  /** Chance decides when a token is refused. */
  private static final long MOST_SECONDS_MORE = 60;

  private static final long MOST_GROWTH = 16 << 20;

  private final Queue<SQLException> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong committed = new AtomicLong();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Logins logins = new Logins();
  private final LeapingClock clock = new LeapingClock();

  @Test
  void noTransactionFailsNoMoneyIsLostAndNothingGrows() throws Exception {
    ClusterLimits limits =
        ClusterLimits.OF_THE_SERVICE
            .withConnectRate(MOST_PER_SECOND, MOST_AT_ONCE)
            .withConnectionAge(Duration.ofSeconds(6));
    try (DsqlSimulator cluster = DsqlSimulator.builder().limits(limits).tokenClock(clock).start()) {
      createAccounts(cluster);
      Map<DriverEvent, Long> before = counted();
      long start = System.nanoTime();
      DriverStatistics.global().addListener(logins);
      try (HikariDataSource pool = pool(cluster)) {
        runUnder(pool, cluster);
      } finally {
        DriverStatistics.global().removeListener(logins);
      }
      Map<DriverEvent, Long> events = since(before);
      System.out.printf(
          "%d transactions in %.0f s: %s%n",
          committed.get(), (System.nanoTime() - start) / 1e9, events);

      assertThat(failures.stream().map(PoolForDaysTest::history)).isEmpty();
      assertThat(ask(cluster, "SELECT sum(balance) FROM account")).isEqualTo(100L * ACCOUNTS);
      assertThat(ask(cluster, "SELECT count(*) FROM transfer")).isEqualTo(committed.get());
      logins.neverExceed(MOST_PER_SECOND, MOST_AT_ONCE);
      for (DriverEvent event : THAT_HAPPEN) {
        assertThat(events.get(event)).as(event.name()).isPositive();
      }
    }
  }

  private void runUnder(HikariDataSource pool, DsqlSimulator cluster) throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        Random random = new Random(i);
        running.add(workers.submit(() -> transfer(pool, random)));
      }
      Map<DriverEvent, Long> before = counted();
      disturb(cluster, SECONDS / 4, () -> true);
      Footprint early = Footprint.now();
      disturb(cluster, SECONDS - SECONDS / 4, () -> hasSeenAll(before));
      Footprint late = Footprint.now();
      over.countDown();
      for (Future<?> worker : running) {
        worker.get(60, TimeUnit.SECONDS);
      }
      System.out.printf("early %s, late %s%n", early, late);
      assertThat(late.threads()).as("threads").isLessThanOrEqualTo(early.threads() + WORKERS);
      assertThat(late.heap()).as("heap").isLessThanOrEqualTo(early.heap() + MOST_GROWTH);
    } finally {
      workers.shutdownNow();
    }
  }

  /** What the JVM holds: its threads, and the bytes of the heap that are in use. */
  private record Footprint(int threads, long heap) {

    static Footprint now() {
      System.gc();
      return new Footprint(
          ManagementFactory.getThreadMXBean().getThreadCount(),
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
  }

  /** When logins began. */
  private static final class Logins implements DriverListener {

    private final Queue<Long> times = new ConcurrentLinkedQueue<>();

    @Override
    public void happened(DriverEvent event) {
      if (event == DriverEvent.CONNECT_ATTEMPTED) {
        times.add(System.nanoTime());
      }
    }

    /** In no span of time are there more than a bucket of this size and refill lets pass. */
    void neverExceed(int perSecond, int atOnce) {
      double tokens = atOnce;
      long last = 0;
      for (long time : times.stream().sorted().toList()) {
        tokens = Math.min(atOnce, tokens + (time - last) / 1e9 * perSecond) - 1;
        last = time;
        assertThat(tokens).as("places left for logins").isNotNegative();
      }
    }
  }

  /** Ahead by half the life of a token in four seconds of every eight, from the fifth on. */
  private static final class LeapingClock extends Clock {

    private static final long HALF = 4_000;

    private final Clock real;
    private final long start;

    LeapingClock() {
      this(Clock.systemUTC(), System.currentTimeMillis());
    }

    private LeapingClock(Clock real, long start) {
      this.real = real;
      this.start = start;
    }

    @Override
    public Instant instant() {
      Instant now = real.instant();
      boolean ahead = (now.toEpochMilli() - start) / HALF % 2 == 1;
      return ahead ? now.plus(TOKEN_LIFETIME.dividedBy(2)) : now;
    }

    @Override
    public ZoneId getZone() {
      return real.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return new LeapingClock(real.withZone(zone), start);
    }
  }

  private static boolean hasSeenAll(Map<DriverEvent, Long> before) {
    Map<DriverEvent, Long> seen = since(before);
    return THAT_HAPPEN.stream().allMatch(event -> seen.get(event) > 0);
  }

  /** One misfortune after the other, each a part of a second long; more of them until enough. */
  private void disturb(DsqlSimulator cluster, long seconds, BooleanSupplier enough)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    long last = end + TimeUnit.SECONDS.toNanos(MOST_SECONDS_MORE);
    for (int i = 0;
        System.nanoTime() < end || System.nanoTime() < last && !enough.getAsBoolean();
        i++) {
      switch (i % 5) {
        case 0 -> cluster.faults().at(FaultTrigger.login()).times(3).answer(Fault.throttled());
        case 1 -> cluster.faults().at(FaultTrigger.login()).answer(Fault.disconnect());
        case 2 -> cluster.sleepFor(3);
        case 3 ->
            cluster
                .faults()
                .at(FaultTrigger.statementContaining("UPDATE account"))
                .answer(Fault.disconnect());
        default -> cluster.faults().at(FaultTrigger.commit()).answer(Fault.conflict());
      }
      // The simulator remembers what it was sent.
      cluster.clearStatements();
      over.await(250, TimeUnit.MILLISECONDS);
    }
  }

  private void transfer(HikariDataSource pool, Random random) {
    while (over.getCount() > 0) {
      int from = random.nextInt(ACCOUNTS);
      int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
      try (Connection connection = pool.getConnection()) {
        connection.setAutoCommit(false);
        add(connection, -1, from);
        add(connection, 1, to);
        try (Statement statement = connection.createStatement()) {
          statement.executeUpdate("INSERT INTO transfer DEFAULT VALUES");
        }
        connection.commit();
        committed.incrementAndGet();
      } catch (SQLException failure) {
        failures.add(failure);
      }
    }
  }

  private static void add(Connection connection, int amount, int account) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
      update.setInt(1, amount);
      update.setInt(2, account);
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
  }

  private static HikariDataSource pool(DsqlSimulator cluster) {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(
        cluster.jdbcUrl()
            + "&tokenLifetime="
            + TOKEN_LIFETIME.toSeconds()
            + "s&maxConnectionAge=3s&reconnect=inTransactions&retryBaseDelay=10ms"
            + "&connectRate="
            + CONNECTS_PER_SECOND
            + "&connectBurst="
            + CONNECTS_AT_ONCE);
    dataSource.setCredentialsProvider(
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(cluster.accessKeyId(), cluster.secretAccessKey())));
    HikariConfig config = new HikariConfig();
    config.setDataSource(dataSource);
    config.setMaximumPoolSize(WORKERS);
    config.setExceptionOverrideClassName(KeepRefusedConnections.class.getName());
    return new HikariDataSource(config);
  }

  private static void createAccounts(DsqlSimulator cluster) throws SQLException {
    try (Connection connection = cluster.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)");
      statement.execute("CREATE TABLE transfer (id uuid PRIMARY KEY DEFAULT gen_random_uuid())");
      statement.execute(
          "INSERT INTO account SELECT i, 100 FROM generate_series(0, " + (ACCOUNTS - 1) + ") i");
    }
  }

  private static String history(Throwable failure) {
    StringBuilder history = new StringBuilder(failure.toString());
    if (failure.getCause() != null) {
      history.append(" CAUSE ").append(history(failure.getCause()));
    }
    for (Throwable suppressed : failure.getSuppressed()) {
      history.append(" SUPPRESSED ").append(history(suppressed));
    }
    return history.toString();
  }

  private static long ask(DsqlSimulator cluster, String query) throws SQLException {
    cluster.faults().clear();
    cluster.wakeUp();
    try (Connection connection = cluster.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static Map<DriverEvent, Long> counted() {
    Map<DriverEvent, Long> counted = new EnumMap<>(DriverEvent.class);
    for (DriverEvent event : DriverEvent.values()) {
      counted.put(event, DriverStatistics.global().count(event));
    }
    return counted;
  }

  private static Map<DriverEvent, Long> since(Map<DriverEvent, Long> before) {
    Map<DriverEvent, Long> since = counted();
    since.replaceAll((event, count) -> count - before.get(event));
    return since;
  }
}
