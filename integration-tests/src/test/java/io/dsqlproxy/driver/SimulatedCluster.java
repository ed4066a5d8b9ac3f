package io.dsqlproxy.driver;

import io.dsqlproxy.simulator.DsqlSimulator;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** A simulator for one test class, with the driver in front of it. As thread-safe as its parts. */
public final class SimulatedCluster implements AutoCloseable {

  private final DsqlSimulator simulator = DsqlSimulator.start();

  /** The server. */
  public DsqlSimulator server() {
    return simulator;
  }

  /** Credentials that the server accepts. */
  public AwsCredentialsProvider credentials() {
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(simulator.accessKeyId(), simulator.secretAccessKey()));
  }

  /** A data source of the driver, for the caller to set further properties. */
  public DsqlDataSource dataSource() {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(simulator.jdbcUrl());
    dataSource.setCredentialsProvider(credentials());
    return dataSource;
  }

  /** A connection of the driver. */
  public Connection open() throws SQLException {
    return dataSource().getConnection();
  }

  /** Runs statements in autocommit, on a connection of their own. */
  public void run(List<String> statements) throws SQLException {
    try (Connection connection = open();
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
