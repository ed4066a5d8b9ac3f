package io.dsqlproxy.driver.replay;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;

/** What is in use on this JVM's heap. Stateless. */
final class Heap {

  private static final int MOST_ROUNDS = 30;
  private static final int CALM_ROUNDS = 3;
  private static final long CALM_BYTES = 16_000;

  private Heap() {}

  /** What is reachable, in bytes: other threads make it a little more now and then. */
  static long used() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      least = Math.min(least, used);
    }
    return least;
  }

  /**
   * What is reachable once nobody gives anything up any more, in bytes: what was used before in
   * this JVM, a pool for instance, needs a few collections to go.
   */
  static long settled() {
    long used = used();
    int calm = 0;
    for (int i = 0; i < MOST_ROUNDS && calm < CALM_ROUNDS; i++) {
      long now = used();
      calm = Math.abs(now - used) < CALM_BYTES ? calm + 1 : 0;
      used = now;
    }
    return used;
  }

  /** Whether nobody refers to the object any more. */
  static boolean isCollected(WeakReference<?> reference) {
    for (int i = 0; i < 5 && reference.get() != null; i++) {
      System.gc();
    }
    return reference.get() == null;
  }
}
