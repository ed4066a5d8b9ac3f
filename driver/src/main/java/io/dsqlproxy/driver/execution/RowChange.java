package io.dsqlproxy.driver.execution;

import java.sql.SQLException;

/**
 * A change of a row through an updatable result, by a statement that pgJDBC makes. It can be done
 * again if it failed at the server.
 */
@FunctionalInterface
public interface RowChange {

  /** Does it. */
  void run() throws SQLException;
}
