package io.dsqlproxy.driver.execution;

import io.dsqlproxy.driver.journal.Journal;
import io.dsqlproxy.driver.journal.Obstacle;
import io.dsqlproxy.driver.journal.OutcomeDiffers;
import io.dsqlproxy.driver.journal.Replay;
import io.dsqlproxy.driver.journal.ReplayTime;
import io.dsqlproxy.driver.journal.Unit;
import io.dsqlproxy.driver.observation.DriverTiming;
import io.dsqlproxy.rewriter.analysis.LastingEffects;
import io.dsqlproxy.rewriter.analysis.TransactionTimeCalls;
import io.dsqlproxy.rewriter.analysis.VolatileCalls;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to the conflicts of one thing that the application does: executing a statement, moving
 * in a result, or ending a transaction. Confined to the thread that does it, except for {@link
 * #cancel()}.
 */
final class Recovery {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.retry");

  /** Classes of SQLSTATE that say something about the server, and nothing about the data. */
  private static final Set<String> NOT_ABOUT_DATA = Set.of("08", "53", "54", "57", "58", "XX");

  /** A statement was cancelled, by its timeout or by somebody. */
  private static final String CANCELLED_STATE = "57014";

  private static final String CANCELLED = "the statement was cancelled";

  private final Recoveries recoveries;
  private final Session session;
  private final Journal journal;
  private final Executable statement;
  private final long start;
  private final List<SQLException> earlier = new ArrayList<>();
  private volatile String cancelled;
  private volatile Replay replay;

  /** The reason of a replay that no failure has caused; or null. */
  private SQLException rollbackToSavepoint;

  /**
   * A recovery.
   *
   * @param session null if there is nothing to replay, like the journal
   * @param statement null if it was not a statement that met the conflict
   */
  Recovery(
      Recoveries recoveries, Session session, Journal journal, Executable statement, long start) {
    this.recoveries = recoveries;
    this.session = session;
    this.journal = journal;
    this.statement = statement;
    this.start = start;
  }

  boolean isFor(Executable other) {
    return statement == other;
  }

  /** Executions that met a conflict. */
  private int executions() {
    return earlier.size();
  }

  private Duration elapsed() {
    return recoveries.retries().since(start);
  }

  /** Another failure than a conflict surfaces, with the conflicts before it. */
  static SQLException failedOtherwise(Recovery recovery, SQLException failure) {
    if (recovery != null) {
      DsqlExceptions.suppress(recovery.earlier, failure);
    }
    return failure;
  }

  // -------------------- time

  /** Returns when it is time to execute again, or throws if there is no such time. */
  void waitForNext(SQLException conflict) throws SQLException {
    int executions = executions() + 1;
    RetryDecision decision = recoveries.retries().after(executions, elapsed(), limits());
    if (decision instanceof RetryDecision.Stop stop) {
      throw exhausted(conflict, stop.reason());
    }
    Duration delay = ((RetryDecision.Retry) decision).delay();
    LOG.debug("Conflict; execution {} follows in {}", executions + 1, delay);
    recoveries.begin(this);
    long waiting = recoveries.now();
    try {
      failIfCancelled(conflict);
      recoveries.retries().sleeper().await(delay);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw exhausted(conflict, "the thread was interrupted");
    } catch (WaitCancelledException cancellation) {
      throw exhausted(conflict, cancelled == null ? CANCELLED : cancelled);
    } finally {
      recoveries.end();
      recoveries.statistics().took(DriverTiming.CONFLICT_WAIT, recoveries.now() - waiting);
    }
    earlier.add(conflict);
  }

  private TimeLimit[] limits() throws SQLException {
    List<TimeLimit> limits = new ArrayList<>(2);
    if (journal != null && !journal.isEmpty()) {
      limits.add(TimeLimit.transactionAge(recoveries.retries().since(journal.started())));
    }
    int timeout = statement == null ? 0 : statement.queryTimeoutSeconds();
    if (timeout > 0) {
      limits.add(TimeLimit.queryTimeout(Duration.ofSeconds(timeout).minus(elapsed())));
    }
    return limits.toArray(new TimeLimit[0]);
  }

  /** The query timeout bounds all executions together; a wait for a lock, the deadline too. */
  private ReplayTime time() {
    return new ReplayTime() {
      @Override
      public int secondsForStatement() throws SQLException {
        int timeout = statement == null ? 0 : statement.queryTimeoutSeconds();
        return timeout == 0 ? 0 : seconds(Duration.ofSeconds(timeout).minus(elapsed()));
      }

      @Override
      public int secondsForLock() throws SQLException {
        int left = seconds(recoveries.retries().policy().deadline().minus(elapsed()));
        int ofStatement = secondsForStatement();
        return ofStatement == 0 ? left : Math.min(left, ofStatement);
      }
    };
  }

  private static int seconds(Duration left) throws SQLException {
    if (left.isZero() || left.isNegative()) {
      throw new SQLException("canceling statement due to timeout of a replay", CANCELLED_STATE);
    }
    return (int) Math.min(Integer.MAX_VALUE, left.plusMillis(999).toSeconds());
  }

  /** Null if none has passed. */
  private TimeLimit passedLimit() throws SQLException {
    for (TimeLimit limit : limits()) {
      if (limit.hasPassed()) {
        return limit;
      }
    }
    TimeLimit deadline = TimeLimit.deadline(recoveries.retries().policy(), elapsed());
    return deadline.hasPassed() ? deadline : null;
  }

  private void failIfCancelled(SQLException conflict) throws SQLException {
    if (cancelled != null) {
      throw exhausted(conflict, cancelled);
    }
  }

  /** Ends what it waits for. Safe for use by other threads. */
  void cancel() throws SQLException {
    cancel(CANCELLED);
  }

  /** The same, because the connection is closed. */
  void close() throws SQLException {
    cancel("the connection was closed");
  }

  private void cancel(String reason) throws SQLException {
    cancelled = reason;
    Replay running = replay;
    if (running != null) {
      running.cancel();
    }
  }

  /** A conflict that was met once, and never will be answered, is the server's own error. */
  private SQLException exhausted(SQLException conflict, String reason) {
    int executions = executions() + 1;
    if (!Conflict.isReportedBy(conflict)) {
      return notContinued(conflict, reason);
    }
    LOG.info("A conflict surfaces after {} executions: {}", executions, reason);
    if (executions == 1 && recoveries.retries().policy().maxAttempts() == 1) {
      return conflict;
    }
    recoveries.statistics().retriesExhausted();
    return DsqlExceptions.retriesExhausted(conflict, earlier, executions, elapsed(), reason);
  }

  /** A connection that is lost surfaces as what it is, so that a pool throws it away. */
  private SQLException notContinued(SQLException loss, String reason) {
    LOG.info("A lost connection surfaces: {}", reason);
    loss.addSuppressed(DsqlExceptions.notContinued(reason, executions() + 1, elapsed()));
    return failedOtherwise(this, loss);
  }

  // -------------------- replay

  /**
   * Rolls back, and lets everything happen again that has happened in the transaction before the
   * conflict.
   */
  void replay(SQLException conflict, List<Unit> units) throws SQLException {
    failIfNotReplayable(conflict, units);
    SQLException last = conflict;
    while (last != null) {
      waitForNext(last);
      last = replayOnce(last, units);
    }
  }

  /**
   * The same without a wait before the first time, to get rid of what happened after the units.
   *
   * @param reason takes the conflict's place in messages
   * @param units what was done before the savepoint, and what was read since
   */
  void replayAtOnce(SQLException reason, List<Unit> units) throws SQLException {
    failIfNotReplayable(reason, units);
    rollbackToSavepoint = reason;
    SQLException conflict = replayOnce(reason, units);
    if (conflict != null) {
      replay(conflict, units);
    }
  }

  /** Returns the conflict that the replay met, or null if it succeeded. */
  private SQLException replayOnce(SQLException conflict, List<Unit> units) throws SQLException {
    leaveTransaction(conflict, units);
    recoveries.statistics().transactionReplayed();
    Replay run = new Replay(units, time());
    long replaying = recoveries.now();
    recoveries.begin(this);
    replay = run;
    try {
      failIfCancelled(conflict);
      run.run();
      return null;
    } catch (OutcomeDiffers difference) {
      throw rolledBack(differs(conflict, run, difference));
    } catch (SQLException failure) {
      if (recoveries.isConflict(failure) || mayMoveFor(units)) {
        return rolledBack(failure);
      }
      throw rolledBack(ofReplay(conflict, run, failure));
    } finally {
      replay = null;
      recoveries.end();
      recoveries.statistics().took(DriverTiming.REPLAYING, recoveries.now() - replaying);
    }
  }

  /** Rolls back what a replay began. That this fails says less than why the replay did. */
  private SQLException rolledBack(SQLException failure) throws SQLException {
    return SafeRollback.after(failure, session);
  }

  /** On a connection that is lost there is nothing to roll back, and nothing can be run again. */
  private void leaveTransaction(SQLException failure, List<Unit> units) throws SQLException {
    SQLException loss = failure;
    try {
      if (!session.isLost()) {
        session.rollBack();
        return;
      }
    } catch (SQLException atRollback) {
      if (!session.isClosed() && !session.isLost()) {
        throw SafeRollback.suppress(failure, atRollback);
      }
      loss = atRollback;
    }
    if (mayMoveFor(units)) {
      move(failure, loss);
      return;
    }
    throw lostBeforeReplay(failure, loss);
  }

  private void move(SQLException failure, SQLException loss) throws SQLException {
    try {
      session.move();
    } catch (SQLException refusal) {
      SQLException surfacing = failure == rollbackToSavepoint ? loss : failure;
      SafeRollback.suppress(surfacing, loss);
      surfacing.addSuppressed(refusal);
      throw failedOtherwise(this, surfacing);
    }
  }

  /** A conflict has ended the transaction before the connection was lost; a savepoint has not. */
  private SQLException lostBeforeReplay(SQLException failure, SQLException loss) {
    String reason = "reconnect is " + session.reconnect().text();
    if (loss == failure || failure == rollbackToSavepoint) {
      return notContinued(loss, reason);
    }
    recoveries.statistics().notReplayable();
    ConflictException surfacing =
        DsqlExceptions.notReplayable(
            failure,
            earlier,
            executions() + 1,
            elapsed(),
            "its connection was lost when it was rolled back, and " + reason);
    surfacing.addSuppressed(loss);
    return surfacing;
  }

  /** Whether the units can be run again on another connection because this one is lost. */
  private boolean mayMoveFor(List<Unit> units) {
    return session.isLost() && (units.isEmpty() || Reconnection.continuesTransactions(session));
  }

  private SQLException ofReplay(SQLException conflict, Replay run, SQLException failure)
      throws SQLException {
    if (cancelled != null) {
      return exhausted(conflict, cancelled);
    }
    TimeLimit passed = passedLimit();
    if (passed != null && CANCELLED_STATE.equals(failure.getSQLState())) {
      return exhausted(conflict, passed.reason());
    }
    String sqlState = failure.getSQLState();
    if (sqlState == null
        || NOT_ABOUT_DATA.contains(sqlState.substring(0, 2))
        || Recoveries.isConnectionLost(failure, session)) {
      failure.addSuppressed(conflict);
      return failure;
    }
    SQLException changed =
        dataChanged(conflict, run, "it succeeded and fails now with SQLSTATE " + sqlState);
    changed.addSuppressed(failure);
    return changed;
  }

  /** A value that differs each time, or a time that does, deserves to be named as the reason. */
  private SQLException differs(SQLException conflict, Replay run, OutcomeDiffers difference) {
    Optional<String> call =
        difference.kind() == OutcomeDiffers.Kind.VALUE
            ? VolatileCalls.firstIn(run.text())
            : Optional.empty();
    if (call.isPresent()) {
      return notReplayable(
          conflict, Math.max(1, executions()), Obstacle.VOLATILE_VALUE.because(call.get()));
    }
    String what = difference.getMessage();
    if (difference.kind() != OutcomeDiffers.Kind.TRANSACTION_TIME) {
      what +=
          TransactionTimeCalls.firstIn(run.text())
              .map(time -> "; the statement holds " + time + ", which differs in each transaction")
              .orElse("");
    }
    return dataChanged(conflict, run, what);
  }

  private SQLException dataChanged(SQLException conflict, Replay run, String difference) {
    recoveries.statistics().dataChanged();
    LOG.info("A conflict surfaces: statement {} of a replay differs", run.position());
    return DsqlExceptions.dataChanged(
        conflict,
        earlier,
        Math.max(1, executions()),
        elapsed(),
        run.position(),
        run.text(),
        difference);
  }

  private void failIfNotReplayable(SQLException conflict, List<Unit> units) throws SQLException {
    String obstacle = journal.obstacle();
    if (obstacle == null && statement != null) {
      obstacle = statement.obstacleToRepeat();
    }
    if (obstacle == null) {
      obstacle = volatileValueIn(units);
    }
    if (obstacle == null) {
      obstacle = lastingEffectIn(units);
    }
    if (obstacle != null) {
      throw notReplayable(conflict, executions() + 1, obstacle);
    }
  }

  private SQLException notReplayable(SQLException conflict, int executions, String obstacle) {
    recoveries.statistics().notReplayable();
    if (!Conflict.isReportedBy(conflict)) {
      return notContinued(conflict, obstacle);
    }
    LOG.info("A conflict surfaces: the transaction cannot be run again, because {}", obstacle);
    return DsqlExceptions.notReplayable(conflict, earlier, executions, elapsed(), obstacle);
  }

  /** A value that is another one each time would always differ: that deserves a better reason. */
  private static String volatileValueIn(List<Unit> units) {
    for (Unit unit : units) {
      String call = unit.givesValues() ? VolatileCalls.firstIn(unit.text()).orElse(null) : null;
      if (call != null) {
        return Obstacle.VOLATILE_VALUE.because(call);
      }
    }
    return null;
  }

  /** What the rollback would not undo, the replay would do a second time. */
  private static String lastingEffectIn(List<Unit> units) {
    LastingEffects effects = new LastingEffects();
    String before = "";
    for (Unit unit : units) {
      String text = unit.text();
      Optional<String> effect = text == before ? Optional.empty() : effects.firstIn(text);
      if (effect.isPresent()) {
        return Obstacle.LASTING_EFFECT.because(effect.get());
      }
      before = text;
    }
    return null;
  }
}
