package io.dsqlproxy.driver.execution;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A retry policy with what it needs of the world: a budget, time, chance and patience. Immutable,
 * and safe for use by many threads if its parts are.
 *
 * @param policy how often, and how patiently
 * @param budget what is left to all who share it
 * @param nanoClock the time in nanoseconds, from any origin
 * @param random gives the calling thread's source of randomness
 * @param sleeper waits between executions
 */
public record Retries(
    RetryPolicy policy,
    RetryBudget budget,
    LongSupplier nanoClock,
    Supplier<? extends RandomGenerator> random,
    Sleeper sleeper) {

  public Retries {
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(budget, "budget");
    Objects.requireNonNull(nanoClock, "nanoClock");
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(sleeper, "sleeper");
  }

  /** The policy without a budget. */
  public Retries(
      RetryPolicy policy,
      LongSupplier nanoClock,
      Supplier<? extends RandomGenerator> random,
      Sleeper sleeper) {
    this(policy, RetryBudget.unlimited(), nanoClock, random, sleeper);
  }

  /** The policy in real time, without a budget, and with waits that nobody cancels. */
  public static Retries inRealTime(RetryPolicy policy) {
    return inRealTime(policy, RetryBudget.unlimited(), new Backoff());
  }

  /**
   * The policy in real time.
   *
   * @param sleeper waits in real time
   */
  public static Retries inRealTime(RetryPolicy policy, RetryBudget budget, Sleeper sleeper) {
    return new Retries(policy, budget, System::nanoTime, ThreadLocalRandom::current, sleeper);
  }

  /** The time in nanoseconds, from any origin. */
  public long now() {
    return nanoClock.getAsLong();
  }

  /** The time since a {@link #now() moment}. */
  public Duration since(long start) {
    return Duration.ofNanos(nanoClock.getAsLong() - start);
  }

  /**
   * Decides after an execution that ended in a conflict, and takes what it decides from the budget.
   *
   * @param executions how many there were so far, at least 1
   * @param elapsed since the first execution started
   * @param limits what bounds the time beside the policy
   */
  public RetryDecision after(int executions, Duration elapsed, TimeLimit... limits) {
    RetryDecision decision = RetryDecision.after(executions, elapsed, policy, random.get(), limits);
    if (decision instanceof RetryDecision.Retry && !budget.tryRetry()) {
      return new RetryDecision.Stop("the retry budget of its URL is used up");
    }
    return decision;
  }
}
