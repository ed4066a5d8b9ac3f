package io.dsqlproxy.driver.execution;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** What follows a conflict: another execution after a delay, or the error. Immutable. */
public sealed interface RetryDecision {

  /**
   * The statement is run again.
   *
   * @param delay the time to wait before
   */
  record Retry(Duration delay) implements RetryDecision {}

  /**
   * The conflict surfaces.
   *
   * @param reason why, as a clause for a message
   */
  record Stop(String reason) implements RetryDecision {}

  /**
   * Decides after an execution that ended in a conflict. A pure function of its arguments.
   *
   * <p>The delay is drawn evenly from zero up to a bound that starts at the base delay and doubles
   * with each execution (full jitter): executions that met once are unlikely to meet again. It
   * never reaches beyond the deadline.
   *
   * @param executions how many there were so far, at least 1
   * @param elapsed since the first execution started
   */
  static RetryDecision after(
      int executions, Duration elapsed, RetryPolicy policy, RandomGenerator random) {
    if (executions >= policy.maxAttempts()) {
      return new Stop("the policy allows " + policy.maxAttempts() + " executions");
    }
    Duration remaining = policy.deadline().minus(elapsed);
    if (remaining.isNegative() || remaining.isZero()) {
      return new Stop("the deadline of " + policy.deadline().toMillis() + " ms has passed");
    }
    Duration bound = shorter(backoff(executions, policy), remaining);
    return new Retry(Duration.ofNanos(random.nextLong(bound.toNanos() + 1)));
  }

  private static Duration backoff(int executions, RetryPolicy policy) {
    Duration bound = policy.baseDelay();
    for (int i = 1; i < executions && bound.compareTo(policy.maxDelay()) < 0; i++) {
      if (bound.isZero()) {
        return bound;
      }
      bound = bound.multipliedBy(2);
    }
    return shorter(bound, policy.maxDelay());
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }
}
