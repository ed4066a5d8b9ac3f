package io.dsqlproxy.driver.execution;

import io.dsqlproxy.driver.fences.Fences;
import io.dsqlproxy.driver.fences.Step;
import io.dsqlproxy.driver.journal.Journal;
import io.dsqlproxy.driver.journal.JournalSavepoint;
import io.dsqlproxy.driver.journal.LockUnit;
import io.dsqlproxy.driver.journal.SettingUnit;
import io.dsqlproxy.driver.journal.StatementUnit;
import io.dsqlproxy.driver.journal.StatementUnit.Invocation;
import io.dsqlproxy.driver.journal.Unit;
import io.dsqlproxy.rewriter.Effect;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.analysis.TransactionModes;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open transaction of one connection: everything in it is journaled, and after a conflict it is
 * run again from its journal.
 *
 * <p>When a transaction is over is asked of the protocol, whoever ended it. Safe for use by many
 * threads: one at a time has the turn, and keeps it while it talks to the server, as it would keep
 * pgJDBC's lock.
 */
final class Transaction {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.retry");

  /** What is sent in the place of what Aurora DSQL refuses and the driver does by other means. */
  static final PlannedForm.Send NOTHING = new PlannedForm.Send("", List.of());

  private final Session session;
  private final Recoveries recoveries;
  private final Journal journal;
  private final Fences fences;
  private final ReentrantLock turn = new ReentrantLock();

  /** Why only the end of the transaction is possible, although the server knows nothing of it. */
  private volatile SQLException lost;

  /** Why no transaction of this connection can be run again, as a clause; or null. */
  private volatile String obstacleForEver;

  Transaction(Session session, Recoveries recoveries, long journalBytes) {
    this.session = session;
    this.recoveries = recoveries;
    this.journal = new Journal(journalBytes);
    this.fences = new Fences(session::prepare);
  }

  private void takeTurn() {
    if (!turn.tryLock()) {
      turn.lock();
      journal.giveUp("several threads used the connection at once");
    }
  }

  private void over() {
    journal.clear();
    fences.clear();
  }

  /** What the journal holds is about the transaction that the protocol knows, and all of it. */
  private void enter() {
    if (!session.isTransactionOpen()) {
      if (!journal.isEmpty() && lost == null) {
        over();
      }
    } else if (journal.isEmpty() && !session.isTransactionFailed()) {
      journal.giveUp("it was begun where the driver could not see it");
    }
    giveUpIfUnwanted();
  }

  private void giveUpIfUnwanted() {
    if (obstacleForEver != null) {
      journal.giveUp(obstacleForEver);
    } else if (!recoveries.replay()) {
      journal.giveUp("it was not journaled (property retryMode)");
    }
  }

  private boolean isJournaling() {
    return journal.obstacle() == null;
  }

  /** Whether the application's transaction goes on, although the server's is over. */
  boolean isLost() {
    return lost != null;
  }

  // -------------------- statements

  /** Executes a statement in the transaction. */
  <S extends Executable, T> T execute(
      S statement,
      PlannedForm.Send form,
      Effect effect,
      TransactionCommand command,
      Operation<S, T> operation)
      throws SQLException {
    takeTurn();
    try {
      enter();
      failIfLost(command);
      return switch (command.kind()) {
        case SAVEPOINT, RELEASE, ROLLBACK_TO -> aboutSavepoint(statement, command, operation);
        case SET_TRANSACTION -> aboutModes(statement, form, operation);
        default -> executeJournaled(statement, form, effect, command, operation);
      };
    } finally {
      turn.unlock();
    }
  }

  private <S extends Executable, T> T executeJournaled(
      S statement,
      PlannedForm.Send form,
      Effect effect,
      TransactionCommand command,
      Operation<S, T> operation)
      throws SQLException {
    boolean end = command.kind() == TransactionCommand.Kind.COMMIT;
    Recovery recovery = null;
    while (true) {
      boolean failed = end && session.isTransactionFailed();
      Step step = Step.planned(form);
      Statement executed = null;
      try {
        step = fenced(statement, form, effect, command);
        executed = statement.ready(step.form());
        step.bindTo(executed);
        statement.executesInstead(step.batch());
        T result = operation.execution().run(executed, step.form());
        failIfVersionChanged(statement, step, executed, result);
        journal(statement, step, command, operation, executed, result);
        failIfRolledBack(failed);
        return result;
      } catch (SQLException failure) {
        if (!mayRecover(failure)) {
          SQLException surfacing = end ? ofEnd(failure) : failure;
          journalFailure(statement, step, operation, executed, failure);
          throw Recovery.failedOtherwise(recovery, surfacing);
        }
        recovery = recover(recovery, statement, failure, end);
        statement.prepareToRepeat();
      }
    }
  }

