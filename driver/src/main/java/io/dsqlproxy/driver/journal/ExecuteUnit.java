package io.dsqlproxy.driver.journal;

import java.sql.SQLException;
import java.sql.Statement;

/**
 * An execution that may give results of any kind. The same outcome is a first result of the same
 * kind, with the same update count, or the same rows as far as the application has read them. Not
 * safe for use by several threads at once.
 */
public final class ExecuteUnit extends StatementUnit<Boolean> {

  private final RowsRead rows;
  private final long count;

  /** An execution that failed. */
  public ExecuteUnit(Invocation<Boolean> invocation) {
    super(invocation);
    this.rows = null;
    this.count = -1;
  }

  /**
   * An execution that succeeded.
   *
   * @param statement at the first result
   * @param held the result set that the application can have; null if there is none
   */
  public ExecuteUnit(Invocation<Boolean> invocation, Statement statement, HeldResult held)
      throws SQLException {
    super(invocation);
    this.rows = held == null ? null : new RowsRead(held, statement.getResultSet());
    this.count = statement.getLargeUpdateCount();
  }

  @Override
  public RowsRead rows() {
    return rows;
  }

  @Override
  long count() {
    return rows == null ? count : -1;
  }

  @Override
  void compare(Statement statement, Boolean again) throws SQLException, OutcomeDiffers {
    if (again != (rows != null)) {
      throw new OutcomeDiffers("its first result is of another kind");
    }
    long countAgain = statement.getLargeUpdateCount();
    if (countAgain != count) {
      throw new OutcomeDiffers("its update count was " + count + " and is " + countAgain);
    }
    if (rows != null) {
      rows.verify(statement.getResultSet());
    }
  }
}
