package io.dsqlproxy.driver.locks;

import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.LockLostException;
import io.dsqlproxy.driver.execution.Session;
import io.dsqlproxy.driver.execution.SessionGuard;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The emulated locks of one connection: leases, which it holds beyond its transactions, and the
 * locks of its open transaction. Safe for use by many threads: one at a time takes a lease or gives
 * one back.
 */
public final class SessionLocks implements SessionGuard {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.locks");

  private final LockService service;
  private final LockAccess.Opener opener;
  private final Session session;
  private final UUID owner = UUID.randomUUID();
  private final SessionReference reference = new SessionReference(this);
  private final Map<Held, Holding> held = new ConcurrentHashMap<>();
  private final ReentrantLock turn = new ReentrantLock();
  private boolean attached;
  private volatile boolean closed;

  /**
   * The locks of a connection that has none.
   *
   * @param opener opens connections like it, for the lock table
   */
  public SessionLocks(LockService service, LockAccess.Opener opener, Session session) {
    this.service = service;
    this.opener = opener;
    this.session = session;
  }

  private record Held(LockKey key, boolean shared) {}

  /** How often a lease was taken. Read and changed in turn. */
  private static final class Holding {
    private final Lease lease;
    private volatile int times = 1;

    Holding(Lease lease) {
      this.lease = lease;
    }
  }

  /** The wait of a statement that begins to wait now. */
  public LockWait newWait(int queryTimeoutSeconds) {
    return new LockWait(service.settings().timeout(), queryTimeoutSeconds);
  }

  private LockStore store() throws SQLException {
    turn.lock();
    try {
      if (closed) {
        throw new SQLException("This connection has been closed.", "08003");
      }
      if (!attached) {
        service.attach(opener);
        attached = true;
      }
      return service.store();
    } finally {
      turn.unlock();
    }
  }

  // -------------------- of the session

  /**
   * Takes a lock until it is given back as often as it was taken.
   *
   * @param wait null to take it only if it is free
   * @return how it was taken; empty if it is not free
   */
  public Optional<Taken> lock(LockKey key, boolean shared, LockWait wait) throws SQLException {
    LockStore store = store();
    turn.lock();
    try {
      Holding holding = held.get(new Held(key, shared));
      if (holding != null) {
        failIfLost(holding.lease);
        holding.times++;
        return Optional.of(new Taken(holding.lease, false));
      }
      Optional<Lease> lease = store.tryTake(owner, key, shared);
      while (lease.isEmpty() && wait != null) {
        wait.pause(key);
        lease = store().tryTake(owner, key, shared);
      }
      if (lease.isPresent()) {
        held.put(new Held(key, shared), new Holding(lease.get()));
        service.renewal().add(reference);
      }
      return lease.map(taken -> new Taken(taken, true));
    } finally {
      turn.unlock();
    }
  }

  /**
   * Gives a lock back once.
   *
   * @return false if the session does not hold it, or has lost it
   */
  public boolean unlock(LockKey key, boolean shared) throws SQLException {
    turn.lock();
    try {
      Held which = new Held(key, shared);
      Holding holding = held.get(which);
      if (holding == null) {
        return false;
      }
      boolean lost = holding.lease.isLost(System.nanoTime());
      holding.times--;
      if (holding.times == 0 || lost) {
        held.remove(which);
        release(holding.lease);
      }
      return !lost;
    } finally {
      turn.unlock();
    }
  }

  /** Gives all locks back. */
  public void unlockAll() {
    turn.lock();
    try {
      for (Map.Entry<Held, Holding> entry : held.entrySet()) {
        held.remove(entry.getKey());
        release(entry.getValue().lease);
      }
    } finally {
      turn.unlock();
    }
  }

  /** A lease whose end does not reach the server ends by itself. */
  private void release(Lease lease) {
    if (held.isEmpty()) {
      service.renewal().remove(reference);
    }
    try {
      service.store().release(lease);
    } catch (SQLException failure) {
      LOG.warn("The {} is given back when its lease ends, not before", lease.key(), failure);
    }
  }

