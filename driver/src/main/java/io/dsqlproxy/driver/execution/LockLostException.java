package io.dsqlproxy.driver.execution;

import java.sql.SQLNonTransientConnectionException;

/**
 * The session has lost a lock that it had taken for longer than a transaction: its lease was not
 * renewed in time, and somebody else may hold the lock. Nothing was sent, or nothing of the
 * transaction was committed.
 *
 * <p>SQLSTATE 57P01, with which PostgreSQL ends a session: pools do not use its connection again.
 * Until the lock is given back, or the connection closed, everything that the session executes
 * fails so. Immutable.
 */
public final class LockLostException extends SQLNonTransientConnectionException {

  static final String SQLSTATE = "57P01";

  LockLostException(String message) {
    super(message, SQLSTATE);
  }
}
