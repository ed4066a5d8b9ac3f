package io.dsqlproxy.driver.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.execution.ConflictException;
import io.dsqlproxy.driver.execution.ReconnectMode;
import io.dsqlproxy.simulator.DsqlSimulator;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * A pool on a network that resets, closes, half closes, delays and silences its connections: what
 * was acknowledged is there once, what failed is not there, and only an outcome that is reported as
 * unknown is either. The system property {@code network.seconds} makes a soak of it; {@code
 * network.seed} chooses the troubles.
 */
@Timeout(3_600)
class PoolOnFaultyNetworkTest {

  private static final Duration DURATION =
      Duration.ofSeconds(Integer.getInteger("network.seconds", 6));
  private static final long SEED = Long.getLong("network.seed", 20_261_201);
  private static final int WORKERS = 4;
  private static final int BALANCE = 1_000;

  private static final String COMMIT_UNKNOWN = "08007";

  /** Failures that an application is promised, beside those of {@link ConflictException}. */
  private static final Set<String> PROMISED = Set.of("08001", "08003", "08006", COMMIT_UNKNOWN);

  private enum Outcome {
    ACKNOWLEDGED,
    FAILED,
    UNKNOWN
  }

  private record Attempted(Operation operation, Outcome outcome, String failure) {}

  private final Queue<SQLException> surprises = new ConcurrentLinkedQueue<>();
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Attempted> attempted = new ConcurrentHashMap<>();

  @Test
  void whatWasAcknowledgedIsThereOnceAndWhatFailedIsNot() throws Exception {
    System.out.printf("faulty network: seed %d%n", SEED);
    try (DsqlSimulator cluster = DsqlSimulator.start();
        FaultyNetwork network = new FaultyNetwork(port(cluster), SEED)) {
      createTables(cluster);
      for (ReconnectMode mode : ReconnectMode.values()) {
        run(cluster, network, mode, DURATION.dividedBy(ReconnectMode.values().length));
      }
      System.out.printf("faulty network: %s%n  troubles %s%n", tally(), network.troubles());
      assertThat(network.troubles().values()).as("what went wrong").doesNotContain(0L);
      assertThat(surprises).as("failures that were not promised").isEmpty();
      checkEffects(effects(cluster));
      checkSums(cluster);
    }
    assertThat(attempted.values().stream().map(Attempted::outcome)).contains(Outcome.ACKNOWLEDGED);
  }

