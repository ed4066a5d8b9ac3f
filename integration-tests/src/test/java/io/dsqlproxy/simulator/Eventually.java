package io.dsqlproxy.simulator;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/** Waits for what another thread is about to do. Stateless. */
final class Eventually {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Eventually() {}

  /** Whether the number becomes the expected one within a few seconds. */
  static boolean becomes(IntSupplier number, int expected) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (number.getAsInt() != expected) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
    }
    return true;
  }
}
