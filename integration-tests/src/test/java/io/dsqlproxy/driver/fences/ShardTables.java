package io.dsqlproxy.driver.fences;

import io.dsqlproxy.cluster.SimulatedCluster;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;

/** Tables with versions, and connections whose lock policy is about them. For use by one thread. */
final class ShardTables {

  private final SimulatedCluster cluster;

  ShardTables(SimulatedCluster cluster) {
    this.cluster = cluster;
  }

  void create() throws SQLException {
    cluster.run(
        "CREATE TABLE shards (shard_id int PRIMARY KEY, range_id bigint, data text)",
        "CREATE TABLE executions (shard_id int, run_id text, version bigint,"
            + " PRIMARY KEY (shard_id, run_id))");
  }

  /** Shards 1 to 4 with the range 5, of which 4 has none; execution 1/a with version 10. */
  void reset() throws SQLException {
    cluster.run(
        "DELETE FROM shards",
        "DELETE FROM executions",
        "INSERT INTO shards VALUES (1, 5, 'a'), (2, 5, 'b'), (3, 5, 'c'), (4, NULL, 'd')",
        "INSERT INTO executions VALUES (1, 'a', 10)");
    cluster.clearStatements();
  }

  /** A connection without autocommit. */
  Connection connect(String lockPolicy, String... properties) throws SQLException {
    Properties info = new Properties();
    info.setProperty("lockPolicy", lockPolicy);
    info.setProperty("versionColumns", "shards.range_id,executions.version");
    info.setProperty("retryBaseDelay", "0ms");
    for (int i = 0; i < properties.length; i += 2) {
      info.setProperty(properties[i], properties[i + 1]);
    }
    Connection connection = cluster.connect(info);
    connection.setAutoCommit(false);
    return connection;
  }

  /** What Temporal calls the shard's range, read with a share lock. */
  static String readRange(Connection connection, int shard) throws SQLException {
    return read(connection, "SELECT range_id FROM shards WHERE shard_id = ? FOR SHARE", shard);
  }

  static String read(Connection connection, String query, Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(connection, query, values);
        ResultSet rows = statement.executeQuery()) {
      String first = rows.next() ? rows.getString(1) : "no row";
      while (rows.next()) {
        continue;
      }
      return first;
    }
  }

  static int update(Connection connection, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(connection, sql, values)) {
      return statement.executeUpdate();
    }
  }

  private static PreparedStatement prepared(Connection connection, String sql, Object... values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  /** The texts that the connections have sent about the tables. */
  List<String> sent() {
    return cluster.statements().stream()
        .filter(sql -> sql.contains("shards") || sql.contains("executions"))
        .toList();
  }
}
