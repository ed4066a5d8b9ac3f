package io.dsqlproxy.driver.execution;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** What follows a conflict: another execution after a delay, or the error. Immutable. */
public sealed interface RetryDecision {

  /**
   * It is run again.
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
   * with each execution (full jitter): executions that met once are unlikely to meet again. It is
   * never negative, and reaches neither beyond the policy's deadline nor beyond another limit.
   *
   * @param executions how many there were so far, at least 1
   * @param elapsed since the first execution started
   * @param limits what bounds the time beside the policy
   */
  static RetryDecision after(
      int executions,
      Duration elapsed,
      RetryPolicy policy,
      RandomGenerator random,
      TimeLimit... limits) {
    if (executions >= policy.maxAttempts()) {
      return new Stop(
          policy.maxAttempts() == 1
              ? "the policy allows no other"
              : "the policy allows " + policy.maxAttempts() + " executions");
    }
    TimeLimit deadline = TimeLimit.deadline(policy, elapsed);
    if (deadline.hasPassed()) {
      return new Stop(deadline.reason());
    }
    Duration bound = shorter(backoff(executions, policy), deadline.left());
    for (TimeLimit limit : limits) {
      if (limit.hasPassed()) {
        return new Stop(limit.reason());
      }
      bound = shorter(bound, limit.left());
    }
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
