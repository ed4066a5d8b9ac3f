package io.dsqlproxy.driver.execution;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many retries a group of connections may still make. When conflicts become the rule rather
 * than the exception, further executions mostly make further conflicts: then the budget runs out,
 * and conflicts surface until enough transactions have been executed again.
 *
 * <p>Each transaction adds a share of a retry, each retry takes a whole one. The budget never holds
 * more than {@value #BURST} retries, and begins with them, so that a burst of conflicts among few
 * transactions is absorbed. It knows no time: what is unused stays. Safe for use by many threads;
 * never blocks. As long as the budget is full, which is as long as conflicts are rare, a
 * transaction only reads it.
 */
public final class RetryBudget {

  /** The most retries that can be saved up. */
  static final int BURST = 500;

  /** Counted in hundredths of a retry. */
  private static final long RETRY = 100;

  private static final long FULL = BURST * RETRY;

  private final long share;
  private final AtomicLong saved;

  /**
   * A full budget.
   *
   * @param share how many retries 100 transactions add, at least 1
   */
  public RetryBudget(int share) {
    this(share, FULL);
    if (share < 1) {
      throw new IllegalArgumentException("share must be at least 1");
    }
  }

  private RetryBudget(int share, long saved) {
    this.share = share;
    this.saved = new AtomicLong(saved);
  }

  /** A budget that is not used up in the life of a program. */
  public static RetryBudget unlimited() {
    return new RetryBudget(0, Long.MAX_VALUE);
  }

  /**
   * A transaction begins for the first time, be it only one statement in autocommit: its share is
   * added.
   */
  public void transactionStarted() {
    long before = saved.get();
    while (before < FULL && !saved.compareAndSet(before, Math.min(FULL, before + share))) {
      before = saved.get();
    }
  }

  /**
   * Takes one retry.
   *
   * @return false if there was none, and nothing may be run again
   */
  public boolean tryRetry() {
    long before = saved.get();
    while (before >= RETRY) {
      if (saved.compareAndSet(before, before - RETRY)) {
        return true;
      }
      before = saved.get();
    }
    return false;
  }

  /** What is left, in whole retries. */
  @Override
  public String toString() {
    return "RetryBudget[" + saved.get() / RETRY + ']';
  }
}
