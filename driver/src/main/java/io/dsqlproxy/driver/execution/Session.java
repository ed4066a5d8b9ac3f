package io.dsqlproxy.driver.execution;

import io.dsqlproxy.rewriter.analysis.TransactionModes;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * What the gate asks of a connection: the state of the protocol. As safe for use by many threads as
 * the connection.
 */
public interface Session {

  /**
   * Makes the connection ready for an execution, and tells whether the execution will be part of a
   * larger transaction.
   *
   * @return true inside a transaction, however it was begun, and where the execution will begin one
   *     that outlives it; false if the statement will be a transaction of its own
   */
  boolean inTransaction() throws SQLException;

  /** True from BEGIN to the end of the transaction, failed or not. */
  boolean isTransactionOpen();

  /** True inside a transaction of which only the end is possible. */
  boolean isTransactionFailed();

  /** True if nothing can be sent any more. */
  boolean isClosed() throws SQLException;

  /** A statement of the driver's own, which takes part in the open transaction. */
  PreparedStatement prepare(String sql) throws SQLException;

  /** Whether the transaction that is open, or the next statement will begin, has these modes. */
  boolean has(List<TransactionModes.Kind> modes) throws SQLException;

  /** Ends the transaction, if one is open, without any effect, and begins one with these modes. */
  void begin(List<TransactionModes.Kind> modes) throws SQLException;

  /** Ends the transaction, if one is open, without any effect. */
  void rollBack() throws SQLException;
}
