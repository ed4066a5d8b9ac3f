package io.dsqlproxy.driver.journal;

import io.dsqlproxy.driver.journal.StatementSettings.Name;
import io.dsqlproxy.rewriter.PlannedForm;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A query that was run for its lock alone. The application sees nothing of it, so it has no outcome
 * that could differ: what the application has read is compared where it has read it. Not safe for
 * use by several threads at once except for {@link #cancel()}.
 */
public final class LockUnit extends StatementUnit<Boolean> {

  private volatile Statement running;

  /** A query with its lock, to be run as the application ran it without. */
  public LockUnit(Invocation<?> read, PlannedForm.Send locked) {
    super(
        new Invocation<>(
            read.origin(),
            locked,
            LockUnit::lockAll,
            read.parameters(),
            read.settings().with(Name.MAX_ROWS, statement -> {})));
  }

  private static Boolean lockAll(Statement statement, PlannedForm.Send form) throws SQLException {
    boolean hasRows =
        statement instanceof PreparedStatement prepared
            ? prepared.execute()
            : statement.execute(form.sql());
    if (hasRows) {
      try (ResultSet rows = statement.getResultSet()) {
        while (rows.next()) {
          continue;
        }
      }
    }
    return hasRows;
  }

  /** Runs it for the first time. */
  public void run() throws SQLException {
    Rerun own = new Rerun(ReplayTime.UNLIMITED);
    try {
      Statement statement = own.statementFor(this);
      prepare(statement);
      running = statement;
      invocation().execution().run(statement, invocation().form());
    } finally {
      running = null;
      own.close();
    }
  }

  /** Ends the first run, if it is under way. Safe for use by other threads. */
  public void cancel() throws SQLException {
    Statement now = running;
    if (now != null) {
      now.cancel();
    }
  }

  @Override
  public RowsRead rows() {
    return null;
  }

  @Override
  void compare(Statement statement, Boolean again) {}
}
