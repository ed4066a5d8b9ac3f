package io.dsqlproxy.hermitage;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a scenario, one step after the other, with a connection for each of its sessions. */
final class SteppedSessions implements AutoCloseable {

  /** How long a step may take that waits for nobody, on a machine that is busy. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Opener opener;
  private final Duration patience;
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final Map<Integer, Connection> connections = new HashMap<>();

  SteppedSessions(Opener opener) {
    this(opener, PATIENCE);
  }

  SteppedSessions(Opener opener, Duration patience) {
    this.opener = opener;
    this.patience = patience;
  }

  /** Opens a connection. */
  @FunctionalInterface
  interface Opener {
    Connection open() throws SQLException;
  }

  /** What each step got to see. A step that waits for another session is an error. */
  List<String> run(Scenario scenario, Reading reading) throws Exception {
    try (Statement statement = connection(0).createStatement()) {
      for (String sql : Hermitage.SETUP) {
        statement.execute(sql);
      }
    }
    List<String> outcomes = new ArrayList<>();
    for (Step step : scenario.steps()) {
      connection(step.session());
      var running = executor.submit(() -> outcome(step, reading));
      try {
        outcomes.add(running.get(patience.toMillis(), TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        throw new AssertionError(scenario + ": this step waits for another session: " + step, e);
      } catch (ExecutionException e) {
        throw new AssertionError(scenario + ": " + step, e);
      }
    }
    return outcomes;
  }

  private Connection connection(int session) throws SQLException {
    Connection connection = connections.get(session);
    if (connection == null) {
      connection = opener.open();
      connection.setAutoCommit(session == 0);
      connections.put(session, connection);
    }
    return connection;
  }

  private String outcome(Step step, Reading reading) {
    Connection connection = connections.get(step.session());
    try {
      return switch (step.kind()) {
        case READ -> rows(connection, step.text(reading));
        case WRITE -> update(connection, step.text(reading)) + " written";
        case COMMIT -> {
          connection.commit();
          yield Step.OK;
        }
        case ROLLBACK -> {
          connection.rollback();
          yield Step.OK;
        }
      };
    } catch (SQLException e) {
      return step.kind() == Step.Kind.COMMIT ? e.getSQLState() : e.getSQLState() + " too early";
    }
  }

  private static int update(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  private static String rows(Connection connection, String query) throws SQLException {
    List<String> seen = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        seen.add(rows.getInt(1) + "=>" + rows.getInt(2));
      }
    }
    Collections.sort(seen);
    return String.join(" ", seen);
  }

  /** Ends the sessions, a step that still waits included. */
  @Override
  public void close() throws SQLException {
    executor.shutdownNow();
    for (Connection connection : connections.values()) {
      connection.abort(Runnable::run);
    }
  }
}
