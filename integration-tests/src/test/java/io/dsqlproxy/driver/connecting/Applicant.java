package io.dsqlproxy.driver.connecting;

import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.observation.ConnectionStatistics.Snapshot;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.simulator.DsqlSimulator;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * An application with credentials of its own, so that it shares no token with other tests, and a
 * count of what the driver does from now on. Safe for use by many threads.
 */
final class Applicant implements AwsCredentialsProvider {

  private final AtomicReference<AwsCredentials> credentials = new AtomicReference<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final Snapshot before = DriverStatistics.global().snapshot().connections();

  Applicant(DsqlSimulator cluster) {
    credentials.set(keysOf(cluster));
  }

  static AwsCredentials keysOf(DsqlSimulator cluster) {
    return AwsBasicCredentials.create(cluster.accessKeyId(), cluster.secretAccessKey());
  }

  void use(AwsCredentials others) {
    credentials.set(others);
  }

  @Override
  public AwsCredentials resolveCredentials() {
    asked.incrementAndGet();
    return credentials.get();
  }

  /** How often the credentials were asked for. */
  int asked() {
    return asked.get();
  }

  /** What the driver has counted since this application began. */
  Snapshot counted() {
    return DriverStatistics.global().snapshot().connections().since(before);
  }

  DsqlDataSource dataSource(String url) {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(url);
    dataSource.setCredentialsProvider(this);
    return dataSource;
  }

  /** A new physical connection. */
  Connection connect(String url) throws SQLException {
    return dataSource(url).getConnection();
  }

  /** Connects, asks who it is, and disconnects. */
  String visit(String url) throws SQLException {
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement();
        ResultSet user = statement.executeQuery("SELECT current_user")) {
      user.next();
      return user.getString(1);
    }
  }
}
