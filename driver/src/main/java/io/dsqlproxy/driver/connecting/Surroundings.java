package io.dsqlproxy.driver.connecting;

import io.dsqlproxy.driver.authentication.TokenCache;
import io.dsqlproxy.driver.execution.Backoff;
import io.dsqlproxy.driver.execution.Sleeper;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What opening a connection needs of the world: what others have left, time, chance and patience.
 * Immutable, and safe for use by many threads if its parts are.
 *
 * @param tokens remembers tokens
 * @param rates how fast connections may be opened
 * @param nanoClock the time in nanoseconds, from any origin
 * @param random gives the calling thread's source of randomness
 * @param sleeper waits between logins
 */
record Surroundings(
    TokenCache tokens,
    ConnectRates rates,
    LongSupplier nanoClock,
    Supplier<? extends RandomGenerator> random,
    Sleeper sleeper) {

  /** What all connections of this JVM share. Nobody cancels the waits. */
  static final Surroundings OF_THIS_JVM =
      new Surroundings(
          TokenCache.global(),
          new ConnectRates(System::nanoTime),
          System::nanoTime,
          ThreadLocalRandom::current,
          new Backoff());

  Surroundings {
    Objects.requireNonNull(tokens, "tokens");
    Objects.requireNonNull(rates, "rates");
    Objects.requireNonNull(nanoClock, "nanoClock");
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(sleeper, "sleeper");
  }
}
