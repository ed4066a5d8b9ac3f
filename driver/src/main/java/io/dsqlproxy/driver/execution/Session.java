package io.dsqlproxy.driver.execution;

import java.sql.SQLException;

/** What the gate asks of a connection. As safe for use by many threads as the connection. */
@FunctionalInterface
public interface Session {

  /**
   * Makes the connection ready for an execution, and tells whether the execution will be part of a
   * larger transaction.
   *
   * @return true inside a transaction, however it was begun, and where the execution will begin one
   *     that outlives it; false if the statement will be a transaction of its own
   */
  boolean inTransaction() throws SQLException;
}
