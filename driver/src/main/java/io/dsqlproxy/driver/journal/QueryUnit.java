package io.dsqlproxy.driver.journal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A query. The same outcome is the same rows, as far as the application has read them. Not safe for
 * use by several threads at once.
 */
public final class QueryUnit extends StatementUnit<ResultSet> {

  private final RowsRead rows;

  /** A query that failed. */
  public QueryUnit(Invocation<ResultSet> invocation) {
    super(invocation);
    this.rows = null;
  }

  /** A query whose result the application can have. */
  public QueryUnit(Invocation<ResultSet> invocation, HeldResult held, ResultSet result)
      throws SQLException {
    super(invocation);
    this.rows = new RowsRead(held, result);
  }

  @Override
  public RowsRead rows() {
    return rows;
  }

  @Override
  void compare(Statement statement, ResultSet again) throws SQLException, OutcomeDiffers {
    rows.verify(again);
  }
}
