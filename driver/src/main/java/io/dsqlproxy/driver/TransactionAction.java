package io.dsqlproxy.driver;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * What an application does in one transaction without a result of its own. It may be run several
 * times, so it should do nothing that a rollback does not undo.
 *
 * @param <X> what it throws beside SQLException; RuntimeException if nothing
 */
@FunctionalInterface
public interface TransactionAction<X extends Exception> {

  /**
   * Does the work. Commits, rolls back and closes nothing: whoever runs it does.
   *
   * @param connection in a transaction; not to be used after this call
   */
  void run(Connection connection) throws SQLException, X;
}
