package io.dsqlproxy.driver.execution;

import io.dsqlproxy.driver.journal.Obstacle;
import io.dsqlproxy.driver.journal.SettingUnit;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.rewriter.Effect;
import io.dsqlproxy.rewriter.Finding;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.lexical.LoggedText;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way to the server for everything that an application executes on a connection. Here a
 * plan's form is chosen, a refusal becomes an error, and a conflict is answered. As safe for use by
 * many threads as the connection.
 */
public final class ExecutionGate {

  private static final Logger REWRITE = LoggerFactory.getLogger("io.dsqlproxy.rewrite");

  private final Session session;
  private final Reconnection reconnection;
  private final Recoveries recoveries;
  private final Transaction transaction;
  private final SessionGuard guard;
  private final DriverStatistics statistics;

  /**
   * The gate of a connection without locks beside its transactions.
   *
   * @param journalBytes the memory that a transaction's journal may take
   */
  public ExecutionGate(
      Session session, Recoveries recoveries, long journalBytes, DriverStatistics statistics) {
    this(session, recoveries, journalBytes, SessionGuard.NONE, FailedCommit.RETURN, statistics);
  }

  /**
   * The gate of a connection.
   *
   * @param journalBytes the memory that a transaction's journal may take
   * @param guard is asked before everything that is executed, and before COMMIT
   * @param failedCommit what the COMMIT of a failed transaction gives
   */
  public ExecutionGate(
      Session session,
      Recoveries recoveries,
      long journalBytes,
      SessionGuard guard,
      FailedCommit failedCommit,
      DriverStatistics statistics) {
    this.session = Objects.requireNonNull(session, "session");
    this.reconnection = new Reconnection(session);
    this.recoveries = Objects.requireNonNull(recoveries, "recoveries");
    this.guard = Objects.requireNonNull(guard, "guard");
    this.transaction = new Transaction(session, recoveries, journalBytes, guard, failedCommit);
    this.statistics = Objects.requireNonNull(statistics, "statistics");
  }

  /** What is run again after a conflict. */
  public RetryMode retryMode() {
    return recoveries.mode();
  }

  /** From now on something else is run again; a transaction that is open never is. */
  public void setRetryMode(RetryMode mode) {
    recoveries.setMode(mode);
    transaction.giveUp(Obstacle.MODE_SET.because());
  }

  // -------------------- executions

  /**
   * Executes a statement in the form that this moment asks for. A conflict of a statement that is a
   * transaction of its own is answered by executing it again: nothing of it has happened, and
   * nobody has seen a result. A conflict in a transaction is answered by running the transaction
   * again.
   */
  public <S extends Executable, T> T execute(
      S statement, Plan plan, TransactionCommand command, Operation<S, T> operation)
      throws SQLException {
    if (!reconnection.isOn()) {
      return executeHere(statement, plan, command, operation);
    }
    reconnection.enter();
    TransactionCommand.Kind end = endBy(command);
    try {
      T result = executeHere(statement, plan, command, operation);
      session.executed(sent(plan), end);
      return result;
    } catch (SQLException failure) {
      if (end == TransactionCommand.Kind.UNCLEAR) {
        session.executed(sent(plan), end);
      }
      failed();
      throw failure;
    } finally {
      reconnection.leave();
    }
  }

  /** What an emulated lock's statement is sent as says nothing of the lock. */
  private static String sent(Plan plan) {
    return plan.inTransaction() instanceof PlannedForm.Send form ? form.sql() : plan.sql();
  }

  private void failed() {
    if (!session.isTransactionOpen()) {
      ended(TransactionCommand.Kind.ROLLBACK);
    }
  }

  /**
   * COMMIT rolls a transaction back that has failed, or that the server has rolled back already.
   */
  private TransactionCommand.Kind endBy(TransactionCommand command) {
    boolean commit = command.kind() == TransactionCommand.Kind.COMMIT;
    return commit && (session.isTransactionFailed() || transaction.isLost())
        ? TransactionCommand.Kind.ROLLBACK
        : command.kind();
  }

