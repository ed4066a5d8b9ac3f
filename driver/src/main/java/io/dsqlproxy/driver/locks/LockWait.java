package io.dsqlproxy.driver.locks;

import io.dsqlproxy.driver.execution.Backoff;
import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.WaitCancelledException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The wait of one statement for its locks: longer and longer pauses between looks at the lock
 * table, until a time limit. Confined to the thread that waits, except for {@link #cancel()}.
 */
public final class LockWait {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
  private static final int MOST_DOUBLINGS = 7;

  private final Duration lockTimeout;
  private final Duration queryTimeout;
  private final Backoff backoff = new Backoff();
  private final long start = System.nanoTime();
  private int pauses;
  private volatile boolean cancelled;

  /**
   * A wait that begins now.
   *
   * @param lockTimeout zero for none
   * @param queryTimeoutSeconds 0 for none
   */
  public LockWait(Duration lockTimeout, int queryTimeoutSeconds) {
    this.lockTimeout = lockTimeout;
    this.queryTimeout = Duration.ofSeconds(queryTimeoutSeconds);
  }

  /** Ends it. Safe for use by other threads. */
  public void cancel() {
    cancelled = true;
    backoff.cancel();
  }

  /**
   * Returns when it is time to look again.
   *
   * @throws SQLException SQLSTATE 55P03 if the lock timeout has passed; 57014 if the query timeout
   *     has, or if the wait was cancelled or interrupted
   */
  void pause(LockKey key) throws SQLException {
    String lock = key.toString();
    Duration waited = Duration.ofNanos(System.nanoTime() - start);
    if (hasPassed(queryTimeout, waited)) {
      throw DsqlExceptions.lockWaitCancelled(lock, "the query timeout");
    }
    if (hasPassed(lockTimeout, waited)) {
      throw DsqlExceptions.lockTimeout(lock);
    }
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(pauses, MOST_DOUBLINGS));
    pauses++;
    pause = pause.multipliedBy(ThreadLocalRandom.current().nextInt(50, 101)).dividedBy(100);
    pause = atMost(left(lockTimeout, waited), atMost(left(queryTimeout, waited), pause));
    try {
      failIfCancelled(lock);
      backoff.await(pause);
      failIfCancelled(lock);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw DsqlExceptions.lockWaitCancelled(lock, "an interruption of its thread");
    } catch (WaitCancelledException cancellation) {
      throw DsqlExceptions.lockWaitCancelled(lock, "user request");
    }
  }

  private void failIfCancelled(String lock) throws SQLException {
    if (cancelled) {
      throw DsqlExceptions.lockWaitCancelled(lock, "user request");
    }
  }

  private static boolean hasPassed(Duration limit, Duration waited) {
    return !limit.isZero() && waited.compareTo(limit) >= 0;
  }

  /** Null if there is no limit. */
  private static Duration left(Duration limit, Duration waited) {
    return limit.isZero() ? null : limit.minus(waited);
  }

  private static Duration atMost(Duration limit, Duration pause) {
    return limit != null && limit.compareTo(pause) < 0 ? limit : pause;
  }
}
