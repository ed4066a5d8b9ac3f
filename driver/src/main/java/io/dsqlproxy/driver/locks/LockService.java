package io.dsqlproxy.driver.locks;

import java.util.concurrent.locks.ReentrantLock;

/**
 * What all sessions share that use the same lock table as the same user. Holds connections open
 * only while there are such sessions. Safe for use by many threads.
 */
public final class LockService {

  private final LockConnections connections;
  private final LockStore store;
  private final LeaseRenewal renewal;
  private final LockSettings settings;
  private final ReentrantLock lock = new ReentrantLock();
  private int users;

  /** A service without sessions. */
  LockService(LockSettings settings) {
    this.settings = settings;
    LockTable table = new LockTable(settings.table());
    // A server that does not answer must not take the time of the next renewal too.
    this.connections = new LockConnections(table, settings.lease().dividedBy(3));
    this.store = new LockStore(table, settings.lease(), connections);
    this.renewal = new LeaseRenewal(store, settings.lease());
  }

  LockSettings settings() {
    return settings;
  }

  LockStore store() {
    return store;
  }

  LeaseRenewal renewal() {
    return renewal;
  }

  /** One more session needs the lock table. */
  void attach(LockAccess.Opener opener) {
    lock.lock();
    try {
      users++;
      connections.use(opener);
    } finally {
      lock.unlock();
    }
  }

  /** A session needs it no longer. */
  void detach() {
    lock.lock();
    try {
      users--;
      if (users == 0) {
        connections.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
