package io.dsqlproxy.driver.connecting;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.hikari.KeepRefusedConnections;
import io.dsqlproxy.driver.observation.DriverEvent;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * A pool under load, in a world in which tokens last for two seconds and connections for six, while
 * logins are throttled and cut off in bursts, sockets close, and the cluster sleeps and wakes. A
 * token that is refused although it is fresh is not among the misfortunes: that is final, and says
 * so. The system property {@code pool.seconds} makes a soak of it.
 */
class PoolForDaysTest {

  private static final long SECONDS = Long.getLong("pool.seconds", 10);
  private static final int WORKERS = 6;
  private static final int ACCOUNTS = 64;
  private static final int CONNECTS_PER_SECOND = 15;
  private static final int CONNECTS_AT_ONCE = 20;

  private final Queue<SQLException> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong committed = new AtomicLong();
  private final CountDownLatch over = new CountDownLatch(1);

  @Test
  void noTransactionFailsNoMoneyIsLostAndNothingGrows() throws Exception {
    ClusterLimits limits =
        ClusterLimits.OF_THE_SERVICE
            .withConnectRate(20, 40)
            .withConnectionAge(Duration.ofSeconds(6));
    try (DsqlSimulator cluster = DsqlSimulator.builder().limits(limits).start()) {
      createAccounts(cluster);
      Map<DriverEvent, Long> before = counted();
      long start = System.nanoTime();
      int threads;
      try (HikariDataSource pool = pool(cluster)) {
        threads = runUnder(pool, cluster);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      Map<DriverEvent, Long> events = since(before);
      System.out.printf("%d transactions in %.0f s: %s%n", committed.get(), seconds, events);

      assertThat(failures).isEmpty();
      assertThat(ask(cluster, "SELECT sum(balance) FROM account")).isEqualTo(100L * ACCOUNTS);
      assertThat(ask(cluster, "SELECT count(*) FROM transfer")).isEqualTo(committed.get());
      assertThat(events.get(DriverEvent.CONNECT_ATTEMPTED))
          .as("logins")
          .isLessThanOrEqualTo((long) (CONNECTS_AT_ONCE + CONNECTS_PER_SECOND * seconds) + 1);
      assertThat(events.get(DriverEvent.TOKEN_SIGNED)).as("tokens").isGreaterThan(1);
      assertThat(events.get(DriverEvent.CONNECTION_RETIRED)).as("retired").isPositive();
      assertThat(events.get(DriverEvent.CONNECTION_MOVED)).as("moved").isPositive();
      assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
          .as("threads, once the pool is closed")
          .isLessThanOrEqualTo(threads);
    }
  }

  /** Returns the threads of the JVM in the middle of it. */
  private int runUnder(HikariDataSource pool, DsqlSimulator cluster) throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        Random random = new Random(i);
        running.add(workers.submit(() -> transfer(pool, random)));
      }
      int threads = disturb(cluster);
      over.countDown();
      for (Future<?> worker : running) {
        worker.get(60, TimeUnit.SECONDS);
      }
      return threads;
    } finally {
      workers.shutdownNow();
    }
  }

  /** One misfortune after the other, each a part of a second long. */
  private int disturb(DsqlSimulator cluster) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    int threads = 0;
    for (int i = 0; System.nanoTime() < end; i++) {
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
      threads = Math.max(threads, ManagementFactory.getThreadMXBean().getThreadCount());
      over.await(250, TimeUnit.MILLISECONDS);
    }
    return threads;
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
            + "&tokenLifetime=2s&maxConnectionAge=3s&reconnect=inTransactions&retryBaseDelay=10ms"
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