  private <S extends Executable, T> T executeHere(
      S statement, Plan plan, TransactionCommand command, Operation<S, T> operation)
      throws SQLException {
    boolean inTransaction = session.inTransaction() || transaction.isLost();
    if (command.kind() != TransactionCommand.Kind.ROLLBACK) {
      guard.beforeStatement();
    }
    if (!inTransaction && command.isAboutSavepoint() && hasSavepoints()) {
      throw DsqlExceptions.onlyInTransaction(plan.sql());
    }
    PlannedForm.Send form = admit(plan, situated(plan, inTransaction));
    statistics.statementExecuted();
    noteSettings(plan.effect());
    if (inTransaction) {
      return transaction.execute(statement, form, plan.effect(), command, operation);
    }
    // As in PostgreSQL, SET TRANSACTION is about nothing where no transaction is open.
    boolean about = command.kind() != TransactionCommand.Kind.SET_TRANSACTION;
    return executeAlone(statement, about ? form : Transaction.NOTHING, command, operation);
  }

  /** A text that can do anything can set something too, one of several statements for instance. */
  private void noteSettings(Effect effect) {
    if (effect instanceof Effect.Settings || effect instanceof Effect.Anything) {
      transaction.settingsChange();
    }
  }

  private <S extends Executable, T> T executeAlone(
      S statement, PlannedForm.Send form, TransactionCommand command, Operation<S, T> operation)
      throws SQLException {
    long start = recoveries.now();
    recoveries.retries().budget().transactionStarted();
    Recovery recovery = null;
    boolean moved = false;
    while (true) {
      Statement executed = statement.ready(form);
      try {
        T result = operation.execution().run(executed, form);
        if (session.isTransactionOpen()) {
          transaction.begunBy(statement, form, command, operation, executed, result);
        }
        return result;
      } catch (SQLException failure) {
        if (!moved && reconnection.beginsElsewhere(command, failure)) {
          moved = true;
          continue;
        }
        if (!recoveries.isConflict(failure) || !mayRepeat(statement, command, failure)) {
          throw Recovery.failedOtherwise(recovery, failure);
        }
        if (recovery == null) {
          recovery = recoveries.ofStatement(statement, start);
        }
        recovery.waitForNext(failure);
        statistics.statementRetried();
        statement.prepareToRepeat();
      }
    }
  }

  private boolean mayRepeat(
      Executable statement, TransactionCommand command, SQLException failure) {
    return !command.mayTakeEffectInPart()
        && statement.obstacleToRepeat() == null
        && mayRepeatAfter(failure);
  }

  private boolean mayRepeatAfter(SQLException failure) {
    return recoveries.mode() != RetryMode.OFF
        && !session.isLost()
        && !mayBeInTransactionAfter(failure);
  }

  /** A connection that cannot tell any more is no place to execute again. */
  private boolean mayBeInTransactionAfter(SQLException failure) {
    try {
      return session.inTransaction();
    } catch (SQLException unknown) {
      failure.addSuppressed(unknown);
      return true;
    }
  }

  /**
   * Executes a batch whose entries were {@link #admitToBatch admitted}. A conflict in autocommit
   * surfaces: a part of the batch may have been committed.
   */
  public <S extends Executable, T> T executeBatch(
      S statement, PlannedForm.Send form, Effect effect, int entries, Operation<S, T> operation)
      throws SQLException {
    if (!reconnection.isOn()) {
      return executeBatchHere(statement, form, effect, entries, operation);
    }
    reconnection.enter();
    try {
      return executeBatchHere(statement, form, effect, entries, operation);
    } finally {
      reconnection.leave();
    }
  }

  private <S extends Executable, T> T executeBatchHere(
      S statement, PlannedForm.Send form, Effect effect, int entries, Operation<S, T> operation)
      throws SQLException {
    boolean inTransaction = session.inTransaction() || transaction.isLost();
    guard.beforeStatement();
    noteSettings(effect);
    for (int i = 0; i < entries; i++) {
      statistics.statementExecuted();
    }
    if (inTransaction) {
      return transaction.execute(statement, form, effect, TransactionCommand.NONE, operation);
    }
    try {
      return operation.execution().run(statement.ready(form), form);
    } catch (SQLException failure) {
      recoveries.isConflict(failure);
      throw failure;
    }
  }