  // -------------------- postponed locks

  private Step fenced(
      Executable statement, PlannedForm.Send form, Effect effect, TransactionCommand command)
      throws SQLException {
    return switch (command.kind()) {
      case NONE, UNCLEAR ->
          session.isTransactionFailed()
              ? Step.planned(ExecutionGate.locked(form))
              : fences.before(statement, form, effect, this::take);
      case COMMIT -> {
        fenceBeforeCommit();
        yield Step.planned(form);
      }
      default -> Step.planned(form);
    };
  }

  private void fenceBeforeCommit() throws SQLException {
    if (session.isTransactionOpen() && !session.isTransactionFailed()) {
      fences.beforeCommit(this::take);
    }
  }

  /** Runs a lock as a part of the transaction, and says where. */
  private int take(LockUnit lock) throws SQLException {
    int position = journal.size();
    lock.run();
    if (isJournaling()) {
      add(lock);
    }
    return position;
  }

  private void failIfVersionChanged(
      Executable statement, Step step, Statement executed, Object result) throws SQLException {
    if (fences.after(statement, step, executed, result, journal.size())) {
      return;
    }
    SQLException changed = DsqlExceptions.versionChanged(step.form().sql());
    session.rollBack();
    surfaces(changed, false);
    throw changed;
  }

  /** Something is about to be written by pgJDBC itself. */
  void writes() throws SQLException {
    takeTurn();
    try {
      enter();
      if (session.isTransactionOpen() && !session.isTransactionFailed()) {
        fences.beforeUnseenWrite(this::take);
      }
    } finally {
      turn.unlock();
    }
  }

  /** Settings are about to change by a method of JDBC's. */
  void beforeSettings() throws SQLException {
    takeTurn();
    try {
      enter();
      if (session.isTransactionOpen() && !session.isTransactionFailed()) {
        fences.beforeSettings(this::take);
      }
      fences.forgetKeys();
    } finally {
      turn.unlock();
    }
  }

  /** Names may mean other tables from now on. */
  void settingsChange() {
    takeTurn();
    try {
      fences.forgetKeys();
    } finally {
      turn.unlock();
    }
  }

  /** A statement has begun the transaction. */
  <S extends Executable, T> void begunBy(
      S statement,
      PlannedForm.Send form,
      TransactionCommand command,
      Operation<S, T> operation,
      Statement executed,
      T result) {
    takeTurn();
    try {
      over();
      giveUpIfUnwanted();
      journal(statement, Step.planned(form), command, operation, executed, result);
    } finally {
      turn.unlock();
    }
  }

  private <S extends Executable, T> void journal(
      S statement,
      Step step,
      TransactionCommand command,
      Operation<S, T> operation,
      Statement executed,
      T result) {
    if (!session.isTransactionOpen()) {
      over();
    } else if (command.kind() == TransactionCommand.Kind.UNCLEAR) {
      journal.giveUp("it was begun, or may have been, in the middle of a text or of a chain");
    } else if (isJournaling()) {
      statement.journaled(record(statement, step, operation, executed, result));
    }
  }

  /** A failure that left the transaction open is something that the application has seen. */
  private <S extends Executable, T> void journalFailure(
      S statement, Step step, Operation<S, T> operation, Statement executed, SQLException failure) {
    if (!session.isTransactionOpen()) {
      over();
    } else if (executed == null) {
      journal.giveUp("a statement that takes a lock failed");
    } else if (!session.isTransactionFailed() && isJournaling()) {
      StatementUnit<T> unit = record(statement, step, operation, executed, null);
      if (unit != null) {
        unit.failedWith(failure.getSQLState());
      }
    }
  }

  /** Null if that failed: then the journal has given up, because nothing may be missing in it. */
  private <S extends Executable, T> StatementUnit<T> record(
      S statement, Step step, Operation<S, T> operation, Statement executed, T result) {
    StatementUnit<T> unit = null;
    try {
      Invocation<T> invocation = statement.invocation(step.form(), operation.execution());
      unit = operation.recording().unit(statement, step.complete(invocation), executed, result);
      add(unit);
    } catch (SQLException failure) {
      LOG.warn("A transaction will not be run again after a conflict", failure);
    } finally {
      if (unit == null) {
        journal.giveUp("an execution could not be recorded");
      }
    }
    return unit;
  }

