package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.ExecutionGate;
import io.dsqlproxy.driver.execution.Operation;
import io.dsqlproxy.driver.execution.TransactionCommand;
import io.dsqlproxy.driver.journal.EmulatedLockUnit;
import io.dsqlproxy.driver.locks.LockKey;
import io.dsqlproxy.driver.locks.LockWait;
import io.dsqlproxy.driver.locks.SessionLocks;
import io.dsqlproxy.driver.locks.SessionLocks.Taken;
import io.dsqlproxy.rewriter.Finding;
import io.dsqlproxy.rewriter.LockRequest;
import io.dsqlproxy.rewriter.LockRequest.Action;
import io.dsqlproxy.rewriter.LockRequest.Scope;
import io.dsqlproxy.rewriter.LockRequest.Space;
import io.dsqlproxy.rewriter.LockedRows;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlannedForm;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Executes the statements that ask for a lock which Aurora DSQL does not have: the keys are
 * computed, the lock is taken or given back, and the statement that gives the answer passes the
 * gate like any other. As safe for use by many threads as the connection.
 */
final class EmulatedLocks {

  private static final String WARNING = "01000";

  private final ExecutionGate gate;
  private final PgSession session;
  private final SessionLocks locks;
  private final Arguments arguments;
  private volatile Waiting waiting;

  EmulatedLocks(ExecutionGate gate, PgSession session, SessionLocks locks) {
    this.gate = gate;
    this.session = session;
    this.locks = locks;
    this.arguments = new Arguments(gate, session);
  }

  private record Waiting(DsqlStatement statement, LockWait patience) {}

  /** Ends the statement's wait for a lock, if it waits for one. */
  void cancel(DsqlStatement statement) {
    Waiting now = waiting;
    if (now != null && now.statement() == statement) {
      now.patience().cancel();
    }
  }

  /** Executes a statement. */
  <T> T execute(
      DsqlStatement statement,
      Plan plan,
      LockRequest request,
      List<Finding> findings,
      Operation<DsqlStatement, T> operation)
      throws SQLException {
    return execute(statement, plan, findings, operation, wait -> answer(statement, request, wait));
  }

  /**
   * Executes a query that asks for the locks of its rows. In autocommit both questions to the
   * server are one transaction, so that the answer holds the rows that were locked.
   */
  <T> T execute(
      DsqlStatement statement,
      Plan plan,
      LockedRows request,
      List<Finding> findings,
      Operation<DsqlStatement, T> operation)
      throws SQLException {
    if (session.inTransaction() || gate.isTransactionLost()) {
      return execute(
          statement, plan, findings, operation, wait -> answer(statement, request, wait, false));
    }
    return OwnTransaction.of(
        statement,
        () ->
            execute(
                statement,
                plan,
                findings,
                operation,
                wait -> answer(statement, request, wait, true)));
  }

  private String answer(DsqlStatement statement, LockedRows request, LockWait wait, boolean alone)
      throws SQLException {
    return new RowLocks(gate, session, locks, statement, request, wait, alone).answer();
  }

  /** What is done before a statement is sent: gives the text to send. */
  @FunctionalInterface
  private interface Locking {

    String answer(LockWait wait) throws SQLException;
  }

  private <T> T execute(
      DsqlStatement statement,
      Plan plan,
      List<Finding> findings,
      Operation<DsqlStatement, T> operation,
      Locking locking)
      throws SQLException {
    gate.failIfAborted();
    LockWait wait = locks.newWait(statement.queryTimeoutSeconds());
    waiting = new Waiting(statement, wait);
    String answer;
    try {
      answer = locking.answer(wait);
    } catch (SQLException failure) {
      throw gate.aborted(failure);
    } finally {
      waiting = null;
    }
    PlannedForm.Send send = new PlannedForm.Send(answer, findings);
    return gate.execute(
        statement,
        new Plan(plan.sql(), send, send, plan.effect()),
        TransactionCommand.of(answer),
        operation);
  }

  private String answer(DsqlStatement statement, LockRequest request, LockWait wait)
      throws SQLException {
    if (request.action() == Action.UNLOCK_ALL) {
      locks.unlockAll();
      return request.answer().granted();
    }
    if (request.keys().space() == Space.TABLE && !session.inTransaction()) {
      throw DsqlExceptions.onlyInTransaction(request.name());
    }
    List<LockKey> keys = keys(statement, request);
    if (keys == null) {
      return request.answer().ofNull();
    }
    LockWait patience = request.action() == Action.LOCK ? wait : null;
    boolean granted = true;
    for (LockKey key : keys) {
      granted &= perform(statement, request, key, patience);
    }
    return granted ? request.answer().granted() : request.answer().denied();
  }

  private boolean perform(DsqlStatement statement, LockRequest request, LockKey key, LockWait wait)
      throws SQLException {
    if (request.action() == Action.UNLOCK) {
      return unlock(session, locks, key, request.shared());
    }
    if (request.scope() == Scope.SESSION) {
      return lockForSession(statement, key, request.shared(), wait);
    }
    if (!session.inTransaction()) {
      // The lock ends with the statement, which is its transaction.
      return locks.awaitFree(key, request.shared(), wait);
    }
    return lockForTransaction(statement, request, key, wait);
  }

  /** Gives a lock back; false, and a warning, if it is not held. */
  static boolean unlock(PgSession session, SessionLocks locks, LockKey key, boolean shared)
      throws SQLException {
    boolean held = locks.unlock(key, shared);
    if (!held) {
      String type = shared ? "ShareLock" : "ExclusiveLock";
      session
          .current()
          .pg()
          .addWarning(new SQLWarning("you don't own a lock of type " + type, WARNING));
    }
    return held;
  }

  /** A transaction that is open already must not go on with what it saw before it had the lock. */
  private boolean lockForSession(
      DsqlStatement statement, LockKey key, boolean shared, LockWait wait) throws SQLException {
    Optional<Taken> taken = locks.lock(key, shared, wait);
    if (taken.isPresent() && taken.get().isNew() && session.isTransactionOpen()) {
      try {
        gate.attempt(
            statement,
            () -> {
              locks.requireInSnapshot(taken.get());
              return null;
            });
      } catch (SQLException | RuntimeException | Error failure) {
        locks.unlock(key, shared);
        throw failure;
      }
    }
    return taken.isPresent();
  }

  /** A replay of the transaction takes it again, and waits as long as the first time. */
  private boolean lockForTransaction(
      DsqlStatement statement, LockRequest request, LockKey key, LockWait wait)
      throws SQLException {
    boolean shared = request.shared();
    EmulatedLockUnit again =
        new EmulatedLockUnit(
            request.name() + " of the " + key,
            new LockAgain(locks, List.of(key), shared, wait != null));
    AtomicReference<Boolean> granted = new AtomicReference<>(false);
    gate.attempt(
        statement,
        () -> {
          granted.set(locks.lockInTransaction(key, shared, wait));
          return granted.get() ? again : null;
        });
    return granted.get();
  }

  // -------------------- keys

  /** Null if one of them is NULL. */
  private List<LockKey> keys(DsqlStatement statement, LockRequest request) throws SQLException {
    LockRequest.Keys keys = request.keys();
    if (keys.constants().isPresent()) {
      return keys.constants().get().stream().map(key -> new LockKey(keys.space(), key)).toList();
    }
    List<String> values = arguments.of(statement, keys.query(), keys.isCall());
    if (values.contains(null)) {
      return null;
    }
    return keys.space() == Space.TABLE
        ? values.stream().map(key -> new LockKey(Space.TABLE, key)).toList()
        : List.of(new LockKey(keys.space(), String.join(",", values)));
  }
}
