package io.dsqlproxy.driver.journal;

import java.sql.BatchUpdateException;
import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.postgresql.core.BaseConnection;

/**
 * Executions of one prepared statement that stand side by side in a journal and gave nothing but an
 * update count. A replay sends them as one batch, in one round trip instead of one for each. The
 * same outcome is that each has its update count. Confined to the thread that replays.
 */
final class EqualUpdates {

  private final List<StatementUnit<?>> units;
  private int verified;

  private EqualUpdates(List<StatementUnit<?>> units) {
    this.units = units;
  }

  /** Those that begin at a place; one or none is no batch. */
  static EqualUpdates from(List<Unit> all, int first) throws SQLException {
    int end = first;
    while (end < all.size() && continues(all, first, end)) {
      end++;
    }
    return new EqualUpdates(
        all.subList(first, end).stream().<StatementUnit<?>>map(StatementUnit.class::cast).toList());
  }

  /** The last execution of a statement is what it reports about, and is executed alone. */
  private static boolean continues(List<Unit> all, int first, int index) throws SQLException {
    return all.get(index) instanceof StatementUnit<?> unit
        && unit.expectedCount() >= 0
        && !unit.invocation().origin().reportsOn(unit)
        && (index == first || unit.executesLike((StatementUnit<?>) all.get(first)));
  }

  int size() {
    return units.size();
  }

  /** How many have had their outcome again. */
  int verified() {
    return verified;
  }

  /** Whether they can be one batch, with a count for each: pgJDBC may make one INSERT of many. */
  boolean areABatch(Rerun rerun) throws SQLException {
    if (units.size() < 2) {
      return false;
    }
    Statement statement = rerun.statementFor(units.get(0));
    return statement instanceof PreparedStatement
        && !(statement instanceof CallableStatement)
        && !statement
            .getConnection()
            .unwrap(BaseConnection.class)
            .getQueryExecutor()
            .isReWriteBatchedInsertsEnabled();
  }

  void replay(Rerun rerun) throws SQLException, OutcomeDiffers {
    PreparedStatement statement = (PreparedStatement) rerun.statementFor(units.get(0));
    for (StatementUnit<?> unit : units) {
      unit.prepare(statement);
      statement.addBatch();
    }
    for (long count : executed(statement)) {
      long expected = units.get(verified).expectedCount();
      if (count != expected) {
        throw new OutcomeDiffers("its update count was " + expected + " and is " + count);
      }
      verified++;
    }
  }

  /** pgJDBC's message about a batch holds the values of its parameters. */
  private static long[] executed(PreparedStatement statement) throws SQLException {
    try {
      return statement.executeLargeBatch();
    } catch (BatchUpdateException failure) {
      throw failure.getNextException() == null ? failure : failure.getNextException();
    }
  }
}
