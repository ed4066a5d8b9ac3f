package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.ExecutionGate;
import io.dsqlproxy.driver.journal.EmulatedLockUnit;
import io.dsqlproxy.driver.journal.Unit;
import io.dsqlproxy.driver.locks.LockKey;
import io.dsqlproxy.driver.locks.LockWait;
import io.dsqlproxy.driver.locks.SessionLocks;
import io.dsqlproxy.driver.locks.SessionLocks.Taken;
import io.dsqlproxy.rewriter.LockRequest.Action;
import io.dsqlproxy.rewriter.LockRequest.Scope;
import io.dsqlproxy.rewriter.LockedRows;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The locks of the rows of one execution: the candidates are read, and their locks are taken in the
 * order of the result until it is full. If the transaction sees the database as it was before one
 * of the locks was taken, this begins again with a new snapshot, and keeps what it has. Confined to
 * its thread.
 */
final class RowLocks {

  private static final int MOST_SNAPSHOTS = 20;
  private static final int ROWS_AT_ONCE = 100;

  private final ExecutionGate gate;
  private final PgSession session;
  private final SessionLocks locks;
  private final DsqlStatement statement;
  private final LockedRows request;
  private final LockWait wait;

  /** Whether the locks of the transaction end with the statement. */
  private final boolean alone;

  /** How often each lease was taken here. */
  private final Map<Long, Integer> taken = new HashMap<>();

  /** Keys that could not be had: a key has one answer in all rows. */
  private final Set<Long> denied = new HashSet<>();

  /** A lock that the snapshot does not see as free; null if there is none. */
  private LockKey notInSnapshot;

  RowLocks(
      ExecutionGate gate,
      PgSession session,
      SessionLocks locks,
      DsqlStatement statement,
      LockedRows request,
      LockWait wait,
      boolean alone) {
    this.gate = gate;
    this.session = session;
    this.locks = locks;
    this.statement = statement;
    this.request = request;
    this.wait = request.action() == Action.LOCK ? wait : null;
    this.alone = alone;
  }

  /** The statement that answers. */
  String answer() throws SQLException {
    String obstacle = statement.obstacleToRepeat();
    if (obstacle != null) {
      throw DsqlExceptions.lockedRowsNotRepeatable(request.name(), obstacle);
    }
    List<Long> keys = new ArrayList<>();
    List<Long> granted = new ArrayList<>();
    try {
      gate.attempt(statement, () -> decide(keys, granted));
    } catch (SQLException | RuntimeException | Error failure) {
      giveBack(Map.of());
      throw failure;
    }
    Set<Long> known = new HashSet<>(granted);
    if (known.isEmpty()) {
      // A comparison with an empty list would be false for a key that is NULL.
      known.add(unused(keys));
    }
    return request.answer(known);
  }

  private static long unused(List<Long> keys) {
    Set<Long> used = new HashSet<>(keys);
    long key = 0;
    while (used.contains(key)) {
      key++;
    }
    return key;
  }

  private Unit decide(List<Long> keys, List<Long> granted) throws SQLException {
    boolean open = session.isTransactionOpen();
    for (int snapshots = 1; ; snapshots++) {
      keys.clear();
      granted.clear();
      notInSnapshot = null;
      take(keys, granted);
      if (notInSnapshot == null) {
        giveBack(counted(granted));
        return again(granted);
      }
      if (open || snapshots == MOST_SNAPSHOTS) {
        throw DsqlExceptions.snapshotBeforeLock(notInSnapshot.toString());
      }
      session.rollBack();
    }
  }

  // -------------------- candidates

