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

  /**
   * Whether the application has set the connection to be read-only. Nothing is asked of the server;
   * a transaction that was begun by a text may have another mode.
   */
  boolean isReadOnly() throws SQLException;

  /** Whether the transaction that is open, or the next statement will begin, has these modes. */
  boolean has(List<TransactionModes.Kind> modes) throws SQLException;

  /** Ends the transaction, if one is open, without any effect, and begins one with these modes. */
  void begin(List<TransactionModes.Kind> modes) throws SQLException;

  /** Ends the transaction, if one is open, without any effect. */
  void rollBack() throws SQLException;

  // -------------------- another connection in the place of this one

  /** When the session goes on although its connection does not. */
  ReconnectMode reconnect();

  /**
   * True if nothing can be sent any more, and that is not what the application has asked for. Never
   * true with {@link ReconnectMode#NEVER}.
   */
  boolean isLost();

  /** True if the connection should be left before the server cuts it. */
  boolean isOld();

  /**
   * Goes on with another connection, on which everything is set as it was when the transaction
   * began, or as it is if none is open. The lost one's transaction is over.
   *
   * @throws SQLException if that is not possible, and why; then everything is as it was
   */
  void move() throws SQLException;

  /** The same, if the connection is old, and without harm if it is not possible. */
  void leaveOld();

  /**
   * No transaction is open. What the server has reported of its parameters until now is what they
   * are once the next transaction was rolled back.
   */
  void noteParameters();

  /** Closes the connections that were left because they were old: nobody uses them any more. */
  void closeLeft();

  /**
   * The connection is lost, and the transaction that was open on it is over.
   *
   * @param maybeCommitted whether nobody knows how it ended
   */
  void forgetTransaction(boolean maybeCommitted);

  /**
   * The application has executed a statement, which may have changed the session beyond the end of
   * the transaction. Not called with {@link ReconnectMode#NEVER}.
   *
   * @param sql what was sent
   * @param end whether it ended the transaction, and how: one of {@link
   *     TransactionCommand.Kind#COMMIT}, {@code ROLLBACK}, {@code ROLLBACK_TO}, {@code UNCLEAR}
   */
  void executed(String sql, TransactionCommand.Kind end);

  /**
   * Nothing is moved any more.
   *
   * @param reason as a clause
   */
  void stay(String reason);
}
