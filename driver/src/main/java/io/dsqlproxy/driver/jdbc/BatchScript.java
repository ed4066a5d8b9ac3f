package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.ScriptPiece;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One execution of a batch with transaction control: commands about the transaction alone, and what
 * stands between them together. It gives, and fails with, what pgJDBC does. A single-use object,
 * confined to its thread.
 */
final class BatchScript {

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private final Script script;
  private final DsqlStatement owner;
  private final List<ScriptPiece> entries;
  private final long[] counts;
  private int executed;

  /**
   * Nothing is executed yet.
   *
   * @param entries each of them one statement
   */
  BatchScript(Script script, DsqlStatement owner, List<ScriptPiece> entries) {
    this.script = script;
    this.owner = owner;
    this.entries = entries;
    this.counts = new long[entries.size()];
  }

  /** The same counts as JDBC's older method gives them. */
  static int[] ints(long[] counts) {
    return Arrays.stream(counts)
        .mapToInt(c -> c > Integer.MAX_VALUE ? Statement.SUCCESS_NO_INFO : (int) c)
        .toArray();
  }

  /** Executes the entries, and gives their counts. */
  long[] execute() throws SQLException {
    while (executed < entries.size()) {
      executed = executeUntil(endOfRun());
    }
    end();
    return counts;
  }

  private void end() throws SQLException {
    try {
      script.end();
    } catch (SQLException failure) {
      throw ofBatch(failure);
    }
  }

  private int endOfRun() {
    int end = executed + 1;
    if (!entries.get(executed).isControl()) {
      while (end < entries.size() && !entries.get(end).isControl()) {
        end++;
      }
    }
    return end;
  }

  /** Every command about the transaction has the count 0. */
  private int executeUntil(int end) throws SQLException {
    ScriptPiece first = entries.get(executed);
    try {
      if (first.isControl()) {
        script.execute(first, false, owner::plainStatement, s -> s.execute(first.sql()));
      } else {
        List<ScriptPiece> run = entries.subList(executed, end);
        long[] given =
            script.execute(first, false, owner::plainStatement, s -> executeTogether(s, run));
        System.arraycopy(given, 0, counts, executed, given.length);
      }
      return end;
    } catch (SQLException failure) {
      throw ofBatch(failure);
    }
  }

  private static long[] executeTogether(DsqlStatement statement, List<ScriptPiece> run)
      throws SQLException {
    for (ScriptPiece entry : run) {
      statement.addBatch(entry.sql());
    }
    return statement.executeLargeBatch();
  }

  // -------------------- failures

  private SQLException ofBatch(SQLException failure) {
    if (failure instanceof BatchUpdateException ofRun) {
      return ofWhole(ofRun);
    }
    return DsqlExceptions.isOfThisDriver(failure) ? failure : aborted(failure);
  }

  private BatchUpdateException aborted(SQLException failure) {
    BatchUpdateException aborted =
        new BatchUpdateException(
            "Batch entry "
                + executed
                + ' '
                + (executed < entries.size() ? entries.get(executed).sql() : "<unknown>")
                + " was aborted: "
                + failure.getMessage()
                + "  Call getNextException to see other errors in the batch.",
            failure.getSQLState(),
            0,
            nothing(),
            failure);
    aborted.setNextException(failure);
    return aborted;
  }

  /** The number of an entry is that of the whole batch, and so are the counts. */
  private BatchUpdateException ofWhole(BatchUpdateException failure) {
    Matcher number = NUMBER.matcher(failure.getMessage());
    String message =
        number.find()
            ? number.replaceFirst(String.valueOf(executed + Integer.parseInt(number.group())))
            : failure.getMessage();
    long[] all = nothing();
    long[] ofRun = failure.getLargeUpdateCounts();
    System.arraycopy(ofRun, 0, all, executed, Math.min(ofRun.length, all.length - executed));
    BatchUpdateException whole =
        new BatchUpdateException(message, failure.getSQLState(), 0, all, failure.getCause());
    if (failure.getNextException() != null) {
      whole.setNextException(failure.getNextException());
    }
    return whole;
  }

  /** As far as pgJDBC tells, nothing was executed. */
  private long[] nothing() {
    long[] all = new long[entries.size()];
    Arrays.fill(all, Statement.EXECUTE_FAILED);
    return all;
  }
}