  /** Takes the locks of the rows in the order of the result, until it is full. */
  private void take(List<Long> keys, List<Long> granted) throws SQLException {
    try (Statement asking = statement.like(request.candidates())) {
      statement.bindLike(asking);
      int maxRows = asking.getMaxRows();
      asking.setMaxRows(0);
      asking.setFetchSize(ROWS_AT_ONCE);
      try (ResultSet row =
          asking instanceof PreparedStatement prepared
              ? prepared.executeQuery()
              : asking.executeQuery(request.candidates())) {
        CandidateKeys candidates = new CandidateKeys(row, request, maxRows);
        if (request.action() == Action.UNLOCK) {
          unlock(candidates, keys, granted);
        } else {
          take(candidates, keys, granted);
        }
      }
    }
  }

  private void take(CandidateKeys candidates, List<Long> keys, List<Long> granted)
      throws SQLException {
    Map<Long, Integer> times = new HashMap<>();
    while (candidates.next(granted.size())) {
      Long key = candidates.key();
      keys.add(key);
      if (key != null && take(key, times.merge(key, 1, Integer::sum))) {
        granted.add(key);
      }
    }
  }

  private boolean take(long key, int times) throws SQLException {
    boolean free =
        !denied.contains(key)
            && (request.scope() == Scope.SESSION ? takeLease(key, times) : takeInTransaction(key));
    if (!free) {
      denied.add(key);
    }
    return free;
  }

  /** Two rows with the same key might have different answers: nothing is given back then. */
  private void unlock(CandidateKeys candidates, List<Long> keys, List<Long> granted)
      throws SQLException {
    Map<LockKey, Long> given = new LinkedHashMap<>();
    Set<LockKey> held = locks.keysHeld(request.shared());
    while (candidates.next(given.size())) {
      Long key = candidates.key();
      keys.add(key);
      if (key != null && held.contains(lock(key)) && given.put(lock(key), key) != null) {
        throw DsqlExceptions.keyInTwoRows(request.name());
      }
    }
    for (Long key : keys) {
      if (key != null && EmulatedLocks.unlock(session, locks, lock(key), request.shared())) {
        granted.add(key);
      }
    }
  }

  // -------------------- locks

  private LockKey lock(long key) {
    return new LockKey(request.space(), request.key(key));
  }

  private boolean takeLease(long key, int times) throws SQLException {
    if (taken.getOrDefault(key, 0) >= times) {
      return true;
    }
    Taken lease = locks.lock(lock(key), request.shared(), wait).orElse(null);
    if (lease == null) {
      return false;
    }
    taken.merge(key, 1, Integer::sum);
    if (lease.isNew()) {
      notInSnapshot = lock(key);
    }
    return true;
  }

  private boolean takeInTransaction(long key) throws SQLException {
    LockKey lock = lock(key);
    if (!alone && locks.lockInSnapshot(lock, request.shared())) {
      return true;
    }
    boolean free = locks.awaitFree(lock, request.shared(), wait);
    if (free && !alone) {
      notInSnapshot = lock;
    }
    return free;
  }

  private static Map<Long, Integer> counted(List<Long> keys) {
    Map<Long, Integer> times = new LinkedHashMap<>();
    keys.forEach(key -> times.merge(key, 1, Integer::sum));
    return times;
  }

  /** Gives back what the answer does not need. */
  private void giveBack(Map<Long, Integer> needed) throws SQLException {
    for (Map.Entry<Long, Integer> entry : taken.entrySet()) {
      int times = needed.getOrDefault(entry.getKey(), 0);
      while (entry.getValue() > times) {
        entry.setValue(entry.getValue() - 1);
        locks.unlock(lock(entry.getKey()), request.shared());
      }
    }
  }

  /**
   * A replay takes the locks of the transaction again, and waits as long as the first time. Without
   * any the journal still has to know what began the transaction.
   */
  private Unit again(List<Long> granted) {
    boolean ofTransaction = request.scope() == Scope.TRANSACTION && !alone;
    List<LockKey> keys =
        ofTransaction ? counted(granted).keySet().stream().map(this::lock).toList() : List.of();
    return new EmulatedLockUnit(
        request.name() + " of the rows of a query",
        new LockAgain(locks, keys, request.shared(), wait != null));
  }
}
