package io.dsqlproxy.driver.execution;

import java.time.Duration;

/**
 * How often, and how patiently, a conflict (SQLSTATE 40001) is answered by running again.
 * Immutable.
 *
 * @param maxAttempts executions in all, the first one included; 1 means never again
 * @param baseDelay the longest wait before the second execution; doubled for each further one
 * @param maxDelay the longest wait before any execution
 * @param deadline the time from the first execution after which nothing is run again
 */
public record RetryPolicy(
    int maxAttempts, Duration baseDelay, Duration maxDelay, Duration deadline) {

  /** What holds unless a URL says otherwise: 5 executions within 60 s, at most 5 s apart. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(5, Duration.ofMillis(50), Duration.ofSeconds(5), Duration.ofSeconds(60));

  public RetryPolicy {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts must be at least 1");
    }
    if (baseDelay.isNegative() || maxDelay.compareTo(baseDelay) < 0 || deadline.isNegative()) {
      throw new IllegalArgumentException("0 <= baseDelay <= maxDelay and 0 <= deadline must hold");
    }
  }
}