  /** Moves in a result of the open transaction, and lets no other thread replay it meanwhile. */
  public boolean move(Movement movement) throws SQLException {
    return transaction.move(movement);
  }

  /** Moves in a result once more, after that met a conflict; another failure surfaces. */
  public boolean moveAfter(SQLException failure, Movement movement) throws SQLException {
    return transaction.moveAfter(failure, movement);
  }

  /**
   * Does something for a statement before it is executed, in the transaction if there is one.
   *
   * @param statement whose time limit counts, and whose cancellation ends the wait for another
   *     attempt
   */
  public void attempt(Executable statement, Attempt attempt) throws SQLException {
    if (!reconnection.isOn()) {
      transaction.attempt(statement, attempt);
      return;
    }
    reconnection.enter();
    try {
      transaction.attempt(statement, attempt);
    } finally {
      reconnection.leave();
    }
  }

  /**
   * Something that is asked beside the application's statements.
   *
   * @param <T> the answer
   */
  @FunctionalInterface
  public interface Question<T> {

    /** Asks the server. */
    T ask() throws SQLException;
  }

  /**
   * Asks something that is no part of the application's transaction, and whose answer a replay need
   * not give again. Where no transaction is open, none is open afterwards.
   */
  public <T> T ask(Question<T> question) throws SQLException {
    return transaction.ask(question);
  }

  /**
   * Asks something that is no part of the application's transaction, unless one is open.
   *
   * @param reason why an open transaction will not be run again, as a clause
   */
  public <T> T aside(String reason, Question<T> question) throws SQLException {
    return transaction.aside(reason, question);
  }

  /**
   * A command that the driver carries out itself has failed: as in PostgreSQL, that aborts the
   * transaction.
   *
   * @return the failure
   */
  public SQLException aborted(SQLException failure) {
    return transaction.aborted(failure);
  }

  /** Fails as a statement would in a transaction of which only the end is possible. */
  public void failIfAborted() throws SQLException {
    transaction.failIfAborted();
  }

  /** Ends what happens before, or between, executions of the statement. */
  public void cancel(Executable statement) throws SQLException {
    transaction.cancel(statement);
    recoveries.cancel(statement);
  }

  // -------------------- transactions

  /** Commits the open transaction, if there is one: where a conflict normally shows. */
  public void commit(TransactionEnd end) throws SQLException {
    TransactionCommand.Kind how = endBy(TransactionCommand.COMMIT);
    try {
      transaction.end(end);
      ended(how);
    } catch (SQLException failure) {
      failed();
      throw failure;
    }
  }

  private void ended(TransactionCommand.Kind how) {
    if (reconnection.isOn()) {
      session.executed("", how);
    }
  }

  /** Rolls the open transaction back. */
  public void rollBack(TransactionEnd end) throws SQLException {
    transaction.rollBack(end);
    ended(TransactionCommand.Kind.ROLLBACK);
  }

  /** Whether only the end of the transaction is possible, although the server has none open. */
  public boolean isTransactionLost() {
    return transaction.isLost();
  }

  /** The connection is closed: what was kept for running its transaction again is dropped. */
  public void closed() {
    recoveries.close();
    transaction.closed();
  }

  /** Whether savepoints are emulated. */
  public boolean hasSavepoints() {
    return recoveries.replay();
  }

  /** Sets a savepoint in the open transaction, or at its beginning. */
  public void setSavepoint(String name) throws SQLException {
    transaction.setSavepoint(name);
  }

  /**
   * Forgets a savepoint; SQLSTATE 3B001 if there is none with this name, which aborts the
   * transaction.
   */
  public void releaseSavepoint(String name) throws SQLException {
    transaction.failIfNoneBegun("RELEASE SAVEPOINT");
    transaction.releaseSavepoint(name);
  }

  /** Undoes what was done after a savepoint; SQLSTATE 3B001 if there is none with this name. */
  public void rollBackTo(String name) throws SQLException {
    transaction.failIfNoneBegun("ROLLBACK TO SAVEPOINT");
    transaction.rollBackTo(name);
    ended(TransactionCommand.Kind.ROLLBACK_TO);
  }

