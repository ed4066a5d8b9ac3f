package io.dsqlproxy.simulator.fault;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** How a delay passes; tests may want to see it instead of waiting. */
@FunctionalInterface
public interface Pauser {

  /** Returns after this time, or sooner. */
  void pause(Duration duration);

  /** Lets the time really pass. */
  static void park(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
