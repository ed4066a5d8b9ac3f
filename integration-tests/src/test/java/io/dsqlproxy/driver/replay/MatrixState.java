package io.dsqlproxy.driver.replay;

import java.util.Map;
import java.util.TreeMap;

/**
 * A model of what the tables hold: a number for each row, named by its table and id. Not safe for
 * use by several threads at once.
 */
final class MatrixState {

  private final Map<String, Integer> rows;

  private MatrixState(Map<String, Integer> rows) {
    this.rows = new TreeMap<>(rows);
  }

  static MatrixState of(Map<String, Integer> rows) {
    return new MatrixState(rows);
  }

  /** The table of a row, as SQL names it. */
  static String tableOf(String row) {
    return row.startsWith("second ") ? "second.account" : row.substring(0, row.indexOf(' '));
  }

  /** The id of a row. */
  static String idOf(String row) {
    return row.substring(row.indexOf(' ') + 1);
  }

  MatrixState copy() {
    return new MatrixState(rows);
  }

  boolean has(String row) {
    return rows.containsKey(row);
  }

  int get(String row) {
    return rows.get(row);
  }

  void put(String row, int value) {
    rows.put(row, value);
  }

  /** Adds to a row; does nothing if it is not there, as UPDATE would. */
  void add(String row, int more) {
    rows.computeIfPresent(row, (name, value) -> value + more);
  }

  Map<String, Integer> rows() {
    return rows;
  }

  /**
   * What another transaction does to one row of {@code account} or {@code second}. Immutable.
   *
   * @param row null if it does nothing
   */
  record Change(String row, Effect effect) {

    private static final int MORE = 1000;

    static final Change NONE = new Change(null, Effect.ADDS);

    static Change adds(String row) {
      return new Change(row, Effect.ADDS);
    }

    static Change negates(String row) {
      return new Change(row, Effect.NEGATES);
    }

    static Change deletes(String row) {
      return new Change(row, Effect.DELETES);
    }

    void apply(MatrixState state) {
      if (row == null) {
        return;
      }
      switch (effect) {
        case ADDS -> state.add(row, MORE);
        case NEGATES -> state.put(row, -state.get(row));
        case DELETES -> state.rows.remove(row);
      }
    }

    String sql() {
      String table = tableOf(row);
      String condition = " WHERE id = " + idOf(row);
      return switch (effect) {
        case ADDS -> "UPDATE " + table + " SET balance = balance + " + MORE + condition;
        case NEGATES -> "UPDATE " + table + " SET balance = -balance" + condition;
        case DELETES -> "DELETE FROM " + table + condition;
      };
    }

    private enum Effect {
      ADDS,
      NEGATES,
      DELETES
    }
  }
}
