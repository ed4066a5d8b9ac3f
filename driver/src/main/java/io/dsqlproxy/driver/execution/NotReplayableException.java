package io.dsqlproxy.driver.execution;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;

/**
 * A conflict in a transaction that this driver cannot run again exactly as it was; the application
 * can. SQLSTATE 40001. Immutable.
 */
public final class NotReplayableException extends ConflictException {

  private final String reason;

  NotReplayableException(
      String message, SQLException conflict, int executions, Duration elapsed, String reason) {
    super(message, conflict, executions, elapsed);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** What stands in the way, as a clause that follows "because". */
  public String reason() {
    return reason;
  }
}
