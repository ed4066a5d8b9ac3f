package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Under contention every committed transaction counts exactly once, and every loser not at all. */
@Timeout(120)
class ContentionTest {

  private static final int WORKERS = 4;
  private static final int ROUNDS = 40;

  private DsqlSimulator simulator;

  @BeforeEach
  void start() throws SQLException {
    simulator = DsqlSimulator.start();
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE counter (id int PRIMARY KEY, n int)");
      statement.execute("CREATE TABLE entry (id text PRIMARY KEY)");
      statement.execute("INSERT INTO counter SELECT i, 0 FROM generate_series(0, 2) i");
    }
  }

  @AfterEach
  void stop() {
    simulator.close();
  }

  @Test
  void noUpdateIsLostAndNoneIsCountedTwice() throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    List<Future<Integer>> committed = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      int number = worker;
      committed.add(workers.submit(() -> work(number)));
    }
    int total = 0;
    for (Future<Integer> future : committed) {
      total += future.get();
    }
    workers.shutdown();
    assertThat(total).isPositive();
    assertThat(number("SELECT sum(n) FROM counter")).isEqualTo(total);
    assertThat(number("SELECT count(*) FROM entry")).isEqualTo(total);
  }

  /** Read FOR UPDATE, write what was read plus one, note it in another table; no retry. */
  private int work(int worker) throws SQLException {
    Random random = new Random(worker);
    int committed = 0;
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (int round = 0; round < ROUNDS; round++) {
        int id = random.nextInt(3);
        String lock = random.nextBoolean() ? " FOR UPDATE" : "";
        try {
          int n = number(statement, "SELECT n FROM counter WHERE id = " + id + lock);
          statement.execute("INSERT INTO entry VALUES ('" + worker + "-" + round + "')");
          int changed =
              statement.executeUpdate("UPDATE counter SET n = " + (n + 1) + " WHERE id = " + id);
          assertThat(changed).isEqualTo(1);
          connection.commit();
          committed++;
        } catch (SQLException e) {
          assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("40001");
          connection.rollback();
        }
      }
    }
    return committed;
  }

  private int number(String sql) throws SQLException {
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      return number(statement, sql);
    }
  }

  private static int number(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getInt(1);
    }
  }
}
