package io.dsqlproxy.driver.execution;

import io.dsqlproxy.driver.fences.Fences;
import io.dsqlproxy.driver.fences.Step;
import io.dsqlproxy.driver.journal.Journal;
import io.dsqlproxy.driver.journal.JournalSavepoint;
import io.dsqlproxy.driver.journal.LockUnit;
import io.dsqlproxy.driver.journal.Obstacle;
import io.dsqlproxy.driver.journal.SettingUnit;
import io.dsqlproxy.driver.journal.StatementUnit;
import io.dsqlproxy.driver.journal.StatementUnit.Invocation;
import io.dsqlproxy.driver.journal.UndonePart;
import io.dsqlproxy.driver.journal.Unit;
import io.dsqlproxy.rewriter.Effect;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.analysis.TransactionModes;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
  private final SessionGuard guard;
  private final FailedCommit failedCommit;
  private final ReentrantLock turn = new ReentrantLock();

  /** What is under way; or null. */
  private volatile Taking taking;

  /** Why only the end of the transaction is possible, although the server knows nothing of it. */
  private volatile SQLException lost;

  /** Whether that is the loss of the connection. */
  private volatile boolean lostWithConnection;

  /**
   * Whether it is lost because a command of the driver's failed: savepoints are a way back then.
   */
  private boolean abortedHere;

  /** Why no transaction of this connection can be run again, as a clause; or null. */
  private volatile String obstacleForEver;

  Transaction(
      Session session,
      Recoveries recoveries,
      long journalBytes,
      SessionGuard guard,
      FailedCommit failedCommit) {
    this.session = session;
    this.recoveries = recoveries;
    this.journal = new Journal(journalBytes);
    this.fences = new Fences(session::prepare);
    this.guard = guard;
    this.failedCommit = Objects.requireNonNull(failedCommit, "failedCommit");
  }

  private void takeTurn() {
    if (!turn.tryLock()) {
      turn.lock();
      journal.giveUp(Obstacle.SEVERAL_THREADS.because());
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
      journal.giveUp(Obstacle.BEGUN_UNSEEN.because());
    }
    giveUpIfUnwanted();
    noteSchemaChange();
  }

  /** What is known of tables may not be so any more. */
  private void noteSchemaChange() {
    if (recoveries.takeSchemaChange()) {
      fences.schemaChanged();
    }
  }

  private void giveUpIfUnwanted() {
    if (obstacleForEver != null) {
      journal.giveUp(obstacleForEver);
    } else if (!recoveries.replay()) {
      journal.giveUp(Obstacle.NOT_JOURNALED.because());
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
      if (command.kind() != TransactionCommand.Kind.ROLLBACK_TO) {
        failIfLost(command);
      }
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
    boolean commit = command.kind() == TransactionCommand.Kind.COMMIT;
    boolean first = !session.isTransactionOpen();
    Recovery recovery = null;
    while (true) {
      boolean unsent = true;
      boolean failed = commit && session.isTransactionFailed();
      Step step = Step.planned(form);
      Statement executed = null;
      try {
        guard(command);
        step = fenced(statement, form, effect, command);
        executed = statement.ready(step.form());
        step.bindTo(executed);
        statement.executesInstead(step.batch());
        unsent = session.isClosed();
        T result = operation.execution().run(executed, step.form());
        failIfVersionChanged(statement, step, executed, result);
        journal(statement, step, command, operation, executed, result);
        if (failed) {
          failedCommit.report(DsqlExceptions.rolledBackAtCommit());
        }
        return result;
      } catch (SQLException failure) {
        failIfLockLost(failure);
        if (!mayRecover(failure, command, first, unsent)) {
          SQLException surfacing = mayCommit(command) && !unsent ? ofEnd(failure) : failure;
          journalFailure(statement, step, operation, executed, failure);
          throw lostWith(Recovery.failedOtherwise(recovery, surfacing), command);
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

  /** {@code COMMIT AND CHAIN} and two-phase commit may do it, too. */
  private static boolean mayCommit(TransactionCommand command) {
    return command.kind() == TransactionCommand.Kind.COMMIT
        || command.kind() == TransactionCommand.Kind.UNCLEAR;
  }

  // -------------------- postponed locks

  /**
   * A lock on its way.
   *
   * @param statement for which it is taken; null at the end of the transaction
   */
  private record Taking(Executable statement, LockUnit lock) {}

  /** Ends the taking of a lock for a statement. Safe for use by other threads. */
  void cancel(Executable statement) throws SQLException {
    Taking now = taking;
    if (now != null && now.statement() == statement) {
      now.lock().cancel();
    }
  }

  private Step fenced(
      Executable statement, PlannedForm.Send form, Effect effect, TransactionCommand command)
      throws SQLException {
    noteSchemaChange();
    return switch (command.kind()) {
      case NONE, UNCLEAR ->
          session.isTransactionFailed()
              ? Step.planned(ExecutionGate.locked(form))
              : fences.before(statement, form, effect, lock -> take(statement, lock));
      case COMMIT -> {
        fenceBeforeCommit();
        yield Step.planned(form);
      }
      default -> Step.planned(form);
    };
  }

  private void fenceBeforeCommit() throws SQLException {
    noteSchemaChange();
    if (session.isTransactionOpen() && !session.isTransactionFailed()) {
      fences.beforeCommit(this::take);
      guard.beforeCommit();
    }
  }

  /** What may commit in the middle of a text is guarded before the text. */
  private void guard(TransactionCommand command) throws SQLException {
    if (command.kind() == TransactionCommand.Kind.UNCLEAR
        && session.isTransactionOpen()
        && !session.isTransactionFailed()) {
      guard.beforeCommit();
    }
  }

  /** Runs a lock as a part of the transaction, and says where. */
  private int take(LockUnit lock) throws SQLException {
    return take(null, lock);
  }

  private int take(Executable statement, LockUnit lock) throws SQLException {
    int position = journal.size();
    taking = new Taking(statement, lock);
    try {
      lock.run();
    } finally {
      taking = null;
    }
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
    SafeRollback.after(changed, session);
    surfaces(changed, false);
    throw changed;
  }

  /**
   * Lets pgJDBC change a row by a statement that the journal cannot know.
   *
   * @param reason why the transaction will not be run again afterwards, as a clause
   */
  void changeRow(String reason, RowChange change) throws SQLException {
    takeTurn();
    try {
      enter();
      failIfLost(TransactionCommand.NONE);
      boolean first = !session.isTransactionOpen();
      Recovery recovery = null;
      while (true) {
        try {
          changeRowOnce(reason, change);
          return;
        } catch (SQLException failure) {
          if (!mayRecover(failure, TransactionCommand.NONE, first, false)) {
            throw lostWith(Recovery.failedOtherwise(recovery, failure), TransactionCommand.NONE);
          }
          Journal begun = begun(TransactionCommand.NONE, first);
          recovery = recover(recovery, begun, null, failure, false);
        }
      }
    } finally {
      turn.unlock();
    }
  }

  /** A failure in pgJDBC may come after the server's success; one of the server's ends it all. */
  private void changeRowOnce(String reason, RowChange change) throws SQLException {
    if (session.isTransactionOpen() && !session.isTransactionFailed()) {
      fences.beforeUnseenWrite(this::take);
    }
    try {
      change.run();
    } finally {
      if (session.isTransactionOpen() && !session.isTransactionFailed()) {
        journal.giveUp(reason);
      }
    }
  }

  /** Moves in a result, in which nobody else moves meanwhile, not even a replay. */
  boolean move(Movement movement) throws SQLException {
    takeTurn();
    try {
      return movement.move();
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
    if (fences.knowsNoKeys()) {
      return;
    }
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
      journal.giveUp(Obstacle.BEGUN_IN_A_CHAIN.because());
      fences.begunUnseen();
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
      journal.giveUp(Obstacle.LOCK_FAILED.because());
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
        journal.giveUp(Obstacle.NOT_RECORDED.because());
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

  /**
   * Does something for a statement, in the transaction or before it begins. If it fails, only the
   * end of the transaction is possible, as after a statement that failed.
   *
   * @param statement whose time limit counts, and whose cancellation ends the wait
   */
  void attempt(Executable statement, Attempt attempt) throws SQLException {
    takeTurn();
    try {
      enter();
      failIfAborted();
      boolean first = session.inTransaction() && !session.isTransactionOpen();
      Recovery recovery = null;
      while (true) {
        try {
          Unit unit = attempt.run();
          if (unit != null && session.isTransactionOpen()) {
            add(unit);
          }
          return;
        } catch (SQLException failure) {
          if (!mayRecover(failure, TransactionCommand.NONE, first, false)) {
            throw aborted(Recovery.failedOtherwise(recovery, failure));
          }
          Journal begun = begun(TransactionCommand.NONE, first);
          recovery = recover(recovery, begun, statement, failure, false);
        }
      }
    } finally {
      turn.unlock();
    }
  }

  /** A transaction that only this has begun is over afterwards. */
  <T> T ask(ExecutionGate.Question<T> question) throws SQLException {
    takeTurn();
    try {
      boolean open = session.isTransactionOpen();
      Recovery recovery = null;
      while (true) {
        try {
          T answer = question.ask();
          if (!open) {
            session.rollBack();
          }
          return answer;
        } catch (SQLException failure) {
          if (session.isLost() || !mayRecover(failure, TransactionCommand.NONE, !open, false)) {
            SQLException error = Recovery.failedOtherwise(recovery, failure);
            throw open ? error : SafeRollback.after(error, session);
          }
          recovery = recover(recovery, journal, null, failure, false);
        }
      }
    } finally {
      turn.unlock();
    }
  }

  /** The same; a transaction that is open will not be run again. */
  <T> T aside(String reason, ExecutionGate.Question<T> question) throws SQLException {
    takeTurn();
    try {
      boolean open = session.isTransactionOpen();
      T answer = ask(question);
      if (open) {
        giveUp(reason);
      }
      return answer;
    } finally {
      turn.unlock();
    }
  }

  /**
   * Something that the driver does instead of the server has failed. As after a statement that
   * failed, only the end of the transaction is possible, or the way back to a savepoint: what the
   * journal holds stays for that.
   */
  SQLException aborted(SQLException failure) {
    takeTurn();
    try {
      if (lost == null && session.inTransaction() && !session.isTransactionFailed()) {
        SafeRollback.after(failure, session);
        if (session.isLost()) {
          surfaces(failure, false);
        } else if (!session.isTransactionOpen()) {
          lostWithConnection = false;
          lost = failure;
          abortedHere = true;
        }
      }
    } catch (SQLException unreachable) {
      failure.addSuppressed(unreachable);
    } finally {
      turn.unlock();
    }
    return failure;
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
        fences.forgetKeys();
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
    fences.mayWriteUnseen();
    giveUp(reason);
  }

  /**
   * pgJDBC makes the first failure of a transaction the cause of the next ones: a conflict behind
   * one of those has surfaced, and its statement is missing in the journal. So has one that the
   * driver itself has made an error of. See {@link Reconnection#mayRepeat} for the loss of the
   * connection.
   */
  private boolean mayRecover(
      SQLException failure, TransactionCommand command, boolean first, boolean unsent) {
    if (session.isLost()) {
      return Reconnection.mayRepeat(session, command, first, unsent, recoveries.replay());
    }
    return !command.isScript()
        && !(failure instanceof ConflictException)
        && !DsqlExceptions.IN_FAILED_TRANSACTION.equals(failure.getSQLState())
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
      if (mayCommit(command)) {
        session.forgetTransaction(true);
      }
      surfaces(error, isEnd(command));
    }
    return error;
  }

  /** What the server has rolled back must not go on as if it were another transaction. */
  private void surfaces(SQLException error, boolean end) {
    boolean withConnection = session.isLost();
    if (withConnection) {
      session.forgetTransaction(end);
    }
    if (!session.isTransactionOpen()) {
      over();
      lostWithConnection = withConnection;
      lost = end ? null : error;
      abortedHere = false;
    }
  }

  private void failIfLost(TransactionCommand command) throws SQLException {
    SQLException why = lost;
    if (why == null) {
      return;
    }
    switch (command.kind()) {
      case ROLLBACK -> forgetLost();
      case COMMIT -> {
        forgetLost();
        SQLException aborted = DsqlExceptions.transactionAborted(why);
        if (lostWithConnection) {
          throw aborted;
        }
        failedCommit.report(aborted);
      }
      default -> throw DsqlExceptions.transactionAborted(why);
    }
  }

  private void forgetLost() {
    lost = null;
    abortedHere = false;
    over();
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
        boolean unsent = true;
        boolean failed = session.isTransactionFailed();
        try {
          fenceBeforeCommit();
          unsent = session.isClosed();
          end.run();
          over();
          if (failed) {
            failedCommit.report(DsqlExceptions.rolledBackAtCommit());
          }
          return;
        } catch (SQLException failure) {
          failIfLockLost(failure);
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

  /** Nothing of the transaction may be committed, whatever its application does next. */
  private void failIfLockLost(SQLException failure) throws SQLException {
    if (failure instanceof LockLostException) {
      SafeRollback.after(failure, session);
      over();
      throw failure;
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
      forgetLost();
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
      run(begin);
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

  void failIfAborted() throws SQLException {
    failIfLost(TransactionCommand.NONE);
    if (session.isTransactionFailed()) {
      throw DsqlExceptions.transactionAborted(null);
    }
  }

  private boolean isFailed() {
    return lost != null || session.isTransactionFailed();
  }

  /**
   * What is about savepoints by a method of JDBC's begins no transaction, unlike a text.
   *
   * @param command for the message
   */
  void failIfNoneBegun(String command) throws SQLException {
    if (lost == null && !session.isTransactionOpen() && !journal.hasSavepoints()) {
      throw DsqlExceptions.onlyInTransaction(command);
    }
  }

  private JournalSavepoint existing(String name) throws SQLException {
    JournalSavepoint savepoint = journal.savepoint(name);
    if (savepoint == null) {
      throw aborted(DsqlExceptions.noSuchSavepoint(name));
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
      if (journal.savepoint(name) == null && !abortedHere) {
        failIfLost(TransactionCommand.NONE);
      }
      int position = existing(name).position();
      UndonePart undone = UndonePart.nothing();
      if (position < journal.size() || isFailed() || !isJournaling()) {
        undone = UndonePart.of(journal.unitsFrom(position));
        undo(name, position, undone);
      }
      lost = null;
      abortedHere = false;
      journal.returnTo(name, undone);
      fences.undo(position);
    } finally {
      turn.unlock();
    }
  }

  private void undo(String name, int position, UndonePart undone) throws SQLException {
    SQLException reason =
        new SQLTransactionRollbackException(
            "a rollback to the savepoint \"" + name + "\", which is a replay on Aurora DSQL",
            Conflict.SQLSTATE);
    if (undone.obstacle() != null) {
      journal.giveUp(undone.obstacle());
    }
    List<Unit> kept = new ArrayList<>(journal.unitsTo(position));
    kept.addAll(undone.reads());
    try {
      recoveries.ofTransaction(session, journal, null).replayAtOnce(reason, kept);
    } catch (SQLException failure) {
      SQLException surfacing = ofUndoing(reason, failure, position + undone.readsBeforeWrites());
      SafeRollback.after(surfacing, session);
      surfaces(surfacing, false);
      throw surfacing;
    }
  }

  /** A read behind an undone write may well have another outcome without that write. */
  private static SQLException ofUndoing(SQLException reason, SQLException failure, int firm) {
    return failure instanceof DataChangedException changed && changed.statement() > firm
        ? DsqlExceptions.notReplayable(
            reason, List.of(changed), 1, Duration.ZERO, Obstacle.READ_AFTER_UNDONE_WRITE.because())
        : failure;
  }
}
