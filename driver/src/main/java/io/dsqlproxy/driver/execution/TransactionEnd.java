package io.dsqlproxy.driver.execution;

import java.sql.SQLException;

/** One way to end a transaction. Stateless apart from what it captured. */
@FunctionalInterface
public interface TransactionEnd {

  /** Ends the transaction, and waits for the answer. */
  void run() throws SQLException;
}
