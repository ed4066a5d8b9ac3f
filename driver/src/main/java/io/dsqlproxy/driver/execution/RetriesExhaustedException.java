package io.dsqlproxy.driver.execution;

import java.sql.SQLException;
import java.time.Duration;

/**
 * A conflict that could be resolved by running again, but not any more: the policy, its deadline, a
 * timeout, the age of the transaction or the retry budget forbids it, or the wait for it was
 * interrupted or cancelled. The message says which. SQLSTATE 40001. Immutable.
 */
public final class RetriesExhaustedException extends ConflictException {

  RetriesExhaustedException(String message, SQLException last, int executions, Duration elapsed) {
    super(message, last, executions, elapsed);
  }
}
