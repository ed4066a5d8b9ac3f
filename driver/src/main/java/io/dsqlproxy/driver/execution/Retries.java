package io.dsqlproxy.driver.execution;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A retry policy with what it needs of the world: time, chance and patience. Immutable, and safe
 * for use by many threads if its parts are.
 *
 * @param policy how often, and how patiently
 * @param nanoClock the time in nanoseconds, from any origin
 * @param random gives the calling thread's source of randomness
 * @param sleeper waits between executions
 */
public record Retries(
    RetryPolicy policy,
    LongSupplier nanoClock,
    Supplier<? extends RandomGenerator> random,
    Sleeper sleeper) {

  public Retries {
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(nanoClock, "nanoClock");
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(sleeper, "sleeper");
  }

  /** The policy in real time. */
  public static Retries inRealTime(RetryPolicy policy) {
    return new Retries(
        policy,
        System::nanoTime,
        ThreadLocalRandom::current,
        duration -> TimeUnit.NANOSECONDS.sleep(duration.toNanos()));
  }

  long now() {
    return nanoClock.getAsLong();
  }

  Duration since(long start) {
    return Duration.ofNanos(nanoClock.getAsLong() - start);
  }

  RetryDecision after(int executions, Duration elapsed) {
    return RetryDecision.after(executions, elapsed, policy, random.get());
  }
}
