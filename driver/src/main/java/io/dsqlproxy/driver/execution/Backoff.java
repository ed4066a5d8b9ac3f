package io.dsqlproxy.driver.execution;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The waits of one connection before it executes again, which another thread can end: an
 * application that cancels a statement has no server to tell while the statement only waits. Safe
 * for use by many threads; a virtual thread that waits gives its carrier back.
 */
public final class Backoff implements Sleeper {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition cancelled = lock.newCondition();

  /** Told apart by number, so that a cancellation ends the waits before it and none after it. */
  private long cancellations;

  /** Nobody waits yet. */
  public Backoff() {}

  @Override
  public void await(Duration duration) throws InterruptedException, WaitCancelledException {
    lock.lockInterruptibly();
    try {
      long before = cancellations;
      long remaining = nanos(duration);
      while (remaining > 0 && cancellations == before) {
        remaining = cancelled.awaitNanos(remaining);
      }
      if (cancellations != before) {
        throw new WaitCancelledException();
      }
    } finally {
      lock.unlock();
    }
  }

  private static long nanos(Duration duration) {
    return TimeUnit.NANOSECONDS.convert(duration);
  }

  /** Ends the waits of this moment, each once. Without effect if nobody waits. */
  public void cancel() {
    lock.lock();
    try {
      cancellations++;
      cancelled.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
