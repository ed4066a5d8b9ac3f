package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.DsqlExceptions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The results of a script, one after the other over all its pieces, as pgJDBC gives them of a text
 * that it sends as a whole: where generated keys are wanted, they are results among the others, and
 * stand for the update counts. Not safe for use by several threads at once.
 */
final class ScriptResults {

  private final List<Part> parts = new ArrayList<>();
  private int current;

  /** The results of one piece. */
  private static final class Part {
    private final DsqlStatement statement;
    private final boolean keys;
    private boolean rows;

    /**
     * The results of a piece.
     *
     * @param keys whether the generated keys are its only result
     * @param rows whether its current result has rows
     */
    Part(DsqlStatement statement, boolean keys, boolean rows) {
      this.statement = statement;
      this.keys = keys;
      this.rows = rows || keys;
    }

    boolean next(int whatBecomesOfThis) throws SQLException {
      if (keys) {
        if (whatBecomesOfThis != Statement.KEEP_CURRENT_RESULT) {
          statement.getGeneratedKeys().close();
        }
        return false;
      }
      rows = statement.getMoreResults(whatBecomesOfThis);
      return hasResult();
    }

    boolean hasResult() throws SQLException {
      return rows || statement.getLargeUpdateCount() != -1;
    }
  }

  /**
   * Adds the results of the next piece.
   *
   * @param statement that has executed it, and is at its first result
   * @param rows whether the first result has rows
   * @return whether the first result has rows, or there are generated keys
   */
  boolean add(DsqlStatement statement, boolean rows) throws SQLException {
    Part part = new Part(statement, hasKeys(statement.delegate()), rows);
    parts.add(part);
    return part.rows;
  }

  /** Without them pgJDBC gives a result without columns. */
  private static boolean hasKeys(Statement executed) throws SQLException {
    return executed.getGeneratedKeys().getMetaData().getColumnCount() > 0;
  }

  // -------------------- one after the other

  /** Goes to the first result, and tells whether it has rows. */
  boolean toFirst() throws SQLException {
    return arriveAt(0);
  }

  private boolean arriveAt(int index) throws SQLException {
    current = index;
    while (current < parts.size() && !parts.get(current).hasResult()) {
      current++;
    }
    return isRows();
  }

  private boolean isRows() {
    return current < parts.size() && parts.get(current).rows;
  }

  /** Goes to the next result, and tells whether it has rows. */
  boolean next(int whatBecomesOfThis) throws SQLException {
    boolean rows = false;
    if (current < parts.size()) {
      Part part = parts.get(current);
      rows = part.next(whatBecomesOfThis) ? part.rows : arriveAt(current + 1);
    }
    if (whatBecomesOfThis == Statement.CLOSE_ALL_RESULTS) {
      for (Part part : parts.subList(0, current)) {
        DsqlStatement.closeResultsOf(part.statement);
      }
    }
    return rows;
  }

  // -------------------- the current one

  /** The rows of a text that gives nothing else. As in pgJDBC no script is such a text. */
  ResultSet onlyRows() throws SQLException {
    throw toFirst() ? DsqlExceptions.severalResults() : DsqlExceptions.noRows();
  }

  /** The current result, if it has rows; or null. */
  ResultSet rows() throws SQLException {
    if (!isRows()) {
      return null;
    }
    Part part = parts.get(current);
    return part.keys ? part.statement.getGeneratedKeys() : part.statement.getResultSet();
  }

  /** The current result, if it is a count; or -1. */
  int count() throws SQLException {
    long count = largeCount();
    return count > Integer.MAX_VALUE ? Statement.SUCCESS_NO_INFO : (int) count;
  }

  /** The current result, if it is a count; or -1. */
  long largeCount() throws SQLException {
    return current >= parts.size() || isRows()
        ? -1
        : parts.get(current).statement.getLargeUpdateCount();
  }

  /** The count of the first result. */
  int firstCount() throws SQLException {
    toFirst();
    return count();
  }

  /** The count of the first result. */
  long firstLargeCount() throws SQLException {
    toFirst();
    return largeCount();
  }

  // -------------------- warnings

  /** The warnings of all pieces. */
  SQLWarning warnings() throws SQLException {
    SQLWarning first = null;
    for (Part part : parts) {
      SQLWarning warning = part.statement.getWarnings();
      if (first == null) {
        first = warning;
      } else if (warning != null && !isIn(first, warning)) {
        first.setNextWarning(warning);
      }
    }
    return first;
  }

  private static boolean isIn(SQLWarning chain, SQLWarning warning) {
    for (SQLWarning each = chain; each != null; each = each.getNextWarning()) {
      if (each == warning) {
        return true;
      }
    }
    return false;
  }

  void clearWarnings() throws SQLException {
    for (Part part : parts) {
      part.statement.clearWarnings();
    }
  }
}
