package io.dsqlproxy.bench;

import io.dsqlproxy.driver.authentication.TokenCache;
import io.dsqlproxy.driver.observation.DriverEvent;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.simulator.ClusterLimits;
import io.dsqlproxy.simulator.DsqlSimulator;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * How long logins take while tokens end every eight seconds and credentials take a while to come,
 * as they do from STS or the instance metadata service: the tail of the distribution is the
 * renewal. Prints for each iteration how many tokens were signed, and how many logins refused.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Threads(2)
@Fork(1)
@Warmup(iterations = 1, time = 10)
@Measurement(iterations = 3, time = 30)
public class RenewalBenchmark {

  private static final Duration TOKEN_LIFETIME = Duration.ofSeconds(8);
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration CREDENTIALS_TAKE = Duration.ofMillis(200);

  /** When a token is replaced. */
  public enum Renewal {

    /** Before it ends, as the driver does. */
    PROACTIVE,

    /** When the server refuses it: the server's clock is ahead, and the driver does not know. */
    REACTIVE
  }

  /** When a token is replaced. */
  @Param public Renewal renewal;

  private DsqlSimulator cluster;
  private Properties settings;
  private long signed;
  private long rejected;

  /** Starts a cluster that lets everybody in whose token holds. */
  @Setup
  public void open() {
    boolean early = renewal == Renewal.PROACTIVE;
    Duration ahead = early ? Duration.ZERO : LONG.minus(TOKEN_LIFETIME);
    Duration lifetime = early ? TOKEN_LIFETIME : LONG;
    cluster =
        DsqlSimulator.builder()
            .limits(ClusterLimits.OF_THE_SERVICE.withConnectRate(100_000, 100_000))
            .tokenClock(Clock.offset(Clock.systemUTC(), ahead))
            .start();
    settings = new Properties();
    settings.setProperty("connectRate", "100000");
    settings.setProperty("connectBurst", "100000");
    settings.setProperty("tokenLifetime", lifetime.toSeconds() + "s");
    AwsCredentials keys =
        AwsBasicCredentials.create(cluster.accessKeyId(), cluster.secretAccessKey());
    settings.put(
        "credentialsProvider",
        (AwsCredentialsProvider)
            () -> {
              LockSupport.parkNanos(CREDENTIALS_TAKE.toNanos());
              return keys;
            });
  }

  /** Begins to count. */
  @Setup(Level.Iteration)
  public void count() {
    signed = DriverStatistics.global().count(DriverEvent.TOKEN_SIGNED);
    rejected = DriverStatistics.global().count(DriverEvent.TOKEN_REJECTED);
  }

  /** Tells what was counted. */
  @TearDown(Level.Iteration)
  public void tell() {
    System.out.printf(
        Locale.ROOT,
        "%d tokens signed, %d logins refused: ",
        DriverStatistics.global().count(DriverEvent.TOKEN_SIGNED) - signed,
        DriverStatistics.global().count(DriverEvent.TOKEN_REJECTED) - rejected);
  }

  /** Stops it. */
  @TearDown
  public void close() {
    cluster.close();
    TokenCache.global().clear();
  }

  /** A connection is opened and closed. */
  @Benchmark
  public void connect() throws SQLException {
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl(), settings)) {
      connection.isClosed();
    }
  }
}
