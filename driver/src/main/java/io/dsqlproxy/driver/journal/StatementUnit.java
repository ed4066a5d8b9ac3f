package io.dsqlproxy.driver.journal;

import io.dsqlproxy.rewriter.PlannedForm;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * An execution of a statement. What the same outcome is depends on what the application was given;
 * results that it went on to, and generated keys that it read, are compared for all of them, and so
 * is the SQLSTATE of an execution that failed and left the transaction open. Not safe for use by
 * several threads at once.
 *
 * @param <T> what the application was given
 */
public abstract class StatementUnit<T> extends Unit {

  private static final int OWN_BYTES = 160;

  private final Invocation<T> invocation;
  private final long bytesKept;
  private String failedWith;
  private List<RowsRead> keys;
  private List<FurtherResult> further;
  private boolean released;

  StatementUnit(Invocation<T> invocation) {
    this.invocation = invocation;
    this.bytesKept = invocation.origin().bytesKept(invocation.form().sql());
  }

  /** The execution failed with this SQLSTATE, and the transaction is open. */
  public final StatementUnit<T> failedWith(String sqlState) {
    failedWith = String.valueOf(sqlState);
    return this;
  }

  /** Compares what the application was given with what another execution gives. */
  abstract void compare(Statement statement, T again) throws SQLException, OutcomeDiffers;

  /** The first result's rows; null if it has none. */
  public abstract RowsRead rows();

  /** The update count, if it is all that is compared; else -1. */
  final long expectedCount() {
    return failedWith == null && keys == null && further == null ? count() : -1;
  }

  /** The update count of its first result; -1 if that has none. */
  long count() {
    return -1;
  }

  /** Whether both were executed by the same statement in the same way, but for the parameters. */
  final boolean executesLike(StatementUnit<?> other) {
    Invocation<?> theirs = other.invocation;
    return invocation.origin() == theirs.origin()
        && invocation.execution() == theirs.execution()
        && invocation.form().sql().equals(theirs.form().sql())
        && invocation.settings() == theirs.settings();
  }

  final Invocation<T> invocation() {
    return invocation;
  }

  // -------------------- what the application does with it later

  /** The application asks for the keys, and gets a result that it has not got before. */
  public final RowsRead readsKeys(HeldResult held, ResultSet result) throws SQLException {
    if (keys == null) {
      keys = new ArrayList<>(1);
    }
    RowsRead read = RowsRead.byColumn(held, result);
    keys.add(read);
    return read;
  }

  /**
   * The application has gone on to the next result.
   *
   * @param statement at that result
   * @param current what became of the result before, as {@link Statement#getMoreResults(int)} says
   * @param held the result set that the application can have; null if there is none
   */
  public final RowsRead wentOn(Statement statement, int current, HeldResult held)
      throws SQLException {
    if (further == null) {
      further = new ArrayList<>(2);
    }
    RowsRead rows = held == null ? null : new RowsRead(held, statement.getResultSet());
    further.add(new FurtherResult(current, rows, statement.getLargeUpdateCount()));
    return rows;
  }

  // -------------------- Unit

  @Override
  public final String text() {
    return invocation.form().sql();
  }

  @Override
  String obstacle() {
    String obstacle = invocation.origin().obstacle();
    return obstacle != null ? obstacle : invocation.parameters().obstacle();
  }

  @Override
  long bytes() {
    long ofRows = rows() == null ? 0 : RowsRead.BYTES;
    return OWN_BYTES + bytesKept + ofRows + invocation.parameters().bytes();
  }

  @Override
  public boolean givesValues() {
    return failedWith == null && (rows() != null || further != null);
  }

  /** Whether values are compared whose format pgJDBC chooses. */
  final boolean comparesValues() {
    return rows() != null || keys != null;
  }

  /** Whether the values must come in PostgreSQL's binary format to be compared. */
  final boolean isBinary() {
    return rows() != null && rows().isBinary() || keys != null && keys.get(0).isBinary();
  }

  /** Makes the other statement ready, beyond its parameters. */
  void prepare(Statement statement) throws SQLException {
    if (statement instanceof PreparedStatement prepared) {
      invocation.parameters().bindTo(prepared);
    }
  }

  @Override
  final void replay(Rerun rerun) throws SQLException, OutcomeDiffers {
    Statement statement = rerun.statementFor(this);
    prepare(statement);
    T again;
    try {
      again = invocation.execution().run(statement, Rerun.formFor(this));
    } catch (SQLException failure) {
      if (failedWith == null || !failedWith.equals(failure.getSQLState())) {
        throw failure;
      }
      return;
    }
    if (failedWith != null) {
      throw new OutcomeDiffers("it failed with SQLSTATE " + failedWith + " and succeeds now");
    }
    compare(statement, again);
    compareKeys(statement);
    compareFurther(statement);
  }

  private void compareKeys(Statement statement) throws SQLException, OutcomeDiffers {
    if (keys != null) {
      for (RowsRead read : keys) {
        read.verify(statement.getGeneratedKeys());
      }
    }
  }

  private void compareFurther(Statement statement) throws SQLException, OutcomeDiffers {
    if (further == null) {
      return;
    }
    for (FurtherResult result : further) {
      boolean hasRows = statement.getMoreResults(result.current());
      if (hasRows != (result.rows() != null) || statement.getLargeUpdateCount() != result.count()) {
        throw new OutcomeDiffers("a further result of it changed");
      }
      if (hasRows) {
        result.rows().verify(statement.getResultSet());
      }
    }
  }

  @Override
  final void adopt(Rerun rerun) throws SQLException {
    for (RowsRead read : allRows()) {
      read.adopt();
    }
    if (invocation.origin().reportsOn(this)) {
      rerun.handOver(this);
    }
  }

  /** Whether the application reads a result of another statement of pgJDBC's, executed alike. */
  public final boolean isReadFrom(Statement statement) throws SQLException {
    for (RowsRead read : allRows()) {
      if (read.isReadFrom(statement)) {
        return true;
      }
    }
    return false;
  }

  /** Closes the results whose like in the last replay is closed. */
  public final void closeWithReplayed() throws SQLException {
    for (RowsRead read : allRows()) {
      read.closeWithReplayed();
    }
  }

  /** Whether the transaction is open and can be replayed as far as is known. */
  public final boolean isLive() {
    return !released;
  }

  @Override
  final void release() {
    released = true;
    invocation.origin().released();
    allRows().forEach(RowsRead::stopRecording);
  }

  private List<RowsRead> allRows() {
    if (keys == null && further == null) {
      return rows() == null ? List.of() : List.of(rows());
    }
    List<RowsRead> all = new ArrayList<>();
    all.add(rows());
    if (keys != null) {
      all.addAll(keys);
    }
    if (further != null) {
      further.forEach(result -> all.add(result.rows()));
    }
    all.removeIf(read -> read == null);
    return all;
  }

  /**
   * A result behind the first.
   *
   * @param rows null if it has no rows
   * @param count -1 if it has rows, or if there is no such result
   */
  private record FurtherResult(int current, RowsRead rows, long count) {}

  /**
   * How a statement was executed.
   *
   * @param origin the application's statement
   * @param form what was sent
   * @param execution by which method
   * @param parameters with the values that were sent
   * @param settings what the application had set on the statement
   * @param <T> what the application was given
   */
  public record Invocation<T>(
      Origin origin,
      PlannedForm.Send form,
      Execution<T> execution,
      Parameters parameters,
      StatementSettings settings) {}
}
