package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.journal.EmulatedLockUnit;
import io.dsqlproxy.driver.locks.LockKey;
import io.dsqlproxy.driver.locks.LockWait;
import io.dsqlproxy.driver.locks.SessionLocks;
import java.sql.SQLException;
import java.util.List;

/**
 * Takes locks of the transaction again when that is replayed. Confined to the thread that replays,
 * except for {@link #cancel()}.
 */
final class LockAgain implements EmulatedLockUnit.Taking {

  private final SessionLocks locks;
  private final List<LockKey> keys;
  private final boolean shared;
  private final boolean waits;
  private volatile LockWait waiting;

  /**
   * Locks that were taken once.
   *
   * @param waits whether they are waited for
   */
  LockAgain(SessionLocks locks, List<LockKey> keys, boolean shared, boolean waits) {
    this.locks = locks;
    this.keys = keys;
    this.shared = shared;
    this.waits = waits;
  }

  @Override
  public boolean take(int seconds) throws SQLException {
    waiting = waits ? locks.newWait(seconds) : null;
    try {
      boolean all = true;
      for (LockKey key : keys) {
        all = all && locks.lockInTransaction(key, shared, waiting);
      }
      return all;
    } finally {
      waiting = null;
    }
  }

  @Override
  public void cancel() {
    LockWait now = waiting;
    if (now != null) {
      now.cancel();
    }
  }
}
