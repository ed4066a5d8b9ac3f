package io.dsqlproxy.driver.fences;

import io.dsqlproxy.driver.journal.LockUnit;
import java.util.Collection;
import java.util.List;

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

  /**
   * Its lock was taken, and with it that of the rows which the application has not read yet. It may
   * read them after they were written, but then in the versions that they had before.
   */
  void locked(int at) {
    lockedAt = at;
    if (rows != null) {
      rows.locked();
      rows.stop();
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

  /** The rows that are remembered because of it. */
  Collection<RowVersion> found() {
    return rows == null ? List.of() : rows.found();
  }

  void stop() {
    if (rows != null) {
      rows.stop();
    }
  }
}