  /**
   * Sets something on the server that the end of a failed transaction takes back.
   *
   * @param method for messages
   */
  public void set(String method, SettingUnit.Change change) throws SQLException {
    reconnection.noteParameters();
    if (session.inTransaction()) {
      transaction.set(method, change);
    } else {
      change.run();
    }
  }

  /** Lets names mean other tables; otherwise as {@link #set}. */
  public void setSearchPath(String method, SettingUnit.Change change) throws SQLException {
    transaction.beforeSettings();
    set(method, change);
  }

  /**
   * The open transaction, if there is one, will not be run again.
   *
   * @param reason as a clause
   */
  public void giveUpReplay(String reason) {
    if (session.isTransactionOpen()) {
      transaction.giveUp(reason);
    }
  }

  /**
   * Changes a row without a statement of the application's. What has to happen before a write
   * happens before, and a conflict is answered as that of a statement.
   *
   * @param reason why the open transaction will not be run again afterwards, as a clause
   */
  public void changeRow(String reason, RowChange change) throws SQLException {
    guard.beforeStatement();
    if (session.inTransaction() || transaction.isLost()) {
      transaction.changeRow(reason, change);
    } else {
      changeRowAlone(change);
    }
  }

  private void changeRowAlone(RowChange change) throws SQLException {
    long start = recoveries.now();
    Recovery recovery = null;
    while (true) {
      try {
        change.run();
        return;
      } catch (SQLException failure) {
        if (!recoveries.isConflict(failure) || !mayRepeatAfter(failure)) {
          throw Recovery.failedOtherwise(recovery, failure);
        }
        if (recovery == null) {
          recovery = recoveries.ofStatement(null, start);
        }
        recovery.waitForNext(failure);
        statistics.statementRetried();
      }
    }
  }

  /** The application has got an object of pgJDBC's, through which it can do anything. */
  public void unwrapped(Class<?> type) {
    String reason = Obstacle.CONNECTION_UNWRAPPED.because(type.getName());
    transaction.giveUpForEver(reason);
    session.stay(reason);
  }

  // -------------------- forms

  /**
   * The form of a statement that becomes part of a batch: that of a transaction, which is safe
   * whenever the batch is executed.
   */
  public PlannedForm.Send admitToBatch(Plan plan) throws SQLException {
    return locked(admit(plan, plan.inTransaction()));
  }

  /** The form that takes its locks itself. */
  public static PlannedForm.Send locked(PlannedForm.Send form) {
    return form.postponed() == null ? form : form.postponed().locked();
  }

  /** A form that is prepared, and sent later or never: only a refusal is counted now. */
  public PlannedForm.Send admitToPrepare(Plan plan, PlannedForm form) throws SQLException {
    if (form instanceof PlannedForm.Send send) {
      return send;
    }
    if (form instanceof PlannedForm.Refuse refused) {
      statistics.planApplied(plan.sql(), form);
      throw DsqlExceptions.unsupported(refused);
    }
    throw DsqlExceptions.emulatedOnlyAlone(((PlannedForm.Emulate) form).request().name());
  }

  /** The form of a statement if it were executed now. */
  public PlannedForm.Send formNow(Plan plan) throws SQLException {
    return admitToPrepare(plan, situated(plan, session.inTransaction()));
  }

  private static PlannedForm situated(Plan plan, boolean inTransaction) {
    return inTransaction ? plan.inTransaction() : plan.autocommit();
  }

  private PlannedForm.Send admit(Plan plan, PlannedForm form) throws SQLException {
    PlannedForm.Send send = admitToPrepare(plan, form);
    if (send.sql() != plan.sql()) {
      reportRewrite(plan, send);
    }
    return send;
  }

  private void reportRewrite(Plan plan, PlannedForm.Send form) {
    statistics.planApplied(plan.sql(), form);
    if (REWRITE.isDebugEnabled()) {
      REWRITE.debug(
          "Sent {} instead of {}: {}",
          LoggedText.of(form.sql()),
          LoggedText.of(plan.sql()),
          form.findings().stream().map(Finding::rule).toList());
    }
  }
}
