package io.dsqlproxy.driver.jdbc;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/**
 * A random sequence of calls on one result set, with places where the transaction may be replayed.
 * Immutable once made.
 */
final class ResultWalk {

  static final String QUERY = "SELECT id, a, b, c FROM walked ORDER BY id";

  private static final int STEPS = 40;

  private final int type;
  private final int concurrency;
  private final int fetchSize;
  private final boolean prepared;
  private final boolean inserting;
  private final Random random;
  private final List<Step> steps = new ArrayList<>();
  private boolean changed;

  ResultWalk(long seed) {
    random = new Random(seed);
    boolean forward = random.nextBoolean();
    type = forward ? ResultSet.TYPE_FORWARD_ONLY : ResultSet.TYPE_SCROLL_INSENSITIVE;
    concurrency = random.nextBoolean() ? ResultSet.CONCUR_UPDATABLE : ResultSet.CONCUR_READ_ONLY;
    fetchSize = random.nextInt(4);
    prepared = random.nextBoolean();
    inserting = fetchSize == 0 && random.nextBoolean();
    while (steps.size() < STEPS) {
      add(forward);
    }
  }

  @FunctionalInterface
  private interface Call {
    Object on(ResultSet rows) throws SQLException;
  }

  @FunctionalInterface
  interface Replay {
    void run() throws SQLException;
  }

  /**
   * A step.
   *
   * @param call null for a replay
   */
  private record Step(String name, Call call) {}

  private void step(String name, Call call) {
    steps.add(new Step(name, call));
  }

  // -------------------- which steps

  private void add(boolean forward) {
    switch (random.nextInt(10)) {
      case 0, 1 -> replay();
      case 2, 3 -> move(forward);
      case 4, 5, 6 -> read();
      case 7 -> ask();
      case 8 -> set();
      default -> edit(forward);
    }
  }

  private void replay() {
    if (!changed) {
      steps.add(new Step("replay", null));
    }
  }

  private void move(boolean forward) {
    int n = random.nextInt(13) - 6;
    switch (forward ? 0 : random.nextInt(9)) {
      case 1 -> step("previous", ResultSet::previous);
      case 2 -> step("absolute " + n, rows -> rows.absolute(n));
      case 3 -> step("relative " + n / 2, rows -> rows.relative(n / 2));
      case 4 -> step("first", ResultSet::first);
      case 5 -> step("last", ResultSet::last);
      case 6 ->
          step(
              "beforeFirst",
              rows -> {
                rows.beforeFirst();
                return null;
              });
      case 7 ->
          step(
              "afterLast",
              rows -> {
                rows.afterLast();
                return null;
              });
      default -> step("next", ResultSet::next);
    }
  }

  private void read() {
    int column = 1 + random.nextInt(4);
    String label = List.of("id", "a", "b", "c").get(column - 1);
    switch (random.nextInt(6)) {
      case 0 -> step("getString " + column, rows -> rows.getString(column));
      case 1 -> step("getString " + label, rows -> rows.getString(label));
      case 2 -> step("getObject " + column, rows -> String.valueOf(rows.getObject(column)));
      case 3 -> step("getObject b", rows -> rows.getObject("b", String.class));
      case 4 -> step("getInt " + column, rows -> rows.getInt(column));
      default -> step("stream " + column, rows -> text(rows.getCharacterStream(column)));
    }
    if (random.nextBoolean()) {
      step("wasNull", ResultSet::wasNull);
    }
  }

