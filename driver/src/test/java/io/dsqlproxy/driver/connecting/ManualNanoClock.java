package io.dsqlproxy.driver.connecting;

import io.dsqlproxy.driver.execution.Sleeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Time that passes only while somebody sleeps, and that is about to overflow as {@code
 * System.nanoTime} may be. For use by one thread.
 */
final class ManualNanoClock implements LongSupplier, Sleeper {

  private final List<Duration> sleeps = new ArrayList<>();
  private long now = Long.MAX_VALUE - 1_000_000;

  @Override
  public long getAsLong() {
    return now;
  }

  @Override
  public void await(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    sleeps.add(duration);
    advance(duration);
  }

  void advance(Duration duration) {
    now += duration.toNanos();
  }

  /** How long was slept each time. */
  List<Duration> sleeps() {
    return sleeps;
  }
}
