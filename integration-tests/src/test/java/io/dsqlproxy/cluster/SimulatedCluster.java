package io.dsqlproxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.simulator.fault.FaultScript;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * A simulator for the tests of one class. A test fails if the simulator refused anything, since the
 * class began, that no test {@linkplain #takeRefusals() took}. For use by one thread.
 */
public final class SimulatedCluster
    implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {

  private DsqlSimulator simulator;
  private int refusalsTaken;

  @Override
  public void beforeAll(ExtensionContext context) {
    simulator = DsqlSimulator.start();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    simulator.close();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    simulator.clearStatements();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    assertThat(takeRefusals()).as("refused").isEmpty();
  }

  /** The URL of the simulator, with the user {@code admin}. */
  public String url() {
    return simulator.jdbcUrl();
  }

  /** The long form of the URL, for applications that give the user elsewhere. */
  public String urlWithoutUser() {
    return url().replace("dsql-proxy://", "dsql-proxy:postgresql://").replace("user=admin&", "");
  }

  public AwsCredentialsProvider credentials() {
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(simulator.accessKeyId(), simulator.secretAccessKey()));
  }

  /** A data source without a pool, complete. */
  public DsqlDataSource dataSource() {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(url());
    dataSource.setCredentialsProvider(credentials());
    return dataSource;
  }

  /** The URL for raw pgJDBC, with the user {@code admin}. */
  public String postgresUrl() {
    return simulator.postgresUrl();
  }

  /** A fresh token for {@code admin}. */
  public String token() {
    return simulator.token("admin");
  }

  /** A connection of raw pgJDBC's. */
  public Connection connectPg() throws SQLException {
    return simulator.connect();
  }

  /** A connection with further properties. */
  public Connection connect(Properties properties) throws SQLException {
    Properties all = new Properties();
    properties.stringPropertyNames().forEach(k -> all.setProperty(k, properties.getProperty(k)));
    all.put("credentialsProvider", credentials());
    return DriverManager.getConnection(url(), all);
  }

  /** The texts that arrived since the test began. */
  public List<String> statements() {
    return simulator.statements();
  }

  public void clearStatements() {
    simulator.clearStatements();
  }

  /** What goes wrong; nothing does until a test says so. */
  public FaultScript faults() {
    return simulator.faults();
  }

  /** What was refused and not taken before. */
  public List<DsqlSimulator.Refusal> takeRefusals() {
    List<DsqlSimulator.Refusal> all = simulator.refusals();
    List<DsqlSimulator.Refusal> unseen = all.subList(refusalsTaken, all.size());
    refusalsTaken = all.size();
    return unseen;
  }

  /** Runs statements on a connection of their own, each as its own transaction. */
  public void run(String... statements) throws SQLException {
    try (Connection connection = dataSource().getConnection()) {
      run(connection, statements);
    }
  }

  public static void run(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The first column of the first row, read on a connection of its own. */
  public String ask(String query) throws SQLException {
    try (Connection connection = dataSource().getConnection()) {
      return ask(connection, query);
    }
  }

  public static String ask(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }
}
