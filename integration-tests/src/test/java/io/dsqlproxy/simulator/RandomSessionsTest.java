package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.simulator.RandomTransactions.Shared;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many sessions run random transactions on few rows: whatever the interleaving, only COMMIT may
 * report a conflict, every other statement answers as if the session were alone, and what was
 * committed could have been committed. The system property {@code stress.seconds} makes a soak of
 * it, {@code stress.seed} runs it with the same choices again.
 */
@Timeout(600)
class RandomSessionsTest {

  private static final int SESSIONS = 10;
  private static final Duration DURATION =
      Duration.ofSeconds(Integer.getInteger("stress.seconds", 5));
  private static final long SEED = Long.getLong("stress.seed", System.nanoTime() % 1_000_000);

  @Test
  void sessionsNeverNoticeOneAnotherBeforeCommit() throws Exception {
    try (DsqlSimulator simulator = DsqlSimulator.start()) {
      createTables(simulator);
      Shared shared = new Shared(System.nanoTime() + DURATION.toNanos());
      runAll(simulator, shared);
      System.out.printf(
          "seed %d: %d committed, %d lost%n", SEED, shared.history().size(), shared.lost().get());
      assertThat(shared.violations()).as("seed %d", SEED).isEmpty();
      assertThat(shared.history().missedConflicts()).as("seed %d", SEED).isEmpty();
      assertThat(versions(simulator)).as("seed %d", SEED).isEqualTo(shared.history().increments());
      assertThat(shared.history().size()).isPositive();
      assertThat(shared.lost().get()).isPositive();
    }
  }

  private static void runAll(DsqlSimulator simulator, Shared shared) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(SESSIONS);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      RandomTransactions transactions = new RandomTransactions(simulator, shared, i, SEED);
      running.add(threads.submit(transactions));
    }
    for (Future<?> one : running) {
      one.get();
    }
    threads.shutdown();
  }

  private static void createTables(DsqlSimulator simulator) throws SQLException {
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE item (id int PRIMARY KEY, note text DEFAULT 'n', ver int NOT NULL)");
      statement.execute(
          "CREATE TABLE part (id int, half text, ver int NOT NULL, PRIMARY KEY (id, half))");
      statement.execute(
          "CREATE TABLE child (id text PRIMARY KEY, item int NOT NULL REFERENCES item)");
      statement.execute("CREATE TABLE flag (id int PRIMARY KEY, owner text UNIQUE)");
      statement.execute("INSERT INTO item (id, ver) SELECT i, 0 FROM generate_series(1, 4) i");
      statement.execute(
          "INSERT INTO part SELECT i, h, 0 FROM generate_series(1, 2) i, (VALUES ('a'), ('b')) v(h)");
    }
  }

  private static Map<String, Integer> versions(DsqlSimulator simulator) throws SQLException {
    Map<String, Integer> versions = new HashMap<>();
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT 'item ' || id, ver FROM item WHERE ver <> 0"
                    + " UNION ALL SELECT 'part ' || id || half, ver FROM part WHERE ver <> 0"
                    + " UNION ALL SELECT 'child', count(*) FROM child HAVING count(*) > 0")) {
      while (rows.next()) {
        versions.put(rows.getString(1), rows.getInt(2));
      }
    }
    return versions;
  }
}
