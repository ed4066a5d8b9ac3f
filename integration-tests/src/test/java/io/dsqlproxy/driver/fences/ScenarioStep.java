package io.dsqlproxy.driver.fences;

import java.util.List;

/**
 * One statement of a scenario's transaction. Immutable.
 *
 * @param kind what is done
 * @param sql its text
 * @param prepared whether it is a prepared statement
 * @param parameters of the prepared statement; of a batch, those of each entry one behind another
 * @param entries how many entries a batch has; 1 otherwise
 * @param reading how the rows of a query are read
 */
record ScenarioStep(
    Kind kind,
    String sql,
    boolean prepared,
    List<SqlValue> parameters,
    int entries,
    Reading reading) {

  /** What is done. */
  enum Kind {
    QUERY,
    UPDATE,
    BATCH,
    /** Reads on in the oldest result that is open. */
    READ_ON,
    SETTING,
    SAVEPOINT,
    ROLLBACK_TO
  }

  /** How a query's result is read. */
  enum Reading {
    ALL,
    /** With {@code execute()}. */
    ALL_OF_EXECUTE,
    FIRST_THEN_CLOSE,
    FIRST_AND_STAY_OPEN,
    NOTHING,
    SCROLLING,
    UPDATABLE,
    FETCHING_ONE_BY_ONE,
    /** Not more than one row. */
    CUT_OFF
  }

  /** Something without a text of its own. */
  static ScenarioStep of(Kind kind, String sql) {
    return new ScenarioStep(kind, sql, false, List.of(), 1, Reading.ALL);
  }

  boolean mayWrite() {
    return kind == Kind.UPDATE || kind == Kind.BATCH || reading == Reading.UPDATABLE;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(kind).append(' ').append(sql);
    if (prepared) {
      text.append("  ").append(parameters.stream().map(SqlValue::literal).toList());
    }
    if (kind == Kind.BATCH) {
      text.append(" in ").append(entries).append(" entries");
    }
    return reading == Reading.ALL ? text.toString() : text + "  " + reading;
  }
}
