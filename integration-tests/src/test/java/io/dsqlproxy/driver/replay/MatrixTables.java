package io.dsqlproxy.driver.replay;

import static io.dsqlproxy.driver.replay.MatrixState.idOf;
import static io.dsqlproxy.driver.replay.MatrixState.tableOf;

import io.dsqlproxy.driver.replay.MatrixState.Change;
import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.simulator.fault.Fault;
import io.dsqlproxy.simulator.fault.FaultScript;
import io.dsqlproxy.simulator.fault.FaultTrigger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The tables of the matrix, and the session that changes them behind the application's back. For
 * use by one thread at a time beside the simulator's.
 */
final class MatrixTables implements AutoCloseable {

  private static final Map<String, Integer> INITIAL = initialRows();

  private final AtomicReference<Change> change = new AtomicReference<>(Change.NONE);
  private final AtomicReference<SQLException> failure = new AtomicReference<>();
  private final AtomicInteger changes = new AtomicInteger();
  private final ReplayCluster cluster =
      new ReplayCluster(DsqlSimulator.builder().pauser(ignored -> changeNow()).start());
  private final Connection connection = cluster.connectPlainly();
  private final Statement statement = connection.createStatement();
  private final PreparedStatement read;
  private final ExecutorService opener = Executors.newSingleThreadExecutor();
  private Future<Connection> spare = opener.submit(this::open);

  MatrixTables() throws SQLException {
    cluster.run(
        "CREATE SCHEMA second",
        "CREATE TABLE second.account (id int PRIMARY KEY, balance int NOT NULL)",
        "CREATE TABLE copied (id int PRIMARY KEY, note int, stamp uuid DEFAULT gen_random_uuid())",
        "CREATE TABLE unchanging (id int PRIMARY KEY)",
        "CREATE FUNCTION balance_of(int) RETURNS int LANGUAGE sql AS "
            + "'SELECT balance FROM account WHERE id = $1'",
        "INSERT INTO unchanging SELECT generate_series(1, 5)");
    read =
        connection.prepareStatement(
            "SELECT 'account ' || id, balance FROM account"
                + " UNION ALL SELECT 'second ' || id, balance FROM second.account"
                + " UNION ALL SELECT 'copied ' || id, note FROM copied");
  }

  private static Map<String, Integer> initialRows() {
    Map<String, Integer> rows = new TreeMap<>();
    for (int id = 1; id <= 7; id++) {
      rows.put("account " + id, 100 * id);
      rows.put("second " + id, 100 * id + 7);
    }
    return rows;
  }

  /** As in the beginning, without faults; what the tables hold now. */
  MatrixState reset() throws SQLException {
    cluster.faults().clear();
    changes.set(0);
    failure.set(null);
    Map<String, Integer> now = read().rows();
    for (Map.Entry<String, Integer> row : INITIAL.entrySet()) {
      if (!row.getValue().equals(now.get(row.getKey()))) {
        statement.addBatch(
            "INSERT INTO %s VALUES (%s, %d) ON CONFLICT (id) DO UPDATE SET balance = %<d"
                .formatted(tableOf(row.getKey()), idOf(row.getKey()), row.getValue()));
      }
    }
    if (!INITIAL.keySet().containsAll(now.keySet())) {
      statement.addBatch("DELETE FROM copied");
    }
    statement.executeBatch();
    return MatrixState.of(INITIAL);
  }

  /** What the tables hold. */
  MatrixState read() throws SQLException {
    Map<String, Integer> rows = new TreeMap<>();
    try (ResultSet result = read.executeQuery()) {
      while (result.next()) {
        rows.put(result.getString(1), result.getInt(2));
      }
    }
    return MatrixState.of(rows);
  }

  FaultScript faults() {
    return cluster.faults();
  }

  /**
   * With an error for a COMMIT that commits nothing, or nobody could tell it from one that does.
   */
  private Connection open() throws SQLException {
    return cluster.connect("&failedCommit=throw");
  }

  /** A connection for the application. The next one is opened meanwhile: many are cut. */
  Connection connect() throws SQLException {
    Future<Connection> opened = spare;
    spare = opener.submit(this::open);
    try {
      return opened.get();
    } catch (InterruptedException | ExecutionException failure) {
      throw new SQLException("no connection", failure);
    }
  }

  // -------------------- the change behind the application's back

  /**
   * The change will be committed when the server reaches this moment, before it goes on: the
   * session waits there, and this uses it to do something.
   */
  void changeAt(FaultTrigger moment, Change what) {
    change.set(what);
    cluster.faults().at(moment).answer(Fault.delay(Duration.ofMillis(1)));
  }

  private void changeNow() {
    try {
      changes.incrementAndGet();
      Change now = change.get();
      if (now.row() != null) {
        statement.executeUpdate(now.sql());
      }
    } catch (SQLException unexpected) {
      failure.set(unexpected);
    }
  }

  /** How often the moment was reached since the reset. */
  int changes() throws SQLException {
    SQLException unexpected = failure.get();
    if (unexpected != null) {
      throw unexpected;
    }
    return changes.get();
  }

  @Override
  public void close() throws SQLException {
    opener.shutdownNow();
    connection.close();
    cluster.close();
  }
}
