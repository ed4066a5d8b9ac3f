package io.dsqlproxy.driver;

import io.dsqlproxy.driver.execution.DsqlExceptions;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * A transaction whose work is running on this thread, so that work inside it can become a part of
 * it. Confined to its thread.
 */
final class RunningTransaction {

  private static final ThreadLocal<RunningTransaction> INNERMOST = new ThreadLocal<>();

  private final DataSource dataSource;
  private final Connection connection;
  private final RunningTransaction enclosing;
  private Throwable failureOfAPart;

  private RunningTransaction(
      DataSource dataSource, Connection connection, RunningTransaction enclosing) {
    this.dataSource = dataSource;
    this.connection = connection;
    this.enclosing = enclosing;
  }

  /** The transaction that runs on this thread with this very data source, or null. */
  static RunningTransaction of(DataSource dataSource) {
    RunningTransaction running = INNERMOST.get();
    while (running != null && running.dataSource != dataSource) {
      running = running.enclosing;
    }
    return running;
  }

  /** To be {@linkplain #end() ended} on the same thread, before all that began earlier. */
  static RunningTransaction begin(DataSource dataSource, Connection connection) {
    RunningTransaction running = new RunningTransaction(dataSource, connection, INNERMOST.get());
    INNERMOST.set(running);
    return running;
  }

  void end() {
    if (enclosing == null) {
      INNERMOST.remove();
    } else {
      INNERMOST.set(enclosing);
    }
  }

  /**
   * Runs the work that the transaction was begun for.
   *
   * @throws SQLException SQLSTATE 25P02 too, if a part of it failed and the work did not
   */
  <T, X extends Exception> T perform(TransactionWork<T, X> work) throws SQLException, X {
    T result = work.run(connection);
    if (failureOfAPart != null) {
      throw DsqlExceptions.partFailed(failureOfAPart);
    }
    return result;
  }

  /** Runs other work as a part of this transaction, which then lives or dies with it. */
  <T, X extends Exception> T join(TransactionWork<T, X> work) throws SQLException, X {
    try {
      return work.run(connection);
    } catch (Throwable failure) {
      if (failureOfAPart == null) {
        failureOfAPart = failure;
      }
      throw failure;
    }
  }
}
