package io.dsqlproxy.frameworks;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * An application that ends transactions in every way, whether or not their statements have failed,
 * and goes on after each failure. It works with the rows 1 and 2 of a table {@code item}.
 * Stateless.
 */
final class RandomEnds {

  private static final int STEPS = 25;

  private static final String UPDATE = "UPDATE item SET value = value + 1 WHERE id = 1";
  private static final String DUPLICATE = "INSERT INTO item VALUES (1, 0)";

  /** What is done with a connection, and what that gives. */
  @FunctionalInterface
  private interface Step {
    String take(Connection connection) throws SQLException;
  }

  private static final List<Step> ANY =
      List.of(
          text(UPDATE),
          text(DUPLICATE),
          text("SELEC 1"),
          text("SELECT sum(value) FROM item"),
          text("BEGIN"),
          text("COMMIT"),
          text("END"),
          text("ROLLBACK"),
          text(UPDATE + "; COMMIT"),
          text("COMMIT; " + UPDATE),
          text(DUPLICATE + "; COMMIT"),
          prepared("UPDATE item SET value = value + 10 WHERE id = 2"),
          prepared(DUPLICATE),
          prepared("commit work"),
          batch(UPDATE, UPDATE),
          batch(UPDATE, DUPLICATE, UPDATE),
          batch(UPDATE, "COMMIT", UPDATE),
          method(Connection::commit),
          method(Connection::commit),
          method(Connection::rollback),
          method(connection -> connection.setAutoCommit(true)),
          method(connection -> connection.setAutoCommit(false)),
          method(connection -> connection.setAutoCommit(false)));

  private RandomEnds() {}

  /** The number of each step with its outcome, and at last whether autocommit is on. */
  static List<String> outcomes(Connection connection, long seed) throws SQLException {
    Random random = new Random(seed);
    List<String> outcomes = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      int step = random.nextInt(ANY.size());
      outcomes.add(step + ": " + outcome(ANY.get(step), connection));
    }
    outcomes.add("autocommit " + connection.getAutoCommit());
    return outcomes;
  }

  private static String outcome(Step step, Connection connection) {
    try {
      return step.take(connection);
    } catch (BatchUpdateException failure) {
      return failure.getSQLState() + ' ' + Arrays.toString(failure.getUpdateCounts());
    } catch (SQLException failure) {
      return failure.getSQLState();
    }
  }

  private static Step text(String sql) {
    return connection -> {
      try (Statement statement = connection.createStatement()) {
        if (!statement.execute(sql)) {
          return "count " + statement.getUpdateCount();
        }
        try (ResultSet rows = statement.getResultSet()) {
          return "row " + rows.next() + ' ' + rows.getString(1);
        }
      }
    };
  }

  private static Step prepared(String sql) {
    return connection -> {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        return statement.execute() + " " + statement.getUpdateCount();
      }
    };
  }

  private static Step batch(String... texts) {
    return connection -> {
      try (Statement statement = connection.createStatement()) {
        for (String sql : texts) {
          statement.addBatch(sql);
        }
        return Arrays.toString(statement.executeBatch());
      }
    };
  }

  /** A method without a result. */
  @FunctionalInterface
  private interface Call {
    void on(Connection connection) throws SQLException;
  }

  private static Step method(Call call) {
    return connection -> {
      call.on(connection);
      return "done";
    };
  }
}
