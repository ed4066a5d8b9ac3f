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
    boolean end = command.kind() == TransactionCommand.Kind.COMMIT;
    Recovery recovery = null;
    while (true) {
      Statement executed = statement.ready(form);
      try {
        T result = operation.execution().run(executed, form);
        journal(statement, form, command, operation, executed, result);
        return result;
      } catch (SQLException failure) {
        if (!mayRecover(failure)) {
          journalFailure(statement, form, operation, executed, failure);
          throw Recovery.failedOtherwise(recovery, end ? ofEnd(failure) : failure);
        }
        recovery = recover(recovery, statement, failure, end);
        statement.prepareToRepeat();
      }
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
    giveUp(reason);
  }

  private boolean mayRecover(SQLException failure) {
    return recoveries.isConflict(failure) && recoveries.replay();
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
        try {
          end.run();
          journal.clear();
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
      end.run();
    } finally {
      turn.unlock();
    }
  }

  /**
   * The connection is closed, and nothing will be run again. A thread that is using it still is not
   * waited for: closing is how an application stops it.
   */
  void closed() {
    if (turn.tryLock()) {
      try {
        journal.clear();
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
          session.rollBack();
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