  private void add(Unit unit) {
    if (journal.isEmpty()) {
      recoveries.retries().budget().transactionStarted();
    }
    journal.add(unit, recoveries.now());
  }

  /** Moves in a result after that failed once. */
  boolean moveAfter(SQLException failure, Movement movement) throws SQLException {
    takeTurn();
    try {
      SQLException last = failure;
      Recovery recovery = null;
      while (true) {
        if (!mayRecover(last)) {
          throw Recovery.failedOtherwise(recovery, last);
        }
        recovery = recover(recovery, null, last, false);
        try {
          return movement.move();
        } catch (SQLException again) {
          last = again;
        }
      }
    } finally {
      turn.unlock();
    }
  }

  /** Sets something on the server that the end of a failed transaction takes back. */
  void set(String method, SettingUnit.Change change) throws SQLException {
    takeTurn();
    try {
      enter();
      failIfLost(TransactionCommand.NONE);
      change.run();
      if (session.isTransactionOpen()) {
        add(new SettingUnit(method, change));
      }
    } finally {
      turn.unlock();
    }
  }

  /** Something happens in the transaction, if there is one, that the journal cannot know. */
  void giveUp(String reason) {
    takeTurn();
    try {
      enter();
      journal.giveUp(reason);
    } finally {
      turn.unlock();
    }
  }

  /** Things can happen from now on that the journal cannot know. */
  void giveUpForEver(String reason) {
    obstacleForEver = reason;
    fences.mayWriteUnseen();
    giveUp(reason);
  }

  /**
   * pgJDBC makes the first failure of a transaction the cause of the next ones: a conflict behind
   * one of those has surfaced, and its statement is missing in the journal. So has one that the
   * driver itself has made an error of.
   */
  private boolean mayRecover(SQLException failure) {
    return !(failure instanceof ConflictException)
        && !DsqlExceptions.IN_FAILED_TRANSACTION.equals(failure.getSQLState())
        && recoveries.isConflict(failure)
        && recoveries.replay();
  }

  private Recovery recover(
      Recovery recovery, Executable statement, SQLException conflict, boolean end)
      throws SQLException {
    Recovery started =
        recovery != null ? recovery : recoveries.ofTransaction(session, journal, statement);
    try {
      started.replay(conflict, journal.units());
      return started;
    } catch (SQLException surfacing) {
      surfaces(surfacing, end);
      throw surfacing;
    }
  }

  /** What the server has rolled back must not go on as if it were another transaction. */
  private void surfaces(SQLException error, boolean end) {
    if (!session.isTransactionOpen()) {
      over();
      lost = end ? null : error;
    }
  }

  private void failIfLost(TransactionCommand command) throws SQLException {
    SQLException why = lost;
    if (why == null) {
      return;
    }
    switch (command.kind()) {
      case ROLLBACK -> lost = null;
      case COMMIT -> {
        lost = null;
        throw DsqlExceptions.transactionAborted(why);
      }
      default -> throw DsqlExceptions.transactionAborted(why);
    }
  }

  // -------------------- the end

  /** Commits the transaction, or does what commits it. */
  void end(TransactionEnd end) throws SQLException {
    takeTurn();
    try {
      enter();
      failIfLost(TransactionCommand.COMMIT);
      Recovery recovery = null;
      while (true) {
        boolean failed = session.isTransactionFailed();
        try {
          fenceBeforeCommit();
          end.run();
          over();
          failIfRolledBack(failed);
          return;
        } catch (SQLException failure) {
          if (!mayRecover(failure)) {
            throw Recovery.failedOtherwise(recovery, ofEnd(failure));
          }
          recovery = recover(recovery, null, failure, true);
        }
      }
    } finally {
      turn.unlock();
    }
  }

  /**
   * The server answers the COMMIT of a failed transaction with a rollback, as a success. pgJDBC
   * makes an error of it unless it is told not to (raiseExceptionOnSilentRollback).
   */
  private static void failIfRolledBack(boolean failed) throws SQLException {
    if (failed) {
      throw DsqlExceptions.rolledBackAtCommit();
    }
  }

  /** Some failures of COMMIT leave open what became of the transaction. */
  private SQLException ofEnd(SQLException failure) throws SQLException {
    boolean committedSomething = !journal.isEmpty();
    if (!session.isTransactionOpen()) {
      over();
    }
    return committedSomething && Recoveries.leavesCommitOpen(failure, session)
        ? recoveries.commitUnknown(failure)
        : failure;
  }