  private void run(
      DsqlSimulator cluster, FaultyNetwork network, ReconnectMode mode, Duration duration)
      throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    long end = System.nanoTime() + duration.toNanos();
    try (HikariDataSource pool = pool(cluster, network, mode)) {
      network.setFaulty(true);
      List<Future<?>> running = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        Random random = new Random(SEED + worker);
        running.add(workers.submit(() -> work(pool, random, end)));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      network.setFaulty(false);
      workers.shutdownNow();
    }
  }

  private void work(HikariDataSource pool, Random random, long end) {
    while (System.nanoTime() < end) {
      Operation operation = Operation.values()[random.nextInt(Operation.values().length)];
      long number = numbers.incrementAndGet();
      attempted.put(number, attempt(pool, operation, number, random.nextInt(Operation.KEYS)));
    }
  }

  private Attempted attempt(HikariDataSource pool, Operation operation, long number, int key) {
    SQLException failure = null;
    boolean ran = false;
    try (Connection connection = pool.getConnection()) {
      failure = run(connection, operation, number, key);
      ran = true;
    } catch (SQLException ofThePool) {
      // What an operation ended with stays so when giving the connection back fails.
      if (!ran) {
        return new Attempted(operation, Outcome.FAILED, "pool: " + kind(ofThePool));
      }
    }
    return failure == null
        ? new Attempted(operation, Outcome.ACKNOWLEDGED, null)
        : new Attempted(operation, outcome(operation, failure), kind(failure));
  }

  private SQLException run(Connection connection, Operation operation, long number, int key) {
    try {
      operation.run(connection, number, key);
      return null;
    } catch (SQLException failure) {
      if (!isPromised(failure)) {
        surprises.add(failure);
      }
      return failure;
    }
  }

  private static boolean isPromised(SQLException failure) {
    return failure instanceof ConflictException
        || PROMISED.contains(String.valueOf(failure.getSQLState()));
  }

  /** In autocommit a lost connection leaves open whether the statement took effect. */
  private static Outcome outcome(Operation operation, SQLException failure) {
    boolean unknown =
        COMMIT_UNKNOWN.equals(failure.getSQLState())
            || operation == Operation.SINGLE_ROW && failure.getSQLState().startsWith("08");
    return unknown ? Outcome.UNKNOWN : Outcome.FAILED;
  }

  private static String kind(SQLException failure) {
    return failure.getSQLState() + " " + failure.getClass().getSimpleName();
  }

  // -------------------- what is checked

  private void checkEffects(Map<Long, List<Integer>> effects) {
    attempted.forEach(
        (number, one) -> {
          List<Integer> parts = effects.getOrDefault(number, List.of());
          List<Integer> all = new ArrayList<>();
          for (int part = 0; part < one.operation().parts(); part++) {
            all.add(part);
          }
          switch (one.outcome()) {
            case ACKNOWLEDGED -> assertThat(parts).as(one.toString()).isEqualTo(all);
            case FAILED -> assertThat(parts).as(one.toString()).isEmpty();
            case UNKNOWN -> assertThat(parts).as(one.toString()).isIn(List.of(), all);
          }
        });
  }

  private void checkSums(DsqlSimulator cluster) throws SQLException {
    String counted =
        attempted.entrySet().stream()
            .filter(one -> one.getValue().operation() == Operation.COUNT)
            .map(one -> String.valueOf(one.getKey()))
            .collect(Collectors.joining(",", "(0,", ")"));
    try (Connection connection = cluster.connect()) {
      assertThat(ask(connection, "SELECT sum(balance) FROM account"))
          .isEqualTo((long) BALANCE * Operation.KEYS);
      assertThat(ask(connection, "SELECT sum(n) FROM counter"))
          .isEqualTo(ask(connection, "SELECT count(*) FROM effect WHERE number IN " + counted));
    }
  }

  private static Map<Long, List<Integer>> effects(DsqlSimulator cluster) throws SQLException {
    Map<Long, List<Integer>> effects = new HashMap<>();
    try (Connection connection = cluster.connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT number, part FROM effect ORDER BY number, part")) {
      while (rows.next()) {
        effects.computeIfAbsent(rows.getLong(1), n -> new ArrayList<>()).add(rows.getInt(2));
      }
    }
    return effects;
  }

  private Map<String, Long> tally() {
    Map<String, Long> tally = new TreeMap<>();
    attempted
        .values()
        .forEach(
            one ->
                tally.merge(
                    one.operation()
                        + " "
                        + one.outcome()
                        + (one.failure() == null ? "" : " " + one.failure()),
                    1L,
                    Long::sum));
    return tally;
  }

  private static long ask(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  // -------------------- what is set up

  private static void createTables(DsqlSimulator cluster) throws SQLException {
    try (Connection connection = cluster.connect();
        Statement statement = connection.createStatement()) {
      // A second row of one effect must not be refused: it must be seen.
      statement.execute(
          "CREATE TABLE effect (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),"
              + " number bigint NOT NULL, part int NOT NULL)");
      statement.execute("CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)");
      statement.execute("CREATE TABLE counter (id int PRIMARY KEY, n int NOT NULL)");
      statement.execute(
          "INSERT INTO account SELECT n, %d FROM generate_series(0, %d) n"
              .formatted(BALANCE, Operation.KEYS - 1));
      statement.execute(
          "INSERT INTO counter SELECT n, 0 FROM generate_series(0, %d) n"
              .formatted(Operation.KEYS - 1));
    }
  }

  private static int port(DsqlSimulator cluster) {
    return URI.create(cluster.jdbcUrl().substring("jdbc:".length()).replace('_', '-')).getPort();
  }

  private static HikariDataSource pool(
      DsqlSimulator cluster, FaultyNetwork network, ReconnectMode mode) {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(
        cluster.jdbcUrl().replace(":" + port(cluster) + "/", ":" + network.port() + "/"));
    dataSource.setReconnect(mode.text());
    dataSource.setCredentialsProvider(
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(cluster.accessKeyId(), cluster.secretAccessKey())));
    HikariConfig config = new HikariConfig();
    config.setDataSource(dataSource);
    config.setMaximumPoolSize(WORKERS + 1);
    config.setConnectionTimeout(10_000);
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }
}
