package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsqlproxy.simulator.fault.FaultScript;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.postgresql.util.PSQLException;

/** A simulator with one table, {@code item}, for the tests of faults. */
final class FaultyServer implements AutoCloseable {

  private final DsqlSimulator simulator;

  FaultyServer(DsqlSimulator simulator) throws SQLException {
    this.simulator = simulator;
    execute("CREATE TABLE item (id int PRIMARY KEY, name text)");
  }

  DsqlSimulator simulator() {
    return simulator;
  }

  FaultScript faults() {
    return simulator.faults();
  }

  Connection open() throws SQLException {
    return Sessions.open(simulator);
  }

  /** {@code settings} are names and values in turn. */
  Connection open(String... settings) throws SQLException {
    Properties properties = Sessions.properties(simulator, "admin", simulator.token("admin"));
    for (int i = 0; i < settings.length; i += 2) {
      properties.setProperty(settings[i], settings[i + 1]);
    }
    return DriverManager.getConnection(Sessions.url(simulator), properties);
  }

  /** Without faults, log and rows. */
  void reset() throws SQLException {
    faults().clear();
    execute("DELETE FROM item");
  }

  /** The rows that are committed, as another session sees them. */
  List<Integer> items() throws SQLException {
    try (Connection connection = open()) {
      return ints(connection, "SELECT id FROM item ORDER BY id");
    }
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = open()) {
      execute(connection, sql);
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static List<Integer> ints(Connection connection, String sql) throws SQLException {
    List<Integer> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getInt(1));
      }
    }
    return values;
  }

  static void assertFails(String sqlState, String words, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(sqlState))
        .hasMessageContaining(words);
  }

  /** The client learns nothing from the server, not even an error. */
  static void assertCut(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PSQLException.class,
            e -> {
              assertThat(e.getServerErrorMessage()).isNull();
              assertThat(e.getSQLState()).startsWith("08");
            });
  }

  @Override
  public void close() {
    simulator.close();
  }
}