  /** The locks that the session holds at this moment, lost ones included. */
  public List<HeldLock> held() {
    List<HeldLock> locks = new ArrayList<>();
    held.forEach(
        (which, holding) ->
            locks.add(
                new HeldLock(
                    which.key().space(),
                    which.key().key(),
                    which.shared(),
                    holding.times,
                    holding.lease.fencingNumber())));
    return locks;
  }

  /** What the session holds a lock of this mode on. */
  public Set<LockKey> keysHeld(boolean shared) {
    return held.keySet().stream()
        .filter(which -> which.shared() == shared)
        .map(Held::key)
        .collect(Collectors.toSet());
  }

  /** False if the session is over. */
  boolean addLeasesTo(List<Lease> leases) {
    held.values().forEach(holding -> leases.add(holding.lease));
    return !closed && !isConnectionClosed() && !held.isEmpty();
  }

  /** A session that may go on with another connection keeps its locks. */
  private boolean isConnectionClosed() {
    try {
      return session.isClosed() && !session.isLost();
    } catch (SQLException unknown) {
      return true;
    }
  }

  /** Ends the session: all its locks are given back. */
  public void close() {
    closed = true;
    turn.lock();
    try {
      unlockAll();
      if (attached) {
        attached = false;
        service.detach();
      }
    } finally {
      turn.unlock();
    }
  }

  // -------------------- of the transaction

  /**
   * Waits until no other session has a lease that conflicts.
   *
   * @param wait null to look only once
   * @return false if one has
   */
  public boolean awaitFree(LockKey key, boolean shared, LockWait wait) throws SQLException {
    while (!store().isFree(owner, key, shared)) {
      if (wait == null) {
        return false;
      }
      wait.pause(key);
    }
    return true;
  }

  /**
   * Takes a lock until the end of the transaction, which this begins if none is open.
   *
   * @param wait null to take it only if it is free
   * @return false if it is not free
   * @throws SQLException SQLSTATE 40001 if the open transaction began before the lock was free
   */
  public boolean lockInTransaction(LockKey key, boolean shared, LockWait wait) throws SQLException {
    boolean open = session.isTransactionOpen();
    boolean mayLook = open && store().isTableKnown();
    if (!mayLook && !awaitFree(key, shared, wait)) {
      return false;
    }
    while (!store().lockInTransaction(session, owner, key, shared)) {
      if (!awaitFree(key, shared, wait)) {
        return false;
      }
      if (open) {
        throw DsqlExceptions.snapshotBeforeLock(key.toString());
      }
      session.rollBack();
    }
    return true;
  }

  /**
   * Takes a lock until the end of the open transaction, if that sees it as free.
   *
   * @return false if it does not, or if there is no such lock yet
   */
  public boolean lockInSnapshot(LockKey key, boolean shared) throws SQLException {
    return store().isTableKnown() && store().lockInTransaction(session, owner, key, shared);
  }

  /**
   * Makes sure that the open transaction, if there is one, sees what the earlier holders of a lock
   * of the session have done.
   *
   * @throws SQLException SQLSTATE 40001 if it does not
   */
  public void requireInSnapshot(Taken taken) throws SQLException {
    if (session.isTransactionOpen() && !store().fence(session, taken.lease())) {
      failIfLost(taken.lease());
      throw DsqlExceptions.snapshotBeforeLock(taken.lease().key().toString());
    }
  }

  /**
   * How a lock was taken.
   *
   * @param lease its lease
   * @param isNew false if the session held the lock already
   */
  public record Taken(Lease lease, boolean isNew) {}

  // -------------------- SessionGuard

  @Override
  public void beforeStatement() throws LockLostException {
    if (!held.isEmpty()) {
      for (Holding holding : held.values()) {
        failIfLost(holding.lease);
      }
    }
  }

  private static void failIfLost(Lease lease) throws LockLostException {
    if (lease.isLost(System.nanoTime())) {
      throw DsqlExceptions.lockLost(lease.key().toString());
    }
  }

  @Override
  public void beforeCommit() throws SQLException {
    beforeStatement();
    if (held.isEmpty() || LockStore.writesNothing(session)) {
      return;
    }
    for (Holding holding : held.values()) {
      if (!store().fence(session, holding.lease)) {
        holding.lease.lose();
        throw DsqlExceptions.lockLost(holding.lease.key().toString());
      }
    }
  }
}
