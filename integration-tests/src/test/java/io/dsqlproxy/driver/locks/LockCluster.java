package io.dsqlproxy.driver.locks;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.jdbc.DsqlConnection;
import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.simulator.fault.FaultScript;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** A simulator, and connections that emulate locks on it. */
final class LockCluster implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback {

  private DsqlSimulator simulator;

  @Override
  public void beforeAll(ExtensionContext context) throws SQLException {
    simulator = DsqlSimulator.start();
    run("CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)");
  }

  @Override
  public void beforeEach(ExtensionContext context) throws SQLException {
    simulator.faults().clear();
    run("DELETE FROM account", "INSERT INTO account VALUES (1, 0), (2, 0)");
  }

  @Override
  public void afterAll(ExtensionContext context) {
    simulator.close();
  }

  FaultScript faults() {
    return simulator.faults();
  }

  DsqlSimulator simulator() {
    return simulator;
  }

  /** Connections that emulate everything; with further parameters of the URL. */
  DsqlDataSource dataSource(String parameters) {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(
        simulator.jdbcUrl()
            + "&lockEmulation=advisory,table&retryBaseDelay=1ms&retryMaxDelay=2ms"
            + parameters);
    dataSource.setCredentialsProvider(
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(simulator.accessKeyId(), simulator.secretAccessKey())));
    return dataSource;
  }

  Connection connect() throws SQLException {
    return connect("");
  }

  Connection connect(String parameters) throws SQLException {
    return dataSource(parameters).getConnection();
  }

  /** Runs statements on a connection of their own, each as its own transaction. */
  void run(String... statements) throws SQLException {
    try (Connection connection = connect()) {
      SimulatedCluster.run(connection, statements);
    }
  }

  String ask(String query) throws SQLException {
    try (Connection connection = connect()) {
      return SimulatedCluster.ask(connection, query);
    }
  }

  static List<HeldLock> held(Connection connection) throws SQLException {
    return connection.unwrap(DsqlConnection.class).getAdvisoryLocks();
  }

  /** Executes a statement that gives one row with one column. */
  static String call(Connection connection, String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        assertThat(row.next()).isTrue();
        String value = row.getString(1);
        assertThat(row.next()).isFalse();
        return value;
      }
    }
  }

  static boolean test(Connection connection, String sql, Object... parameters) throws SQLException {
    return "t".equals(call(connection, sql, parameters));
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
