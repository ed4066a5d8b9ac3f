package io.dsqlproxy.driver.execution;

import java.sql.SQLException;

/** One way to end a transaction. Stateless. */
@FunctionalInterface
public interface TransactionEnd {

  /** Ends the transaction, and waits for the answer. */
  void run() throws SQLException;
}
