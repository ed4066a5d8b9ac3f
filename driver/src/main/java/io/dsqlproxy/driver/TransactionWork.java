package io.dsqlproxy.driver;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * What an application does in one transaction, and gets from it. It may be run several times, so it
 * should do nothing that a rollback does not undo.
 *
 * @param <T> the result
 * @param <X> what it throws beside SQLException; RuntimeException if nothing
 */
@FunctionalInterface
public interface TransactionWork<T, X extends Exception> {

  /**
   * Does the work. Commits, rolls back and closes nothing: whoever runs it does.
   *
   * @param connection in a transaction; not to be used after this call
   * @return the result; may be null
   */
  T run(Connection connection) throws SQLException, X;
}
