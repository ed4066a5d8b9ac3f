package io.dsqlproxy.driver.replay;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.configuration.ConnectionUrl;
import io.dsqlproxy.driver.configuration.DriverSettings;
import io.dsqlproxy.driver.configuration.SharedPlanners;
import io.dsqlproxy.driver.execution.RetryBudget;
import io.dsqlproxy.driver.jdbc.ConnectionContext;
import io.dsqlproxy.driver.jdbc.DsqlConnection;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.simulator.DsqlSimulator;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * Many threads that add one to the same row as fast as they can. Each has its own connection, with
 * the settings of a URL and with statistics of its own. For use by one thread, which starts them.
 */
final class ContendedCounter implements AutoCloseable {

  private static final String INCREMENT = "UPDATE counter SET n = n + 1 WHERE id = 1";

  private final DsqlSimulator simulator = DsqlSimulator.start();

  ContendedCounter() throws SQLException {
    run(
        "CREATE TABLE counter (id int PRIMARY KEY, n int NOT NULL)",
        "CREATE TABLE increment (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), thread text)");
  }

  /**
   * What the threads saw.
   *
   * @param executions how often each committed transaction was executed, at least once
   * @param surfaced the conflicts that the application saw, as their messages
   * @param milliseconds for all of it
   */
  record Outcome(List<Integer> executions, List<String> surfaced, long milliseconds) {

    int mostExecutions() {
      return executions.stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    /** How many transactions were executed how often. */
    private Map<Integer, Long> distribution() {
      return executions.stream()
          .collect(Collectors.groupingBy(n -> n, TreeMap::new, Collectors.counting()));
    }

    @Override
    public String toString() {
      return String.format(
          "%d committed in %d ms, %d conflicts surfaced, executions %s",
          executions.size(), milliseconds, surfaced.size(), distribution());
    }
  }

  /** How one thread adds one. */
  @FunctionalInterface
  interface Transaction {

    /** Adds it, and commits. */
    void run(Connection connection) throws SQLException;
  }

  /** A statement that is a transaction of its own. */
  static void inAutocommit(Connection connection) throws SQLException {
    SimulatedCluster.run(connection, INCREMENT);
  }

  /** The same statement in a transaction that the application commits. */
  static void inTransaction(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    SimulatedCluster.run(connection, INCREMENT);
    connection.commit();
  }

  /** The same in a transaction that writes something else, too. */
  static void withARow(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO increment (thread) VALUES (?)")) {
      insert.setString(1, Thread.currentThread().getName());
      insert.executeUpdate();
    }
    SimulatedCluster.run(connection, INCREMENT);
    connection.commit();
  }

  /** Lets the threads add, beginning together, with the counter at zero. */
  Outcome contend(String parameters, int threads, int rounds, Transaction transaction)
      throws Exception {
    run("DELETE FROM counter", "INSERT INTO counter VALUES (1, 0)");
    DriverSettings settings =
        DriverSettings.from(ConnectionUrl.parse(simulator.jdbcUrl() + parameters), null);
    RetryBudget budget = new RetryBudget(settings.retryBudget());
    CyclicBarrier start = new CyclicBarrier(threads);
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    long begun = System.nanoTime();
    try {
      List<Future<Outcome>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(workers.submit(() -> work(settings, budget, start, rounds, transaction)));
      }
      Outcome all = new Outcome(new ArrayList<>(), new ArrayList<>(), 0);
      for (Future<Outcome> one : running) {
        all.executions().addAll(one.get().executions());
        all.surfaced().addAll(one.get().surfaced());
      }
      return new Outcome(all.executions(), all.surfaced(), (System.nanoTime() - begun) / 1_000_000);
    } finally {
      workers.shutdownNow();
    }
  }

  private Outcome work(
      DriverSettings settings,
      RetryBudget budget,
      CyclicBarrier start,
      int rounds,
      Transaction transaction)
      throws SQLException, BrokenBarrierException, InterruptedException {
    DriverStatistics statistics = new DriverStatistics();
    List<Integer> executions = new ArrayList<>();
    List<String> surfaced = new ArrayList<>();
    try (Connection connection = connect(settings, budget, statistics)) {
      start.await();
      for (int i = 0; i < rounds; i++) {
        long before = timesRunAgain(statistics);
        try {
          transaction.run(connection);
          executions.add((int) (1 + timesRunAgain(statistics) - before));
        } catch (SQLException failure) {
          if (!"40001".equals(failure.getSQLState())) {
            throw failure;
          }
          surfaced.add(failure.getMessage());
          if (!connection.getAutoCommit()) {
            connection.rollback();
          }
        }
      }
    }
    return new Outcome(executions, surfaced, 0);
  }

  private static long timesRunAgain(DriverStatistics statistics) {
    DriverStatistics.Snapshot now = statistics.snapshot();
    return now.retries() + now.replays();
  }

  /** As the driver connects, but for the statistics and the budget. */
  private Connection connect(
      DriverSettings settings, RetryBudget budget, DriverStatistics statistics)
      throws SQLException {
    return DsqlConnection.wrap(
        simulator.connect(),
        new ConnectionContext(
            simulator.jdbcUrl(),
            SharedPlanners.global().planner(settings.planning()),
            settings.retryPolicy(),
            settings.retryMode(),
            settings.failedCommit(),
            settings.journalBytes(),
            budget,
            settings.planning().allowWeakerIsolation(),
            statistics));
  }

  int count() throws SQLException {
    return ask("SELECT n FROM counter");
  }

  /** How many rows were inserted beside. */
  int rows() throws SQLException {
    return ask("SELECT count(*) FROM increment");
  }

  private int ask(String query) throws SQLException {
    try (Connection connection = simulator.connect()) {
      return Integer.parseInt(SimulatedCluster.ask(connection, query));
    }
  }

  private void run(String... statements) throws SQLException {
    try (Connection connection = simulator.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Override
  public void close() {
    simulator.close();
  }
}
