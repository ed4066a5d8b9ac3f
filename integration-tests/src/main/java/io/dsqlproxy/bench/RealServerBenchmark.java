package io.dsqlproxy.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The same work on a real PostgreSQL 16, side by side: raw pgJDBC, this driver, and p6spy, a widely
 * used driver that decorates another one. Only the ratios within one run mean anything.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(time = 1)
@Measurement(time = 1)
public class RealServerBenchmark {

  /** Who is measured. */
  @Param({"PGJDBC", "DSQL_PROXY", "P6SPY"})
  public String driver;

  private EmbeddedPostgres postgres;
  private Connection connection;
  private PreparedStatement query;
  private PreparedStatement manyRows;
  private PreparedStatement update;

  /** Starts a server with one small table. */
  @Setup
  public void open() throws IOException, SQLException {
    postgres = EmbeddedPostgres.builder().start();
    connection = Drivers.valueOf(driver).connect(postgres.getJdbcUrl("postgres", "postgres"));
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (id int PRIMARY KEY, value text)");
      statement.execute("INSERT INTO t SELECT i, 'value ' || i FROM generate_series(1, 1000) i");
    }
    query = connection.prepareStatement("SELECT value FROM t WHERE id = ?");
    manyRows = connection.prepareStatement("SELECT id, value FROM t");
    update = connection.prepareStatement("UPDATE t SET value = ? WHERE id = ?");
  }

  /** Stops the server. */
  @TearDown
  public void close() throws IOException, SQLException {
    connection.close();
    postgres.close();
  }

  /** One row by its key. */
  @Benchmark
  public String pointQuery() throws SQLException {
    query.setInt(1, 500);
    try (ResultSet result = query.executeQuery()) {
      result.next();
      return result.getString(1);
    }
  }

  /** A thousand rows. */
  @Benchmark
  public int scan() throws SQLException {
    int length = 0;
    try (ResultSet result = manyRows.executeQuery()) {
      while (result.next()) {
        length += result.getInt(1) + result.getString(2).length();
      }
    }
    return length;
  }

  /** One row changed. */
  @Benchmark
  public int pointUpdate() throws SQLException {
    update.setString(1, "changed");
    update.setInt(2, 500);
    return update.executeUpdate();
  }
}
