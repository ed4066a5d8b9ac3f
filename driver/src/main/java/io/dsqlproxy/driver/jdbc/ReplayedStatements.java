package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.journal.StatementUnit;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The statements that were executed in replays instead of one of the application's, which reports
 * from the last of them until it is executed again. As safe for use by many threads as the
 * application's statement.
 */
final class ReplayedStatements {

  private final List<Statement> earlier = new ArrayList<>(0);
  private volatile Statement last;

  /** What the application's statement reports from; null if that is its own. */
  Statement last() {
    return last;
  }

  /**
   * From now on it reports from this one. Earlier ones are closed when no result of the execution
   * needs them.
   */
  void reportFrom(Statement other, StatementUnit<?> unit) throws SQLException {
    Statement before = last;
    last = other;
    if (before != null && before != other) {
      earlier.add(before);
    }
    for (Iterator<Statement> all = earlier.iterator(); all.hasNext(); ) {
      Statement statement = all.next();
      if (!unit.isReadFrom(statement)) {
        all.remove();
        statement.close();
      }
    }
  }

  /** The application's statement reports from its own again, and nobody reads these results. */
  void close() throws SQLException {
    Statement before = last;
    if (before == null) {
      return;
    }
    last = null;
    try {
      for (Statement statement : earlier) {
        statement.close();
      }
    } finally {
      earlier.clear();
      before.close();
    }
  }
}
