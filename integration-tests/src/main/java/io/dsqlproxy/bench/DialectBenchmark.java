package io.dsqlproxy.bench;

import io.dsqlproxy.driver.configuration.ConnectionUrl;
import io.dsqlproxy.driver.configuration.DriverSettings;
import io.dsqlproxy.driver.configuration.PgConnectionRequest;
import io.dsqlproxy.driver.connecting.PhysicalConnections;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
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

/**
 * What it costs to open and close a connection to a plain PostgreSQL with raw pgJDBC, and what it
 * costs to ask the server what it is, as this driver does at connect.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(time = 1)
@Measurement(time = 1)
public class DialectBenchmark {

  private EmbeddedPostgres postgres;
  private String url;
  private String ours;
  private PhysicalConnections connections;
  private Connection connection;

  /** Starts a server. */
  @Setup
  public void open() throws IOException, SQLException {
    postgres = EmbeddedPostgres.builder().start();
    url = postgres.getJdbcUrl("postgres", "postgres");
    ours = url.replace("jdbc:", "jdbc:dsql-proxy:");
    ConnectionUrl parsed = ConnectionUrl.parse(ours);
    connections =
        new PhysicalConnections(
            PgConnectionRequest.of(parsed, null),
            DriverSettings.from(parsed, null),
            DriverStatistics.global());
    connection = connections.open();
  }

  /** Stops it. */
  @TearDown
  public void close() throws IOException, SQLException {
    connection.close();
    postgres.close();
  }

  /** A connection that nothing is done with. */
  @Benchmark
  public void connectWithPgjdbc() throws SQLException {
    DriverManager.getConnection(url).close();
  }

  /** A connection of this driver's, which knows what the server is. */
  @Benchmark
  public void connect() throws SQLException {
    DriverManager.getConnection(ours + "&dialect=postgresql").close();
  }

  /** A connection of this driver's, which asks. */
  @Benchmark
  public void connectAndAsk() throws SQLException {
    DriverManager.getConnection(ours).close();
  }

  /** The question alone, to a server's process that has answered it before. */
  @Benchmark
  public boolean ask() throws SQLException {
    return connections.isToDsql(connection);
  }
}
