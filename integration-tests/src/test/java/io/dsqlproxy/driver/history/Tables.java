package io.dsqlproxy.driver.history;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.simulator.DsqlSimulator;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** The tables of the runs, made and read without the driver under test. Stateless. */
final class Tables {

  private Tables() {}

  static void create(DsqlSimulator simulator) throws SQLException {
    run(
        simulator,
        "CREATE TABLE register (id int PRIMARY KEY, trail text NOT NULL)",
        "CREATE TABLE slot (id int PRIMARY KEY, trail text NOT NULL)",
        "CREATE TABLE grave (slot int, generation int, trail text NOT NULL,"
            + " PRIMARY KEY (slot, generation))",
        "CREATE TABLE entry (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), token text NOT NULL)");
  }

  /** As it is before a run. */
  static void reset(DsqlSimulator simulator) throws SQLException {
    run(
        simulator,
        "DELETE FROM register",
        "DELETE FROM slot",
        "DELETE FROM grave",
        "DELETE FROM entry",
        "INSERT INTO register SELECT n, '' FROM generate_series(1, "
            + PlanGenerator.REGISTERS
            + ") n");
  }

  private static void run(DsqlSimulator simulator, String... statements) throws SQLException {
    try (Connection connection = simulator.connect()) {
      SimulatedCluster.run(connection, statements);
    }
  }

  /** The last version of each row. */
  static Map<Key, Trail> left(DsqlSimulator simulator) throws SQLException {
    Map<Key, Trail> left = new HashMap<>();
    try (Connection connection = simulator.connect();
        Statement statement = connection.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT 'register', id, trail FROM register"
                  + " UNION ALL SELECT 'slot', slot, trail FROM grave"
                  + " UNION ALL SELECT 'slot', id, trail FROM slot")) {
        while (rows.next()) {
          Trail trail = Trail.parse(rows.getString(3));
          left.merge(new Key(rows.getString(1), rows.getString(2)), trail, Trail::longer);
        }
      }
      try (ResultSet rows = statement.executeQuery("SELECT id, token FROM entry")) {
        while (rows.next()) {
          Trail trail = Trail.parse(rows.getString(2));
          left.put(RegisterSteps.entryId(rows.getString(1)), trail);
          left.merge(RegisterSteps.entry(trail.text()), trail, Trail::then);
        }
      }
    }
    return left;
  }
}
