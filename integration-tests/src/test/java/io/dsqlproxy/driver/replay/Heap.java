package io.dsqlproxy.driver.replay;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;

/** What is in use on this JVM's heap. Stateless. */
final class Heap {

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

  /** Whether nobody refers to the object any more. */
  static boolean isCollected(WeakReference<?> reference) {
    for (int i = 0; i < 5 && reference.get() != null; i++) {
      System.gc();
    }
    return reference.get() == null;
  }
}
