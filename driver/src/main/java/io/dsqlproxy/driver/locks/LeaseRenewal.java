package io.dsqlproxy.driver.locks;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the leases of all sessions, each several times before it ends, on a thread that lives as
 * long as there are sessions with leases. Safe for use by many threads.
 */
final class LeaseRenewal {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.locks");

  /** How often a lease is renewed in its time. */
  private static final int RENEWALS = 3;

  private final LockStore store;
  private final long intervalNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<SessionReference> sessions = new HashSet<>();
  private Thread thread;

  /**
   * Renewals of the leases in a store.
   *
   * @param duration of a lease
   */
  LeaseRenewal(LockStore store, Duration duration) {
    this.store = store;
    this.intervalNanos = duration.dividedBy(RENEWALS).toNanos();
  }

  /** From now on the session's leases are renewed. */
  void add(SessionReference session) {
    lock.lock();
    try {
      sessions.add(session);
      if (thread == null) {
        thread = new Thread(this::run, "dsql-proxy-lease-renewal");
        thread.setDaemon(true);
        thread.start();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The session has no lease any more. */
  void remove(SessionReference session) {
    lock.lock();
    try {
      sessions.remove(session);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      List<Lease> leases = nextLeases();
      while (leases != null) {
        renew(leases);
        leases = nextLeases();
      }
    } catch (InterruptedException stopped) {
      LOG.warn("The thread that renews leases was interrupted", stopped);
    } finally {
      forgetThread();
    }
  }

  /** However it ends, the next lease starts another one. */
  private void forgetThread() {
    lock.lock();
    try {
      if (thread == Thread.currentThread()) {
        thread = null;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the time to renew; null, and no thread, if there is nothing left to renew. */
  private List<Lease> nextLeases() throws InterruptedException {
    lock.lock();
    try {
      long left = intervalNanos;
      while (left > 0 && !sessions.isEmpty()) {
        left = changed.awaitNanos(left);
      }
      List<Lease> leases = new ArrayList<>();
      sessions.removeIf(session -> !session.addLeasesTo(leases));
      if (sessions.isEmpty()) {
        thread = null;
        return null;
      }
      return leases;
    } finally {
      lock.unlock();
    }
  }

  private void renew(List<Lease> leases) {
    try {
      if (!leases.isEmpty()) {
        store.renew(leases);
      }
    } catch (SQLException failure) {
      // The next turn comes before they end. A message of pgJDBC's about a batch shows its values.
      LOG.warn(
          "{} leases could not be renewed in this turn: SQLSTATE {}",
          leases.size(),
          failure.getSQLState());
    } catch (RuntimeException failure) {
      LOG.warn("{} leases could not be renewed in this turn", leases.size(), failure);
    }
  }
}
