package io.dsqlproxy.driver.reconnect;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.configuration.PlanSettings;
import io.dsqlproxy.driver.configuration.SharedPlanners;
import io.dsqlproxy.driver.execution.FailedCommit;
import io.dsqlproxy.driver.execution.ReconnectMode;
import io.dsqlproxy.driver.execution.RetryBudget;
import io.dsqlproxy.driver.execution.RetryMode;
import io.dsqlproxy.driver.execution.RetryPolicy;
import io.dsqlproxy.driver.jdbc.ConnectionContext;
import io.dsqlproxy.driver.jdbc.DsqlConnection;
import io.dsqlproxy.driver.jdbc.Renewal;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.rewriter.LockEmulation;
import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.simulator.SimulatedClock;
import io.dsqlproxy.simulator.fault.Fault;
import io.dsqlproxy.simulator.fault.FaultScript;
import io.dsqlproxy.simulator.fault.FaultTrigger;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * A simulator whose time is a test's, with a few accounts, and connections that live by the same
 * clock. For use by one thread.
 */
final class CutConnections implements AutoCloseable {

  private static final Duration MAX_AGE = Duration.ofMinutes(55);

  final SimulatedClock clock = SimulatedClock.atPresent();
  final DriverStatistics statistics = new DriverStatistics();

  /** Physical connections that were opened. */
  final AtomicInteger opened = new AtomicInteger();

  private final DsqlSimulator simulator =
      DsqlSimulator.builder().clock(clock).tokenClock(Clock.systemUTC()).start();

  CutConnections() throws SQLException {
    run("CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL, note bytea)");
  }

  /** The accounts 1 to 5 with a balance of 100 times that; no faults. */
  void reset() throws SQLException {
    simulator.faults().clear();
    run(
        "DELETE FROM account",
        "INSERT INTO account SELECT n, 100 * n FROM generate_series(1, 5) n");
    opened.set(0);
  }

  Connection connect(ReconnectMode mode) throws SQLException {
    Renewal renewal = new Renewal(mode, MAX_AGE, this::open, this::nanoTime, () -> new Random(1));
    RetryPolicy policy =
        new RetryPolicy(5, Duration.ofNanos(1), Duration.ofMillis(1), Duration.ofMinutes(4));
    PlanSettings plans =
        new PlanSettings(true, "forUpdate", "", false, LockEmulation.NONE, 100, 1 << 20);
    ConnectionContext context =
        new ConnectionContext(
            simulator.jdbcUrl(),
            SharedPlanners.global().planner(plans),
            policy,
            RetryMode.TRANSACTION,
            FailedCommit.RETURN,
            1 << 20,
            RetryBudget.unlimited(),
            false,
            statistics);
    return DsqlConnection.wrap(open(), context, renewal, null);
  }

  /** As an application connects, with its own tokens. */
  Connection connectByUrl(ReconnectMode mode) throws SQLException {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(simulator.jdbcUrl());
    dataSource.setReconnect(mode.text());
    dataSource.setRetryBaseDelay("1ms");
    dataSource.setCredentialsProvider(
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(simulator.accessKeyId(), simulator.secretAccessKey())));
    return dataSource.getConnection();
  }

  private Connection open() throws SQLException {
    opened.incrementAndGet();
    return simulator.connect();
  }

  private long nanoTime() {
    return clock.instant().getEpochSecond() * 1_000_000_000L + clock.instant().getNano();
  }

  /** Each connection of it is like one of {@link #connect}. */
  DataSource dataSource(ReconnectMode mode) {
    return new ConnectingDataSource(() -> connect(mode));
  }

  FaultScript faults() {
    return simulator.faults();
  }

  /** The next moment like this ends with a closed socket. */
  void cutAt(FaultTrigger trigger) {
    faults().at(trigger).answer(Fault.disconnect());
  }

  /** Runs statements on a connection of pgJDBC's, each as its own transaction. */
  void run(String... statements) throws SQLException {
    try (Connection connection = simulator.connect()) {
      SimulatedCluster.run(connection, statements);
    }
  }

  String ask(String query) throws SQLException {
    try (Connection connection = simulator.connect()) {
      return SimulatedCluster.ask(connection, query);
    }
  }

  int balance(int account) throws SQLException {
    return Integer.parseInt(ask("SELECT balance FROM account WHERE id = " + account));
  }

  @Override
  public void close() {
    simulator.close();
  }

  /** Opens a connection. */
  @FunctionalInterface
  private interface Connecting {

    Connection connect() throws SQLException;
  }

  /** The least that a pool needs. */
  private record ConnectingDataSource(Connecting connecting) implements DataSource {

    @Override
    public Connection getConnection() throws SQLException {
      return connecting.connect();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return connecting.connect();
    }

    @Override
    public PrintWriter getLogWriter() {
      return null;
    }

    @Override
    public void setLogWriter(PrintWriter writer) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
      return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLException("not a wrapper");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
