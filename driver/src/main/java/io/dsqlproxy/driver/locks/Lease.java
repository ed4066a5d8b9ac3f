package io.dsqlproxy.driver.locks;

import java.time.Duration;
import java.util.Objects;
import java.util.UUID;

/**
 * A lock that a session holds until it gives it back. The lease exists as long as its row does,
 * which others delete only after it has expired; its owner takes it for lost a little earlier, by
 * its own clock. Safe for use by many threads.
 */
final class Lease {

  /** Of a lease's duration: what clocks that run at different speeds may be apart by its end. */
  private static final int MARGIN = 10;

  private final UUID owner;
  private final LockKey key;
  private final boolean shared;
  private final long fencingNumber;
  private final long usableNanos;
  private volatile long renewed;
  private volatile boolean lost;

  /**
   * A lease that was taken.
   *
   * @param renewed the time before the server was asked, of {@link System#nanoTime()}
   */
  Lease(
      UUID owner,
      LockKey key,
      boolean shared,
      long fencingNumber,
      Duration duration,
      long renewed) {
    this.owner = Objects.requireNonNull(owner, "owner");
    this.key = Objects.requireNonNull(key, "key");
    this.shared = shared;
    this.fencingNumber = fencingNumber;
    this.usableNanos = duration.minus(duration.dividedBy(MARGIN)).toNanos();
    this.renewed = renewed;
  }

  UUID owner() {
    return owner;
  }

  LockKey key() {
    return key;
  }

  boolean shared() {
    return shared;
  }

  /** Larger than those of all earlier leases of the key. */
  long fencingNumber() {
    return fencingNumber;
  }

  /** The server has renewed it; it was asked at this time. */
  void renewed(long now) {
    renewed = now;
  }

  /** Its row does not exist any more. */
  void lose() {
    lost = true;
  }

  /** Once true, it stays so. */
  boolean isLost(long now) {
    if (!lost && now - renewed > usableNanos) {
      lost = true;
    }
    return lost;
  }
}
