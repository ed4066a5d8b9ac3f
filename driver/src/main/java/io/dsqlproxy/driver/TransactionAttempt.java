package io.dsqlproxy.driver;

import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.RetryMode;
import io.dsqlproxy.driver.jdbc.DsqlConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt at a transaction, on a connection of its own, which a broken one before it cannot
 * spoil. A single-use object, confined to its thread.
 */
final class TransactionAttempt {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.retry");

  private final DataSource dataSource;
  private boolean partOfAnother;

  TransactionAttempt(DataSource dataSource) {
    this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
  }

  /** Whether what was run is all that its transaction consists of. */
  boolean isWholeTransaction() {
    return !partOfAnother;
  }

  /** Runs the work once. Afterwards the connection is closed, whatever happened. */
  <T, X extends Exception> T run(TransactionWork<T, X> work) throws SQLException, X {
    Connection connection = dataSource.getConnection();
    T result;
    try {
      partOfAnother = state(connection) != TransactionState.IDLE;
      result = partOfAnother ? perform(connection, work) : commitWithoutReplay(connection, work);
    } catch (Throwable failure) {
      besides(failure, connection::close);
      throw failure;
    }
    afterwards(connection::close);
    return result;
  }

  /** The work is run again as a whole: to run its statements again, too, would multiply that. */
  private <T, X extends Exception> T commitWithoutReplay(
      Connection connection, TransactionWork<T, X> work) throws SQLException, X {
    if (!connection.isWrapperFor(DsqlConnection.class)) {
      return commit(connection, work);
    }
    DsqlConnection ours = connection.unwrap(DsqlConnection.class);
    RetryMode mode = ours.getRetryMode();
    ours.setRetryMode(RetryMode.OFF);
    try {
      return commit(connection, work);
    } finally {
      ours.setRetryMode(mode);
    }
  }

  /** What is no connection of pgJDBC's cannot tell, and is taken for idle. */
  private static TransactionState state(Connection connection) throws SQLException {
    if (connection.isWrapperFor(DsqlConnection.class)) {
      return connection.unwrap(DsqlConnection.class).getTransactionState();
    }
    return connection.isWrapperFor(PgConnection.class)
        ? connection.unwrap(PgConnection.class).getTransactionState()
        : TransactionState.IDLE;
  }

  private <T, X extends Exception> T perform(Connection connection, TransactionWork<T, X> work)
      throws SQLException, X {
    RunningTransaction running = RunningTransaction.begin(dataSource, connection);
    try {
      return running.perform(work);
    } finally {
      running.end();
    }
  }

  private <T, X extends Exception> T commit(Connection connection, TransactionWork<T, X> work)
      throws SQLException, X {
    boolean autoCommit = connection.getAutoCommit();
    T result;
    try {
      if (autoCommit) {
        connection.setAutoCommit(false);
      }
      result = perform(connection, work);
      // The server would answer COMMIT with a ROLLBACK, of which pgJDBC says nothing.
      if (state(connection) == TransactionState.FAILED) {
        throw DsqlExceptions.partFailed(null);
      }
      connection.commit();
    } catch (Throwable failure) {
      // Only what was rolled back may see autocommit switched on: that would commit.
      if (besides(failure, connection::rollback)) {
        besides(failure, () -> restore(connection, autoCommit));
      } else {
        besides(failure, () -> connection.abort(Runnable::run));
      }
      throw failure;
    }
    afterwards(() -> restore(connection, autoCommit));
    return result;
  }

  private static void restore(Connection connection, boolean autoCommit) throws SQLException {
    if (autoCommit) {
      connection.setAutoCommit(true);
    }
  }

  /** What has to be done with a connection in any case. */
  @FunctionalInterface
  private interface Step {
    void run() throws SQLException;
  }

  /** Takes a step after a failure, which keeps what goes wrong. */
  private static boolean besides(Throwable failure, Step step) {
    try {
      step.run();
      return true;
    } catch (SQLException | RuntimeException further) {
      if (further != failure) {
        failure.addSuppressed(further);
      }
      return false;
    }
  }

  /**
   * Takes a step after the commit. To report its failure would invite to repeat the transaction.
   */
  private static void afterwards(Step step) {
    try {
      step.run();
    } catch (SQLException | RuntimeException failure) {
      LOG.warn("A connection could not be given back after its transaction's commit", failure);
    }
  }
}
