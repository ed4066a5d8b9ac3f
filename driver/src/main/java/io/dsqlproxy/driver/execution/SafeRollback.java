package io.dsqlproxy.driver.execution;

import java.sql.SQLException;

/**
 * Rolls back after a failure. The application has to learn of that failure, whatever becomes of the
 * rollback, so that a failure of the rollback is suppressed in it. Stateless.
 */
public final class SafeRollback {

  private SafeRollback() {}

  /**
   * Rolls back if a transaction is open on a connection that is not closed; returns the failure.
   */
  public static <F extends SQLException> F after(F failure, Session session) {
    try {
      if (!session.isClosed()) {
        session.rollBack();
      }
    } catch (SQLException atRollback) {
      suppress(failure, atRollback);
    }
    return failure;
  }

  /** Suppresses another failure, unless it is the same. */
  static <F extends SQLException> F suppress(F failure, SQLException another) {
    if (another != failure) {
      failure.addSuppressed(another);
    }
    return failure;
  }
}