  private static String text(Reader reader) {
    try {
      return reader == null ? null : "read " + reader.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void ask() {
    switch (random.nextInt(11)) {
      case 0 -> step("getRow", ResultSet::getRow);
      case 1 -> step("isFirst", ResultSet::isFirst);
      case 2 -> step("isLast", ResultSet::isLast);
      case 3 -> step("isBeforeFirst", ResultSet::isBeforeFirst);
      case 4 -> step("isAfterLast", ResultSet::isAfterLast);
      case 5 -> step("getFetchSize", ResultSet::getFetchSize);
      case 6 -> step("getFetchDirection", ResultSet::getFetchDirection);
      case 7 -> step("getWarnings", rows -> rows.getWarnings() == null);
      case 8 -> step("columns", rows -> rows.getMetaData().getColumnLabel(2));
      case 9 -> step("same result", rows -> rows.getStatement().getResultSet() == rows);
      default -> step("wasNull", ResultSet::wasNull);
    }
  }

  private void set() {
    int n = random.nextInt(4);
    if (random.nextBoolean()) {
      step(
          "setFetchSize " + n,
          rows -> {
            rows.setFetchSize(n);
            return null;
          });
    } else {
      step(
          "setFetchDirection " + n,
          rows -> {
            rows.setFetchDirection(ResultSet.FETCH_FORWARD + n);
            return null;
          });
    }
  }

  private void edit(boolean forward) {
    int n = random.nextInt(100);
    if (forward) {
      editForward(n);
      return;
    }
    switch (random.nextInt(steps.size() < STEPS / 2 ? 5 : 9)) {
      case 0 -> steps.add(setA(n));
      case 1 -> action("updateString", rows -> rows.updateString("c", "c" + n));
      case 2 -> action("updateNull", rows -> rows.updateNull(2));
      case 3 -> action("moveToInsertRow", ResultSet::moveToInsertRow);
      case 4 -> action("moveToCurrentRow", ResultSet::moveToCurrentRow);
      case 5 -> change("updateRow", ResultSet::updateRow);
      case 6 -> change("deleteRow", ResultSet::deleteRow);
      case 7 -> {
        action("moveToInsertRow", ResultSet::moveToInsertRow);
        action("updateInt 1", rows -> rows.updateInt(1, 100 + n));
        change("insertRow", ResultSet::insertRow);
      }
      default -> action("cancelRowUpdates", ResultSet::cancelRowUpdates);
    }
  }

  /**
   * pgJDBC keeps what was set on a row that was left: after a replay that is an error here. Where
   * it shows a row that was inserted depends on which rows it has fetched. Both in one walk would
   * be an error too, if a replay came between.
   */
  private void editForward(int n) {
    if (!inserting) {
      steps.add(setA(n));
      replay();
      change("updateRow", ResultSet::updateRow);
      action("cancelRowUpdates", ResultSet::cancelRowUpdates);
    } else {
      action("moveToInsertRow", ResultSet::moveToInsertRow);
      action("updateInt 1", rows -> rows.updateInt(1, 100 + n));
      step("next", ResultSet::next);
      change("insertRow", ResultSet::insertRow);
      action("moveToCurrentRow", ResultSet::moveToCurrentRow);
    }
  }

  private static Step setA(int n) {
    return new Step(
        "updateInt a",
        rows -> {
          rows.updateInt("a", n);
          return null;
        });
  }

  @FunctionalInterface
  private interface Action {
    void on(ResultSet rows) throws SQLException;
  }

  private void action(String name, Action action) {
    step(
        name,
        rows -> {
          action.on(rows);
          return null;
        });
  }

  private void change(String name, Action action) {
    changed = true;
    action(name, action);
  }

  // -------------------- the walk

  /** What each call gives, or how it fails, and what is in the table then. */
  List<String> answers(Connection connection, Replay replay) throws SQLException {
    List<String> answers = new ArrayList<>();
    try (Statement statement =
        prepared
            ? connection.prepareStatement(QUERY, type, concurrency)
            : connection.createStatement(type, concurrency)) {
      statement.setFetchSize(fetchSize);
      ResultSet rows =
          statement instanceof PreparedStatement query
              ? query.executeQuery()
              : statement.executeQuery(QUERY);
      for (Step step : steps) {
        if (step.call() == null) {
          replay.run();
        } else {
          answers.add(step.name() + ": " + answer(step.call(), rows));
        }
      }
    }
    return answers;
  }

  private static String answer(Call call, ResultSet rows) {
    try {
      return Objects.toString(call.on(rows));
    } catch (SQLException failure) {
      return "SQLSTATE " + failure.getSQLState();
    } catch (RuntimeException defectOfPgjdbc) {
      return defectOfPgjdbc.getClass().getName();
    }
  }

  @Override
  public String toString() {
    return "type "
        + type
        + ", concurrency "
        + concurrency
        + ", fetch size "
        + fetchSize
        + (prepared ? ", prepared: " : ": ")
        + steps.stream().map(Step::name).toList();
  }
}
