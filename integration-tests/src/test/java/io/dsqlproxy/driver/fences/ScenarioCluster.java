package io.dsqlproxy.driver.fences;

import io.dsqlproxy.cluster.SimulatedCluster;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Runs scenarios, each from the same contents of the tables. For use by one thread. */
final class ScenarioCluster implements AutoCloseable {

  /** How the locks of a scenario are kept. */
  enum Policy {
    FOR_UPDATE("forUpdate"),
    DEFERRED("deferred"),
    CONDITIONAL("conditional");

    private final String form;

    Policy(String form) {
      this.form = form;
    }
  }

  private record Keeping(Policy policy, String retryMode) {}

  private final SimulatedCluster cluster;
  private final Map<Keeping, Connection> connections = new HashMap<>();
  private final Connection other;
  private final Connection own;
  private final Set<String> initial;

  /** Tables that the last scenario has changed; null if that is not known. */
  private Set<String> changed;

  /** Creates the tables. */
  ScenarioCluster(SimulatedCluster cluster) throws SQLException {
    this.cluster = cluster;
    cluster.run("CREATE SCHEMA other");
    for (ScenarioTable table : ScenarioTable.values()) {
      cluster.run(table.definition());
    }
    cluster.run(
        "CREATE TABLE side (id int PRIMARY KEY, n int)",
        "CREATE VIEW view_of_numbers AS SELECT id, ver, data FROM numbers");
    other = connect("forUpdate", "off");
    own = connect("forUpdate", "transaction");
    own.setAutoCommit(false);
    reset();
    initial = contents();
    changed = Set.of();
  }

  private Connection connect(String policy, String retryMode) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("lockPolicy", policy);
    properties.setProperty("retryMode", retryMode);
    properties.setProperty("retryBaseDelay", "0ms");
    properties.setProperty(
        "versionColumns",
        Arrays.stream(ScenarioTable.values())
            .map(ScenarioTable::versionColumn)
            .collect(Collectors.joining(",", "view_of_numbers.ver,", "")));
    return cluster.connect(properties);
  }

  private Connection connection(Policy policy, String retryMode) throws SQLException {
    Keeping keeping = new Keeping(policy, retryMode);
    Connection known = connections.get(keeping);
    if (known == null) {
      known = connect(policy.form, retryMode);
      known.setAutoCommit(false);
      connections.put(keeping, known);
    }
    return known;
  }

  Outcome run(Scenario scenario, Policy policy, String retryMode) throws SQLException {
    reset();
    changed = null;
    Outcome outcome = new ScenarioRun(scenario, connection(policy, retryMode), other).run();
    Set<String> now = contents();
    changed = tablesWithout(now);
    return new Outcome(
        outcome.state(), outcome.failure(), outcome.observed(), outcome.interfered(), changes(now));
  }

  private List<String> changes(Set<String> now) {
    List<String> changes = new ArrayList<>();
    now.stream().filter(row -> !initial.contains(row)).forEach(changes::add);
    initial.stream().filter(row -> !now.contains(row)).forEach(row -> changes.add("-" + row));
    return changes;
  }

  /** Those whose rows are not what they were in the beginning. */
  private Set<String> tablesWithout(Set<String> now) {
    Set<String> tables = new HashSet<>();
    for (String change : changes(now)) {
      String row = change.startsWith("-") ? change.substring(1) : change;
      tables.add(row.substring(0, row.indexOf('(')));
    }
    return tables;
  }

  /** The tables that are not as they were in the beginning; all of them if that is not known. */
  private void reset() throws SQLException {
    try (Statement statement = own.createStatement()) {
      for (ScenarioTable table : ScenarioTable.values()) {
        if (isUnchanged(table.sqlName())) {
          continue;
        }
        statement.addBatch("DELETE FROM " + table.sqlName());
        String rows =
            IntStream.rangeClosed(1, ScenarioTable.ROWS)
                .mapToObj(row -> table.rowLiteral(row, table.firstVersion(row), "d" + row))
                .collect(Collectors.joining(", "));
        statement.addBatch("INSERT INTO " + table.sqlName() + " VALUES " + rows);
      }
      if (!isUnchanged(ScenarioTable.SIDE)) {
        statement.addBatch("DELETE FROM side");
        statement.addBatch("INSERT INTO side VALUES (1, 1), (2, 2), (3, 3)");
      }
      statement.executeBatch();
    }
    own.commit();
  }

  private boolean isUnchanged(String table) {
    return changed != null && !changed.contains(table);
  }

  private Set<String> contents() throws SQLException {
    List<String> names = new ArrayList<>();
    for (ScenarioTable table : ScenarioTable.values()) {
      names.add(table.sqlName());
    }
    names.add(ScenarioTable.SIDE);
    String query =
        names.stream()
            .map(name -> "SELECT '" + name + "', t::text FROM " + name + " t")
            .collect(Collectors.joining(" UNION ALL "));
    Set<String> rows = new TreeSet<>();
    try (Statement statement = own.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        rows.add(result.getString(1) + result.getString(2));
      }
    }
    own.commit();
    return rows;
  }

  /** For another beginning, after something has gone wrong on them. */
  void disconnect() throws SQLException {
    for (Connection connection : connections.values()) {
      connection.close();
    }
    connections.clear();
  }

  @Override
  public void close() throws SQLException {
    disconnect();
    other.close();
    own.close();
  }
}
