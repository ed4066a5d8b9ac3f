package io.dsqlproxy.driver.execution;

import java.sql.SQLException;

/**
 * What the locks that a session holds beside its transactions ask of everything that it executes.
 * Safe for use by many threads.
 */
public interface SessionGuard {

  /** A session that holds none. */
  SessionGuard NONE =
      new SessionGuard() {
        @Override
        public void beforeStatement() {}

        @Override
        public void beforeCommit() {}
      };

  /**
   * Something is about to be executed.
   *
   * @throws LockLostException if the session relies on a lock that it has lost
   */
  void beforeStatement() throws LockLostException;

  /**
   * The open transaction is about to be committed. Makes sure, within it, that COMMIT fails if the
   * session does not hold its locks then.
   *
   * @throws LockLostException if it does not hold them now
   * @throws SQLException if the server could not be asked
   */
  void beforeCommit() throws SQLException;
}
