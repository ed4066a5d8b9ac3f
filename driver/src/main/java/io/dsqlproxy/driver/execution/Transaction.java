package io.dsqlproxy.driver.execution;

import io.dsqlproxy.driver.journal.Journal;
import io.dsqlproxy.driver.journal.JournalSavepoint;
import io.dsqlproxy.driver.journal.SettingUnit;
import io.dsqlproxy.driver.journal.StatementUnit;
import io.dsqlproxy.driver.journal.Unit;
import io.dsqlproxy.rewriter.PlannedForm;
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

  private final Session session;
  private final Recoveries recoveries;
  private final Journal journal;
  private final ReentrantLock turn = new ReentrantLock();

  /** Why only the end of the transaction is possible, although the server knows nothing of it. */
  private volatile SQLException lost;

  /** Why no transaction of this connection can be run again, as a clause; or null. */
  private volatile String obstacleForEver;

  Transaction(Session session, Recoveries recoveries, long journalBytes) {
    this.session = session;
    this.recoveries = recoveries;
    this.journal = new Journal(journalBytes);
  }

  private void takeTurn() {
    if (!turn.tryLock()) {
      turn.lock();
      journal.giveUp("several threads used the connection at once");
    }
  }

  /** What the journal holds is about the transaction that the protocol knows, and all of it. */
  private void enter() {
    if (!session.isTransactionOpen()) {
      if (!journal.isEmpty() && lost == null) {
        journal.clear();
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
      S statement, PlannedForm.Send form, TransactionCommand command, Operation<S, T> operation)
      throws SQLException {
    takeTurn();
    try {
      enter();
      failIfLost(command);
      return switch (command.kind()) {
        case SAVEPOINT, RELEASE, ROLLBACK_TO -> aboutSavepoint(statement, command, operation);
        default -> executeJournaled(statement, form, command, operation);
      };
    } finally {
      turn.unlock();
    }
  }

  private <S extends Executable, T> T executeJournaled(
      S statement, PlannedForm.Send form, TransactionCommand command, Operation<S, T> operation)
      throws SQLException {
    boolean commit = command.kind() == TransactionCommand.Kind.COMMIT;
    boolean first = !session.isTransactionOpen();
    Recovery recovery = null;
    while (true) {
      boolean unsent = session.isLost();
      boolean failed = commit && session.isTransactionFailed();
      Statement executed = statement.ready(form);
      try {
        T result = operation.execution().run(executed, form);
        journal(statement, form, command, operation, executed, result);
        failIfRolledBack(failed);
        return result;
      } catch (SQLException failure) {
        if (!mayRecover(failure, command, first, unsent)) {
          journalFailure(statement, form, operation, executed, failure);
          SQLException error = commit && !unsent ? ofEnd(failure) : failure;
          throw lostWith(Recovery.failedOtherwise(recovery, error), command);
        }
        recovery = recover(recovery, begun(command, first), statement, failure, isEnd(command));
        statement.prepareToRepeat();
      }
    }
  }

  /**
   * What is to be run again before the command. Nothing, if it was to begin the transaction or to
   * roll it back, and the connection is lost: then it does not matter why the journal has given up.
   */
  private Journal begun(TransactionCommand command, boolean first) {
    boolean nothing = first || command.kind() == TransactionCommand.Kind.ROLLBACK;
    return nothing && session.isLost() ? new Journal(0) : journal;
  }

  private static boolean isEnd(TransactionCommand command) {
    return command.kind() == TransactionCommand.Kind.COMMIT
        || command.kind() == TransactionCommand.Kind.ROLLBACK;
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
      journal.clear();
      giveUpIfUnwanted();
      journal(statement, form, command, operation, executed, result);
    } finally {
      turn.unlock();
    }
  }

  private <S extends Executable, T> void journal(
      S statement,
      PlannedForm.Send form,
      TransactionCommand command,
      Operation<S, T> operation,
      Statement executed,
      T result) {
    if (!session.isTransactionOpen()) {
      journal.clear();
    } else if (command.kind() == TransactionCommand.Kind.UNCLEAR) {
      journal.giveUp("it was begun, or may have been, in the middle of a text or of a chain");
    } else if (isJournaling()) {
      statement.journaled(record(statement, form, operation, executed, result));
    }
  }

  /** A failure that left the transaction open is something that the application has seen. */
  private <S extends Executable, T> void journalFailure(
      S statement,
      PlannedForm.Send form,
      Operation<S, T> operation,
      Statement executed,
      SQLException failure) {
    if (!session.isTransactionOpen()) {
      journal.clear();
    } else if (!session.isTransactionFailed() && isJournaling()) {
      StatementUnit<T> unit = record(statement, form, operation, executed, null);
      if (unit != null) {
        unit.failedWith(failure.getSQLState());
      }
    }
  }

  /** Null if that failed: then the journal has given up, because nothing may be missing in it. */
  private <S extends Executable, T> StatementUnit<T> record(
      S statement, PlannedForm.Send form, Operation<S, T> operation, Statement executed, T result) {
    StatementUnit<T> unit = null;
    try {
      unit =
          operation
              .recording()
              .unit(statement, statement.invocation(form, operation.execution()), executed, result);
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
        if (!mayRecover(last, TransactionCommand.NONE, false, false)) {
          throw lostWith(Recovery.failedOtherwise(recovery, last), TransactionCommand.NONE);
        }
        recovery = recover(recovery, journal, null, last, false);
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
      run(change);
      if (session.isTransactionOpen()) {
        add(new SettingUnit(method, change));
      }
    } finally {
      turn.unlock();
    }
  }

  /** A conflict of a setting surfaces; only the loss of the connection is recovered from. */
  private void run(SettingUnit.Change change) throws SQLException {
    boolean first = !session.isTransactionOpen();
    Recovery recovery = null;
    while (true) {
      try {
        change.run();
        return;
      } catch (SQLException failure) {
        if (!session.isLost() || !mayRecover(failure, TransactionCommand.NONE, first, false)) {
          throw lostWith(Recovery.failedOtherwise(recovery, failure), TransactionCommand.NONE);
        }
        recovery = recover(recovery, begun(TransactionCommand.NONE, first), null, failure, false);
      }
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
    giveUp(reason);
  }

  /**
   * pgJDBC makes the first failure of a transaction the cause of the next ones: a conflict behind
   * one of those has surfaced, and its statement is missing in the journal. See {@link
   * Reconnection#mayRepeat} for the loss of the connection.
   */
  private boolean mayRecover(
      SQLException failure, TransactionCommand command, boolean first, boolean unsent) {
    if (session.isLost()) {
      return Reconnection.mayRepeat(session, command, first, unsent, recoveries.replay());
    }
    return !DsqlExceptions.IN_FAILED_TRANSACTION.equals(failure.getSQLState())
        && recoveries.isConflict(failure)
        && recoveries.replay();
  }

  private Recovery recover(
      Recovery recovery, Journal begun, Executable statement, SQLException conflict, boolean end)
      throws SQLException {
    Recovery started =
        recovery != null ? recovery : recoveries.ofTransaction(session, begun, statement);
    try {
      started.replay(conflict, begun.units());
      return started;
    } catch (SQLException surfacing) {
      surfaces(surfacing, end);
      throw surfacing;
    }
  }

  /** The transaction of a lost connection is over, and the application has to hear of it. */
  private SQLException lostWith(SQLException error, TransactionCommand command) {
    if (session.isLost()) {
      surfaces(error, isEnd(command));
    }
    return error;
  }

  /** What the server has rolled back must not go on as if it were another transaction. */
  private void surfaces(SQLException error, boolean end) {
    if (session.isLost()) {
      session.forgetTransaction(end);
    }
    if (!session.isTransactionOpen()) {
      journal.clear();
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
        boolean unsent = session.isLost();
        boolean failed = session.isTransactionFailed();
        try {
          end.run();
          journal.clear();
          failIfRolledBack(failed);
          return;
        } catch (SQLException failure) {
          if (!mayRecover(failure, TransactionCommand.COMMIT, false, unsent)) {
            SQLException error = unsent ? failure : ofEnd(failure);
            throw lostWith(Recovery.failedOtherwise(recovery, error), TransactionCommand.COMMIT);
          }
          recovery = recover(recovery, journal, null, failure, true);
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

  /** A connection that was lost at COMMIT leaves open what became of the transaction. */
  private SQLException ofEnd(SQLException failure) throws SQLException {
    boolean committedSomething = !journal.isEmpty();
    if (!session.isTransactionOpen()) {
      journal.clear();
    }
    return committedSomething && Recoveries.isConnectionLost(failure, session)
        ? recoveries.commitUnknown(failure)
        : failure;
  }

  /** Rolls the transaction back. */
  void rollBack(TransactionEnd end) throws SQLException {
    takeTurn();
    try {
      lost = null;
      journal.clear();
      if (!isRolledBackByLoss()) {
        runUnlessLost(end);
      }
    } finally {
      turn.unlock();
    }
  }

  /** A transaction whose connection is lost is rolled back without anybody's help. */
  private boolean isRolledBackByLoss() throws SQLException {
    boolean rolledBack = session.isLost() && session.inTransaction();
    if (rolledBack) {
      session.forgetTransaction(false);
    }
    return rolledBack;
  }

  private void runUnlessLost(TransactionEnd end) throws SQLException {
    try {
      end.run();
    } catch (SQLException failure) {
      if (!isRolledBackByLoss()) {
        throw failure;
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
    PlannedForm.Send nothing = new PlannedForm.Send("", List.of());
    return operation.execution().run(statement.ready(nothing), nothing);
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
          if (!session.isLost()) {
            session.rollBack();
          }
          surfaces(surfacing, false);
          throw surfacing;
        }
      }
      journal.returnTo(name);
    } finally {
      turn.unlock();
    }
  }
}
