package io.dsqlproxy.driver.replay;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.simulator.fault.FaultScript;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** A simulator with a few accounts, and connections with quick retries. For use by one thread. */
final class ReplayCluster implements AutoCloseable {

  private final DsqlSimulator simulator;
  private final Connection other;

  ReplayCluster() throws SQLException {
    this(DsqlSimulator.start());
  }

  /** Takes over the simulator, which has no tables yet. */
  ReplayCluster(DsqlSimulator simulator) throws SQLException {
    this.simulator = simulator;
    other = connect();
    run(
        "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)",
        "CREATE TABLE entry (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), note text)");
  }

  /** The accounts 1 to 5 with a balance of 100 each; no faults. */
  void reset() throws SQLException {
    simulator.faults().clear();
    run(
        "DELETE FROM account",
        "DELETE FROM entry",
        "INSERT INTO account SELECT n, 100 * n FROM generate_series(1, 5) n");
    simulator.clearStatements();
  }

  FaultScript faults() {
    return simulator.faults();
  }

  List<String> statements() {
    return simulator.statements();
  }

  Connection connect() throws SQLException {
    return connect("");
  }

  /** A connection with further URL parameters. */
  Connection connect(String parameters) throws SQLException {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(simulator.jdbcUrl() + "&retryBaseDelay=0ms&retryMaxDelay=0ms" + parameters);
    dataSource.setCredentialsProvider(
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(simulator.accessKeyId(), simulator.secretAccessKey())));
    return dataSource.getConnection();
  }

  /** A connection through pgJDBC alone, which is not counted in any statistics. */
  Connection connectPlainly() throws SQLException {
    return simulator.connect();
  }

  /** Runs statements on another connection, each as its own transaction. */
  void run(String... statements) throws SQLException {
    SimulatedCluster.run(other, statements);
  }

  String ask(String query) throws SQLException {
    return SimulatedCluster.ask(other, query);
  }

  int balance(int account) throws SQLException {
    return Integer.parseInt(ask("SELECT balance FROM account WHERE id = " + account));
  }

  @Override
  public void close() {
    simulator.close();
  }
}
