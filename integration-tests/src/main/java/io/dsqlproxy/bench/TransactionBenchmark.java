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
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the journal costs in transactions of many statements, which it could run again: raw pgJDBC,
 * this driver without a journal, and with it. Over the {@linkplain InMemoryPostgres in-memory
 * server} the differences are nanoseconds and, with {@code -prof gc}, bytes; on a real PostgreSQL
 * 16 only the ratios within one run mean anything.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(time = 1)
@Measurement(time = 1)
public class TransactionBenchmark {

  /** How many statements are in a transaction. */
  private static final int STATEMENTS = 100;

  /** How many are in one that reads many rows, or sends many entries of a batch. */
  private static final int LARGE_STATEMENTS = 10;

  private static final int ROWS = 1000;
  private static final int ENTRIES = 100;
  private static final int COLUMNS = 5;
  private static final String UPDATE = "UPDATE item SET name = ? WHERE id = ?";

  /** Who is measured. */
  @Param({"PGJDBC", "DSQL_PROXY_WITHOUT_RETRY", "DSQL_PROXY"})
  public String driver;

  /** What answers. */
  @Param({"IN_MEMORY", "POSTGRES"})
  public Server server;

  private EmbeddedPostgres postgres;
  private Connection connection;
  private PreparedStatement update;
  private PreparedStatement oneRow;
  private PreparedStatement manyRows;

  /** What the statements are sent to. */
  public enum Server {
    IN_MEMORY,
    POSTGRES
  }

  /** Connects, and prepares what is executed. */
  @Setup
  public void open() throws IOException, SQLException {
    connection = Drivers.valueOf(driver).connect(startServer());
    if (postgres != null) {
      createTable();
    }
    connection.setAutoCommit(false);
    update = connection.prepareStatement(UPDATE);
    oneRow = connection.prepareStatement("SELECT name FROM item WHERE id = ?");
    manyRows =
        connection.prepareStatement("SELECT name, note, place, owner, state FROM item LIMIT 1000");
  }

  private String startServer() throws IOException {
    if (server == Server.IN_MEMORY) {
      return InMemoryPostgres.url();
    }
    postgres = EmbeddedPostgres.builder().start();
    return postgres.getJdbcUrl("postgres", "postgres");
  }

  /** With the values of the in-memory server. */
  private void createTable() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE item (id text PRIMARY KEY, name text, note text, place text, owner text,"
              + " state text) WITH (fillfactor = 50)");
      statement.execute(
          "INSERT INTO item SELECT i, v, v, v, v, v"
              + " FROM generate_series(1, 1000) i, (VALUES ('some text in a row')) t (v)");
    }
  }

  /** Leaves nothing behind. */
  @TearDown
  public void close() throws IOException, SQLException {
    connection.close();
    if (postgres != null) {
      postgres.close();
    }
  }

  /** An update. */
  @Benchmark
  @OperationsPerInvocation(STATEMENTS)
  public int update() throws SQLException {
    int updated = 0;
    for (int i = 0; i < STATEMENTS; i++) {
      update.setString(1, "some other text");
      update.setString(2, "500");
      updated += update.executeUpdate();
    }
    connection.commit();
    return updated;
  }

  /** An update by a statement that is prepared for it, and closed after it, as frameworks do. */
  @Benchmark
  @OperationsPerInvocation(STATEMENTS)
  public int updateByAStatementOfItsOwn() throws SQLException {
    int updated = 0;
    for (int i = 0; i < STATEMENTS; i++) {
      try (PreparedStatement own = connection.prepareStatement(UPDATE)) {
        own.setString(1, "some other text");
        own.setString(2, "500");
        updated += own.executeUpdate();
      }
    }
    connection.commit();
    return updated;
  }

  /** A query of one row, which is read. */
  @Benchmark
  @OperationsPerInvocation(STATEMENTS)
  public int oneRow() throws SQLException {
    int length = 0;
    for (int i = 0; i < STATEMENTS; i++) {
      oneRow.setString(1, "500");
      try (ResultSet result = oneRow.executeQuery()) {
        result.next();
        length += result.getString(1).length();
      }
    }
    connection.commit();
    return length;
  }

  /** A row of a thousand with five columns of 18 bytes each, which are read. */
  @Benchmark
  @OperationsPerInvocation(LARGE_STATEMENTS * ROWS)
  public int rowOfAThousand() throws SQLException {
    int length = 0;
    for (int i = 0; i < LARGE_STATEMENTS; i++) {
      try (ResultSet result = manyRows.executeQuery()) {
        while (result.next()) {
          for (int column = 1; column <= COLUMNS; column++) {
            length += result.getString(column).length();
          }
        }
      }
    }
    connection.commit();
    return length;
  }

  /** An entry of a batch of a hundred. */
  @Benchmark
  @OperationsPerInvocation(LARGE_STATEMENTS * ENTRIES)
  public int batchEntry() throws SQLException {
    int updated = 0;
    for (int i = 0; i < LARGE_STATEMENTS; i++) {
      for (int entry = 0; entry < ENTRIES; entry++) {
        update.setString(1, "some other text");
        update.setString(2, "500");
        update.addBatch();
      }
      updated += update.executeBatch().length;
    }
    connection.commit();
    return updated;
  }
}
