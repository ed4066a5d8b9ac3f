package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.ReconnectMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * When the physical connection behind a connection is replaced, and by what. Immutable, and safe
 * for use by many threads if its parts are.
 *
 * @param mode when a session goes on without its physical connection
 * @param maxAge the age at which a physical connection is old; zero if none ever is
 * @param opener opens others that are like the first
 * @param nanoClock the time in nanoseconds, from any origin
 * @param random gives the calling thread's source of randomness
 */
public record Renewal(
    ReconnectMode mode,
    Duration maxAge,
    Opener opener,
    LongSupplier nanoClock,
    Supplier<? extends RandomGenerator> random) {

  private static final Duration LONGEST_JITTER = Duration.ofMinutes(5);

  /** Nothing is ever replaced, and nothing gets old. */
  public static final Renewal NONE =
      new Renewal(
          ReconnectMode.NEVER,
          Duration.ZERO,
          () -> {
            throw new SQLException("No other connection is opened.", "08001");
          },
          System::nanoTime,
          java.util.concurrent.ThreadLocalRandom::current);

  public Renewal {
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(maxAge, "maxAge");
    Objects.requireNonNull(opener, "opener");
    Objects.requireNonNull(nanoClock, "nanoClock");
    Objects.requireNonNull(random, "random");
  }

  /** In real time. */
  public static Renewal inRealTime(ReconnectMode mode, Duration maxAge, Opener opener) {
    return new Renewal(mode, maxAge, opener, NONE.nanoClock, NONE.random);
  }

  /** Whether connections get old. */
  boolean ages() {
    return !maxAge.isZero();
  }

  /**
   * How long one connection lives, in nanoseconds: the whole age, or up to a tenth and 5 minutes
   * less, so that connections that were opened together do not all end together.
   */
  long lifeNanos() {
    long age = maxAge.toNanos();
    return age - random.get().nextLong(Math.min(age / 10, LONGEST_JITTER.toNanos()) + 1);
  }

  /** Opens physical connections that are all alike. */
  @FunctionalInterface
  public interface Opener {

    /** A new connection of pgJDBC's, logged in. */
    Connection open() throws SQLException;
  }
}
