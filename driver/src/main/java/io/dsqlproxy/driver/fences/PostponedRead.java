package io.dsqlproxy.driver.fences;

import io.dsqlproxy.driver.journal.LockUnit;

/** A query that was sent without its lock. Not safe for use by several threads at once. */
final class PostponedRead {

  private static final int NEVER = Integer.MAX_VALUE;

  private final LockUnit lock;
  private final VersionedRows rows;
  private final int position;
  private int lockedAt = NEVER;

  /**
   * A query whose lock is not taken yet.
   *
   * @param lock takes it
   * @param rows what is read of its result, if its rows are remembered one by one; or null
   * @param position the place of the query in the transaction
   */
  PostponedRead(LockUnit lock, VersionedRows rows, int position) {
    this.lock = lock;
    this.rows = rows;
    this.position = position;
  }

  LockUnit lock() {
    return lock;
  }

  /** Whether its rows are remembered, all of them, so that the query need not be run again. */
  boolean isCovered() {
    return rows != null && rows.isComplete();
  }

  boolean isLocked() {
    return lockedAt != NEVER;
  }

  /** Its lock was taken. */
  void locked(int at) {
    lockedAt = at;
    if (rows != null) {
      rows.locked();
    }
  }

  /** What happened at this place of the transaction, or later, was undone; false if it was too. */
  boolean survives(int from) {
    if (lockedAt >= from) {
      lockedAt = NEVER;
    }
    return position < from;
  }

  /** Its rows are not told apart any more: its lock is taken by running it again. */
  void forgetRows() {
    if (rows != null) {
      rows.giveUp();
    }
  }

  void stop() {
    if (rows != null) {
      rows.stop();
    }
  }
}
