package io.dsqlproxy.driver.fences;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Sees the rows that the application reads. Not safe for use by several threads at once. */
@FunctionalInterface
public interface RowObserver {

  /**
   * The application has moved to the next row, or knows now that there is none.
   *
   * @param result at its new position
   */
  void moved(ResultSet result, boolean toRow) throws SQLException;
}
