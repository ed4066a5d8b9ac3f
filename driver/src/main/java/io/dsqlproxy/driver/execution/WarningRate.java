package io.dsqlproxy.driver.execution;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Lets a warning through once in a while, however often there is a reason for it. Safe for use by
 * many threads.
 */
final class WarningRate {

  private final long interval;
  private final LongSupplier nanoClock;
  private final AtomicLong next;
  private final AtomicLong reasons = new AtomicLong();

  /**
   * The first warning is due at once.
   *
   * @param interval the time from one warning to the next, at least
   * @param nanoClock the time in nanoseconds, from any origin
   */
  WarningRate(Duration interval, LongSupplier nanoClock) {
    this.interval = interval.toNanos();
    this.nanoClock = nanoClock;
    this.next = new AtomicLong(nanoClock.getAsLong());
  }

  /** There is a reason: for how many the warning is due with this one; 0 if it is not due yet. */
  long due() {
    reasons.incrementAndGet();
    long now = nanoClock.getAsLong();
    long due = next.get();
    return now - due >= 0 && next.compareAndSet(due, now + interval) ? reasons.getAndSet(0) : 0;
  }
}
