package io.dsqlproxy.driver.execution;

import io.dsqlproxy.driver.journal.Unit;
import java.sql.SQLException;

/** Something that is done on the server for a statement, and done again after a conflict. */
@FunctionalInterface
public interface Attempt {

  /**
   * Does it.
   *
   * @return what a replay of the transaction has to do again; null if nothing
   */
  Unit run() throws SQLException;
}
