package io.dsqlproxy.bench;

import io.dsqlproxy.driver.authentication.Login;
import io.dsqlproxy.driver.authentication.TokenCache;
import io.dsqlproxy.driver.configuration.ConnectionUrl;
import io.dsqlproxy.driver.configuration.DriverSettings;
import io.dsqlproxy.driver.configuration.PgConnectionRequest;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.simulator.ClusterLimits;
import io.dsqlproxy.simulator.DsqlSimulator;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * What a login costs: raw pgJDBC with a token that is there already, this driver with its cache,
 * and this driver when each login signs. All log in to the simulator, over TLS.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(time = 1)
@Measurement(time = 1)
public class LoginBenchmark {

  private DsqlSimulator cluster;
  private String token;
  private Properties ours;
  private Login login;

  /** Starts a cluster that lets everybody in. */
  @Setup
  public void open() throws SQLException {
    cluster =
        DsqlSimulator.builder()
            .limits(ClusterLimits.OF_THE_SERVICE.withConnectRate(100_000, 100_000))
            .start();
    token = cluster.token("admin", Duration.ofHours(1));
    ours = new Properties();
    ours.setProperty("connectRate", "100000");
    ours.setProperty("connectBurst", "100000");
    ours.put(
        "credentialsProvider",
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(cluster.accessKeyId(), cluster.secretAccessKey())));
    ConnectionUrl url = ConnectionUrl.parse(cluster.jdbcUrl());
    login = Login.of(PgConnectionRequest.of(url, ours), DriverSettings.from(url, ours));
  }

  /** Stops it. */
  @TearDown
  public void close() {
    cluster.close();
  }

  /** One token, signed anew. */
  @Benchmark
  public Object signing() throws Exception {
    TokenCache.global().clear();
    return remembered();
  }

  /** One token, remembered. */
  @Benchmark
  public Object remembered() throws Exception {
    return login.ticket(
        TokenCache.global(), Duration.ofSeconds(10), DriverStatistics.global().connections());
  }

  /** pgJDBC, given the token. */
  @Benchmark
  public void connectWithPgjdbc() throws SQLException {
    DriverManager.getConnection(cluster.postgresUrl(), "admin", token).close();
  }

  /** This driver, with the token that it remembers. */
  @Benchmark
  public void connect() throws SQLException {
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl(), ours)) {
      connection.isClosed();
    }
  }

  /** This driver, which signs each time. */
  @Benchmark
  public void connectAndSign() throws SQLException {
    TokenCache.global().clear();
    connect();
  }
}