  /** Rolls the transaction back. */
  void rollBack(TransactionEnd end) throws SQLException {
    takeTurn();
    try {
      lost = null;
      over();
      end.run();
    } finally {
      turn.unlock();
    }
  }

  // -------------------- modes

  /**
   * Aurora DSQL refuses SET TRANSACTION, but not the same modes in BEGIN. An empty statement gives
   * the application what the command gives.
   */
  private <S extends Executable, T> T aboutModes(
      S statement, PlannedForm.Send form, Operation<S, T> operation) throws SQLException {
    if (session.isTransactionFailed()) {
      throw DsqlExceptions.transactionAborted(null);
    }
    TransactionModes modes = TransactionModes.of(form.sql());
    boolean nothingHappened = nothingHappened();
    if (modes != null && !session.has(modes.kinds())) {
      if (!nothingHappened) {
        throw DsqlExceptions.modesTooLate(form.sql());
      }
      SettingUnit.Change begin = () -> session.begin(modes.kinds());
      begin.run();
      add(new SettingUnit(form.sql(), begin));
    }
    return executeJournaled(statement, NOTHING, Effect.NOTHING, TransactionCommand.NONE, operation);
  }

  /** Nothing that another beginning would undo. */
  private boolean nothingHappened() {
    return !session.isTransactionOpen()
        || isJournaling()
            && journal.units().stream()
                .allMatch(
                    unit ->
                        switch (TransactionCommand.of(unit.text()).kind()) {
                          case BEGIN, SET_TRANSACTION -> true;
                          default -> unit.text().isBlank();
                        });
  }

  // -------------------- the end of the connection

  /**
   * The connection is closed, and nothing will be run again. A thread that is using it still is not
   * waited for: closing is how an application stops it.
   */
  void closed() {
    if (turn.tryLock()) {
      try {
        over();
      } finally {
        turn.unlock();
      }
    }
  }

  // -------------------- savepoints

  /** An empty statement gives the application what a command about a savepoint gives. */
  private <S extends Executable, T> T aboutSavepoint(
      S statement, TransactionCommand command, Operation<S, T> operation) throws SQLException {
    if (!recoveries.replay()) {
      throw DsqlExceptions.savepointRefused();
    }
    switch (command.kind()) {
      case SAVEPOINT -> setSavepoint(command.name());
      case RELEASE -> releaseSavepoint(command.name());
      default -> rollBackTo(command.name());
    }
    return operation.execution().run(statement.ready(NOTHING), NOTHING);
  }

  void setSavepoint(String name) throws SQLException {
    takeTurn();
    try {
      enter();
      failIfAborted();
      journal.setSavepoint(name);
    } finally {
      turn.unlock();
    }
  }

  void releaseSavepoint(String name) throws SQLException {
    takeTurn();
    try {
      enter();
      failIfAborted();
      existing(name);
      journal.releaseSavepoint(name);
    } finally {
      turn.unlock();
    }
  }

  private void failIfAborted() throws SQLException {
    failIfLost(TransactionCommand.NONE);
    if (session.isTransactionFailed()) {
      throw DsqlExceptions.transactionAborted(null);
    }
  }

  private JournalSavepoint existing(String name) throws SQLException {
    JournalSavepoint savepoint = journal.savepoint(name);
    if (savepoint == null) {
      throw DsqlExceptions.noSuchSavepoint(name);
    }
    return savepoint;
  }

  /**
   * Undoes what was done since: the whole transaction is rolled back, and what was done before is
   * done again.
   */
  void rollBackTo(String name) throws SQLException {
    takeTurn();
    try {
      enter();
      failIfLost(TransactionCommand.NONE);
      int position = existing(name).position();
      if (position < journal.size() || session.isTransactionFailed() || !isJournaling()) {
        SQLException reason =
            new SQLTransactionRollbackException(
                "a rollback to the savepoint \"" + name + "\", which is a replay on Aurora DSQL",
                Conflict.SQLSTATE);
        try {
          recoveries
              .ofTransaction(session, journal, null)
              .replayAtOnce(reason, isJournaling() ? journal.units().subList(0, position) : null);
        } catch (SQLException surfacing) {
          session.rollBack();
          surfaces(surfacing, false);
          throw surfacing;
        }
      }
      journal.returnTo(name);
      fences.undo(position);
    } finally {
      turn.unlock();
    }
  }
}
