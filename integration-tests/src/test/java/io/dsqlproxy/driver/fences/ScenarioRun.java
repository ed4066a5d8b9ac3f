package io.dsqlproxy.driver.fences;

import io.dsqlproxy.driver.fences.ScenarioStep.Kind;
import io.dsqlproxy.driver.fences.ScenarioStep.Reading;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** One run of a scenario, on one thread: nothing of it waits for anything. */
final class ScenarioRun {

  /** Stands between the statements of a batch. */
  static final String BETWEEN_ENTRIES = "; ";

  /** What is told where there is no row; an updatable result then is no write. */
  static final String END = "end";

  private final Scenario scenario;
  private final Connection connection;
  private final Connection other;
  private final List<String> observed = new ArrayList<>();
  private final List<Statement> statements = new ArrayList<>();
  private final Deque<ResultSet> open = new ArrayDeque<>();
  private Savepoint savepoint;
  private boolean interfered;

  /** A run that has not begun; neither connection has a transaction. */
  ScenarioRun(Scenario scenario, Connection connection, Connection other) {
    this.scenario = scenario;
    this.connection = connection;
    this.other = other;
  }

  /** Runs it; the contents of the tables are not known yet. */
  Outcome run() throws SQLException {
    String state = Outcome.COMMITTED;
    String failure = null;
    try {
      runSteps();
      interfereAt(scenario.steps().size());
      connection.commit();
    } catch (SQLException e) {
      state = e.getSQLState();
      failure = e.toString();
      connection.rollback();
    }
    for (Statement statement : statements) {
      statement.close();
    }
    if (scenario.changesSettings()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("RESET search_path");
        statement.execute("RESET TIME ZONE");
      }
      connection.commit();
    }
    return new Outcome(state, failure, observed, interfered, List.of());
  }

  /** An error in what will be undone ends only that. */
  private void runSteps() throws SQLException {
    boolean[] undone = scenario.undone();
    boolean failed = false;
    for (int i = 0; i < scenario.steps().size(); i++) {
      interfereAt(i);
      ScenarioStep step = scenario.steps().get(i);
      if (!undone[i]) {
        observed.add(execute(step));
      } else if (step.kind() == Kind.ROLLBACK_TO) {
        failed = false;
        execute(step);
      } else if (!failed) {
        failed = failsToExecute(step);
      }
    }
  }

  private boolean failsToExecute(ScenarioStep step) throws SQLException {
    try {
      execute(step);
      return false;
    } catch (SQLException e) {
      if (e.getSQLState().equals(Outcome.CONFLICT)) {
        throw e;
      }
      return true;
    }
  }

  private void interfereAt(int step) {
    if (step != scenario.moment()) {
      return;
    }
    try (Statement statement = other.createStatement()) {
      statement.executeUpdate(scenario.interference());
      interfered = true;
    } catch (SQLException madeNoWay) {
      interfered = false;
    }
  }

  private String execute(ScenarioStep step) throws SQLException {
    return switch (step.kind()) {
      case QUERY -> query(step);
      case UPDATE -> update(step);
      case BATCH -> batch(step);
      case READ_ON -> readOn();
      case SETTING -> {
        Statement statement = statement();
        yield "set: " + statement.execute(step.sql());
      }
      case SAVEPOINT -> {
        savepoint = connection.setSavepoint();
        yield "";
      }
      case ROLLBACK_TO -> {
        connection.rollback(savepoint);
        yield "";
      }
    };
  }

  private Statement statement() throws SQLException {
    Statement statement = connection.createStatement();
    statements.add(statement);
    return statement;
  }

  // -------------------- queries

  private String query(ScenarioStep step) throws SQLException {
    int type =
        step.reading() == Reading.SCROLLING
            ? ResultSet.TYPE_SCROLL_INSENSITIVE
            : ResultSet.TYPE_FORWARD_ONLY;
    int concurrency =
        step.reading() == Reading.UPDATABLE
            ? ResultSet.CONCUR_UPDATABLE
            : ResultSet.CONCUR_READ_ONLY;
    Statement statement =
        step.prepared()
            ? connection.prepareStatement(step.sql(), type, concurrency)
            : connection.createStatement(type, concurrency);
    statements.add(statement);
    if (step.reading() == Reading.FETCHING_ONE_BY_ONE) {
      statement.setFetchSize(1);
    }
    if (step.reading() == Reading.CUT_OFF) {
      statement.setMaxRows(1);
    }
    bind(step, statement, 0);
    return read(step, result(step, statement));
  }

  private static ResultSet result(ScenarioStep step, Statement statement) throws SQLException {
    if (step.reading() == Reading.ALL_OF_EXECUTE) {
      boolean hasRows =
          statement instanceof PreparedStatement prepared
              ? prepared.execute()
              : statement.execute(step.sql());
      return hasRows ? statement.getResultSet() : null;
    }
    return statement instanceof PreparedStatement prepared
        ? prepared.executeQuery()
        : statement.executeQuery(step.sql());
  }

  private String read(ScenarioStep step, ResultSet rows) throws SQLException {
    switch (step.reading()) {
      case NOTHING -> {
        return "";
      }
      case FIRST_AND_STAY_OPEN -> {
        open.add(rows);
        return next(rows);
      }
      case FIRST_THEN_CLOSE -> {
        String first = next(rows);
        rows.close();
        return first;
      }
      case UPDATABLE -> {
        String first = next(rows);
        if (!first.equals(END)) {
          rows.updateString("data", "mine");
          rows.updateRow();
        }
        return first;
      }
      default -> {
        return all(rows, step.sql().contains("ORDER BY"));
      }
    }
  }

  private static String next(ResultSet rows) throws SQLException {
    return rows.next() ? row(rows) : END;
  }

  private static String row(ResultSet rows) throws SQLException {
    List<String> values = new ArrayList<>();
    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
      values.add(rows.getString(i));
    }
    return values.toString();
  }

  private static String all(ResultSet rows, boolean ordered) throws SQLException {
    List<String> all = new ArrayList<>();
    while (rows.next()) {
      all.add(row(rows));
    }
    if (!ordered) {
      Collections.sort(all);
    }
    rows.close();
    return all.toString();
  }

  private String readOn() throws SQLException {
    ResultSet rows = open.peek();
    if (rows == null) {
      return "";
    }
    String row = next(rows);
    if (row.equals(END)) {
      open.remove();
    }
    return row;
  }

  // -------------------- writes

  private static void bind(ScenarioStep step, Statement statement, int entry) throws SQLException {
    if (statement instanceof PreparedStatement prepared) {
      int number = step.parameters().size() / step.entries();
      for (int i = 0; i < number; i++) {
        step.parameters().get(entry * number + i).bindTo(prepared, i + 1);
      }
    }
  }

  private String update(ScenarioStep step) throws SQLException {
    Statement statement =
        step.prepared() ? connection.prepareStatement(step.sql()) : connection.createStatement();
    statements.add(statement);
    bind(step, statement, 0);
    if (step.reading() == Reading.ALL_OF_EXECUTE) {
      ResultSet rows = result(step, statement);
      return rows == null ? "count " + statement.getUpdateCount() : all(rows, false);
    }
    if (step.sql().contains("RETURNING")) {
      return all(result(step, statement), false);
    }
    int count =
        statement instanceof PreparedStatement prepared
            ? prepared.executeUpdate()
            : statement.executeUpdate(step.sql());
    return "count " + count;
  }

  private String batch(ScenarioStep step) throws SQLException {
    Statement statement =
        step.prepared() ? connection.prepareStatement(step.sql()) : connection.createStatement();
    statements.add(statement);
    if (statement instanceof PreparedStatement prepared) {
      for (int i = 0; i < step.entries(); i++) {
        bind(step, statement, i);
        prepared.addBatch();
      }
    } else {
      for (String entry : step.sql().split(BETWEEN_ENTRIES)) {
        statement.addBatch(entry);
      }
    }
    return "counts " + Arrays.toString(statement.executeBatch());
  }
}
