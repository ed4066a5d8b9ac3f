package io.dsqlproxy.bench;

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
 * What the driver adds to pgJDBC, over the {@linkplain InMemoryPostgres in-memory server}: the
 * difference between the two drivers is our own cost, in nanoseconds and, with {@code -prof gc}, in
 * bytes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(time = 1)
@Measurement(time = 1)
public class StatementBenchmark {

  private static final int ROWS = 1000;

  /** Who is measured. */
  @Param({"PGJDBC", "DSQL_PROXY"})
  public String driver;

  private Connection connection;
  private Connection transactions;
  private PreparedStatement update;
  private PreparedStatement query;
  private PreparedStatement lockingQuery;
  private PreparedStatement manyRows;
  private Statement statement;

  /** Prepares what each benchmark executes. */
  @Setup
  public void open() throws SQLException {
    connection = Drivers.valueOf(driver).connect(InMemoryPostgres.url());
    update = connection.prepareStatement("UPDATE t SET a = ? WHERE id = ?");
    query = connection.prepareStatement("SELECT value FROM t WHERE id = ?");
    manyRows = connection.prepareStatement("SELECT value FROM t LIMIT " + ROWS);
    statement = connection.createStatement();
    transactions = Drivers.valueOf(driver).connect(InMemoryPostgres.url());
    transactions.setAutoCommit(false);
    lockingQuery = transactions.prepareStatement("SELECT value FROM t WHERE id = ? FOR UPDATE");
  }

  /** Leaves nothing behind. */
  @TearDown
  public void close() throws SQLException {
    connection.close();
    transactions.close();
  }

  /** A prepared update in autocommit. */
  @Benchmark
  public int preparedUpdate() throws SQLException {
    update.setString(1, "value");
    update.setString(2, "id");
    return update.executeUpdate();
  }

  /** A prepared query in autocommit, its one row read. */
  @Benchmark
  public String preparedQuery() throws SQLException {
    query.setString(1, "id");
    try (ResultSet result = query.executeQuery()) {
      result.next();
      return result.getString(1);
    }
  }

  /** A locking read and its COMMIT, prepared once. */
  @Benchmark
  public String preparedLockingTransaction() throws SQLException {
    lockingQuery.setString(1, "id");
    try (ResultSet result = lockingQuery.executeQuery()) {
      result.next();
      String value = result.getString(1);
      transactions.commit();
      return value;
    }
  }

  /** A plain statement with its text planned each time. */
  @Benchmark
  public int plainUpdate() throws SQLException {
    return statement.executeUpdate("UPDATE t SET a = 'value' WHERE id = 'id'");
  }

  /** A thousand rows read through the getters. */
  @Benchmark
  public int readThousandRows() throws SQLException {
    int length = 0;
    try (ResultSet result = manyRows.executeQuery()) {
      while (result.next()) {
        length += result.getString(1).length();
      }
    }
    return length;
  }
}
