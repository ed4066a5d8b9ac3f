package io.dsqlproxy.driver;

import io.dsqlproxy.driver.execution.CommitOutcomeUnknownException;
import io.dsqlproxy.driver.execution.Retries;
import io.dsqlproxy.driver.execution.RetriesExhaustedException;
import io.dsqlproxy.driver.execution.RetryPolicy;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Runs an application's own code in a transaction, and runs that code again after a conflict. It
 * absorbs what no replay of statements can: a transaction that has to decide anew because the data
 * has changed.
 *
 * <pre>{@code
 * int balance = DsqlTransactions.run(dataSource, connection -> withdraw(connection, account, 10));
 * }</pre>
 *
 * <p><b>Each attempt</b> borrows a connection, switches its autocommit off, runs the work, commits,
 * gives autocommit back its value, and closes the connection. A failure of any kind rolls back; if
 * not even that is possible, the connection is aborted. What fails beside the first failure is
 * suppressed by it, and what fails after the commit is only logged. A failed statement whose
 * exception the work caught is a failure all the same, SQLSTATE 25P02: the server would roll back.
 *
 * <p><b>The work is run again</b> if an attempt fails with SQLSTATE 40001 (in the failure, its
 * causes or next exceptions), be it in the work or at COMMIT, as often and as patiently as the
 * policy says. Never after a COMMIT whose outcome is unknown ({@link
 * CommitOutcomeUnknownException}). Every other exception, the work's own ones included, comes out
 * as it is. Earlier conflicts are suppressed exceptions of what comes out at last. If a conflict
 * remains, that is a {@link RetriesExhaustedException} in place of an SQLException, but the work's
 * own exception if it wrapped the conflict in one, or if it was run only once. An interruption ends
 * a wait in the same way, and stays visible.
 *
 * <p><b>Inside another transaction</b> only the whole could be run again, so the work is run once,
 * as a part of it, and whatever it throws comes out as it is:
 *
 * <ul>
 *   <li>in the work of another run on the same thread with the same data source object. It gets the
 *       same connection. If it fails, the outer one does not commit, even if the failure is caught
 *       in between: it fails with SQLSTATE 25P02, or is run again if the inner one met a conflict.
 *   <li>if the data source hands out a connection on which a transaction is open, as one of
 *       Spring's does. Nothing is committed or rolled back then. A connection with autocommit off
 *       and nothing sent yet is taken for one of a pool whose connections are that way.
 * </ul>
 *
 * <p>Stateless, and safe for use by many threads.
 */
public final class DsqlTransactions {

  private DsqlTransactions() {}

  /**
   * Runs the work in a transaction of its own with the {@linkplain RetryPolicy#DEFAULT default
   * policy}.
   *
   * @return what the work returned when it was committed
   * @throws SQLException if the database fails; a {@link RetriesExhaustedException} if a conflict
   *     remains although the work was run again
   * @throws X if the work does
   */
  public static <T, X extends Exception> T run(DataSource dataSource, TransactionWork<T, X> work)
      throws SQLException, X {
    return run(dataSource, RetryPolicy.DEFAULT, work);
  }

  /**
   * Runs the work in a transaction of its own.
   *
   * @return what the work returned when it was committed
   * @throws SQLException if the database fails; a {@link RetriesExhaustedException} if a conflict
   *     remains although the work was run again
   * @throws X if the work does
   */
  public static <T, X extends Exception> T run(
      DataSource dataSource, RetryPolicy policy, TransactionWork<T, X> work)
      throws SQLException, X {
    Objects.requireNonNull(dataSource, "dataSource");
    Objects.requireNonNull(work, "work");
    return new TransactionRunner(Retries.inRealTime(policy)).run(dataSource, work);
  }

  /** {@link #run(DataSource, TransactionWork)} for work without a result. */
  public static <X extends Exception> void runVoid(
      DataSource dataSource, TransactionAction<X> action) throws SQLException, X {
    runVoid(dataSource, RetryPolicy.DEFAULT, action);
  }

  /** {@link #run(DataSource, RetryPolicy, TransactionWork)} for work without a result. */
  public static <X extends Exception> void runVoid(
      DataSource dataSource, RetryPolicy policy, TransactionAction<X> action)
      throws SQLException, X {
    Objects.requireNonNull(action, "action");
    DsqlTransactions.<Void, X>run(
        dataSource,
        policy,
        connection -> {
          action.run(connection);
          return null;
        });
  }
}
