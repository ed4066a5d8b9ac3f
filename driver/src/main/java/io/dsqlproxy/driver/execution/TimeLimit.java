package io.dsqlproxy.driver.execution;

import java.time.Duration;
import java.util.Objects;

/**
 * A moment after which nothing is run again. Immutable.
 *
 * @param left the time until then; zero or negative if it has passed
 * @param reason why nothing is run again once it has passed, as a clause for a message
 */
public record TimeLimit(Duration left, String reason) {

  /** Aurora DSQL ends a transaction that is older. */
  public static final Duration LONGEST_TRANSACTION = Duration.ofMinutes(5);

  public TimeLimit {
    Objects.requireNonNull(left, "left");
    Objects.requireNonNull(reason, "reason");
  }

  /** The end of a policy's patience. */
  static TimeLimit deadline(RetryPolicy policy, Duration elapsed) {
    return new TimeLimit(
        policy.deadline().minus(elapsed),
        "the deadline of " + policy.deadline().toMillis() + " ms has passed");
  }

  /**
   * A transaction that took as long as a transaction may would take as long again.
   *
   * @param age the time since the application began the transaction
   */
  public static TimeLimit transactionAge(Duration age) {
    return new TimeLimit(
        LONGEST_TRANSACTION.minus(age),
        "the transaction is older than the "
            + LONGEST_TRANSACTION.toMinutes()
            + " minutes that Aurora DSQL gives it");
  }

  /**
   * The query timeout of the statement that met the conflict.
   *
   * @param left what is left of it; zero or negative if it has passed
   */
  public static TimeLimit queryTimeout(Duration left) {
    return new TimeLimit(left, "the query timeout has passed");
  }

  boolean hasPassed() {
    return left.isZero() || left.isNegative();
  }
}
