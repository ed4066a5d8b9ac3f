package io.dsqlproxy.driver.execution;

import java.sql.SQLException;

/** A result set that may have to ask the server for more rows. */
@FunctionalInterface
public interface Movement {

  /** Moves, or answers a question about the rows to come; once more if that failed. */
  boolean move() throws SQLException;
}
