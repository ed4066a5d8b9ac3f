package io.dsqlproxy.driver.execution;

import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.util.Objects;

/**
 * A conflict with another transaction that this driver did not resolve by running again. SQLSTATE
 * 40001 always, so that whoever repeats transactions repeats this one; nothing of it was committed.
 *
 * <p>The server's last error is the cause, its earlier ones are suppressed exceptions, oldest
 * first. No message holds the value of a parameter. Immutable, apart from what every exception lets
 * its holder add.
 */
public abstract sealed class ConflictException extends SQLTransactionRollbackException
    permits RetriesExhaustedException,
        DataChangedException,
        NotReplayableException,
        VersionChangedException {

  private final int executions;
  private final Duration elapsed;

  ConflictException(String message, SQLException last, int executions, Duration elapsed) {
    super(message, Conflict.SQLSTATE, last.getErrorCode(), last);
    this.executions = executions;
    this.elapsed = Objects.requireNonNull(elapsed, "elapsed");
  }

  /** A conflict that the driver found, and not the server. */
  ConflictException(String message) {
    super(message, Conflict.SQLSTATE);
    this.executions = 1;
    this.elapsed = Duration.ZERO;
  }

  /** How often the statement or the transaction was executed in all, at least once. */
  public int executions() {
    return executions;
  }

  /** The time from the beginning of the first execution to this failure, waits included. */
  public Duration elapsed() {
    return elapsed;
  }
}
