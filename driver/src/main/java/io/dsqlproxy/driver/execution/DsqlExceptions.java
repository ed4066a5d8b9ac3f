package io.dsqlproxy.driver.execution;

import io.dsqlproxy.rewriter.Finding;
import io.dsqlproxy.rewriter.PlannedForm;
import java.io.IOException;
import java.sql.BatchUpdateException;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.util.List;

/** Makes every exception of the decorated JDBC objects. Stateless. */
public final class DsqlExceptions {

  static final String IN_FAILED_TRANSACTION = "25P02";

  private static final String FEATURE_NOT_SUPPORTED = "0A000";
  private static final String CHARACTER_NOT_IN_REPERTOIRE = "22021";
  private static final String UNREADABLE_PARAMETER = "22000";
  private static final String ACTIVE_TRANSACTION = "25001";
  private static final String INVALID_CURSOR_STATE = "24000";
  private static final String INVALID_SAVEPOINT = "3B001";
  private static final String CONNECTION_LOST = "08006";
  private static final String NO_CONNECTION = "08003";
  private static final String NO_TRANSACTION = "25P01";
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String QUERY_CANCELED = "57014";
  private static final String TOO_MANY_RESULTS = "0100E";
  private static final String NO_DATA = "02000";
  private static final String INVALID_PARAMETER_VALUE = "22023";

  /** Of a statement, in a message. */
  private static final int SHOWN_CHARACTERS = 200;

  private DsqlExceptions() {}

  /** The statement is not sent: what stands in the way, where, and why. */
  static UnsupportedStatementException unsupported(PlannedForm.Refuse form) {
    Finding refusal = form.refusal();
    return new UnsupportedStatementException(
        refusal.rule().construct()
            + " at "
            + refusal.place()
            + " was not sent to Aurora DSQL: "
            + refusal.reason());
  }

  /**
   * A conflict that is not answered by running again any more. The server's last error is the
   * cause, the earlier ones are suppressed.
   *
   * @param executions how many there were
   * @param elapsed since the first one began
   * @param reason why there is no further one, as a clause
   */
  public static RetriesExhaustedException retriesExhausted(
      SQLException last,
      List<? extends Throwable> earlier,
      int executions,
      Duration elapsed,
      String reason) {
    return withHistory(
        earlier,
        new RetriesExhaustedException(
            "The conflict remains after "
                + counted(executions, elapsed)
                + ", and "
                + reason
                + ": "
                + withoutValues(last),
            last,
            executions,
            elapsed));
  }

  /**
   * A replay stopped because a statement's outcome was not what the application has seen.
   *
   * @param conflict the conflict that made the replay necessary
   * @param earlier the conflicts before it
   * @param executions how many there were, the one that stopped included
   * @param elapsed since the first one began
   * @param statement the statement's place in the transaction, from 1
   * @param sql its text
   * @param difference what differs, as a clause without values: "its update count was 1 and is 0"
   */
  public static DataChangedException dataChanged(
      SQLException conflict,
      List<? extends Throwable> earlier,
      int executions,
      Duration elapsed,
      int statement,
      String sql,
      String difference) {
    return withHistory(
        earlier,
        new DataChangedException(
            whatHappenedTo(conflict)
                + " and was run again, but statement "
                + statement
                + " had another outcome: "
                + difference
                + " ("
                + counted(executions, elapsed)
                + "). Statement: "
                + shortened(sql)
                + (Conflict.isReportedBy(conflict) ? ". Conflict: " : ". Loss: ")
                + withoutValues(conflict),
            conflict,
            executions,
            elapsed,
            statement,
            sql));
  }

  private static String whatHappenedTo(SQLException cause) {
    return Conflict.isReportedBy(cause)
        ? "The transaction met a conflict"
        : "The transaction lost its connection";
  }

  /**
   * Why a transaction does not go on after the loss of its connection: suppressed by the error that
   * told of it.
   *
   * @param reason as a clause
   * @param executions how many there were
   * @param elapsed since the first one began
   */
  static SQLException notContinued(String reason, int executions, Duration elapsed) {
    return new SQLException(
        "The transaction was rolled back and was not run again on another connection, because "
            + reason
            + " ("
            + counted(executions, elapsed)
            + ')',
        CONNECTION_LOST);
  }

  /**
   * A statement was not executed because it could not be made anew on the connection that took the
   * place of a lost one.
   *
   * @param reason as a clause
   */
  public static SQLException statementLost(String reason) {
    return new SQLNonTransientConnectionException(
        "The statement was lost with its connection, because "
            + reason
            + ": its parameters, or its batch, have to be given again",
        NO_CONNECTION);
  }

  /**
   * The connection is lost, and no other took its place.
   *
   * @param reason as a clause
   */
  public static SQLException notMoved(String reason) {
    return new SQLNonTransientConnectionException(
        "The connection is lost, and was not replaced by another because " + reason, NO_CONNECTION);
  }

  /**
   * A row to be written has not the version that the application has read.
   *
   * @param sql what was sent
   */
  static VersionChangedException versionChanged(String sql) {
    return new VersionChangedException(
        "A row that this transaction has read with a conditional lock (property lockPolicy) has"
            + " another version now, or does not exist any more, so nothing was written."
            + " Statement: "
            + shortened(sql),
        sql);
  }

  /**
   * A conflict in a transaction that cannot be run again.
   *
   * @param earlier the conflicts before it, if the transaction could be run again until then
   * @param executions how many there were
   * @param elapsed since the first one began
   * @param reason what stands in the way, as a clause that follows "because"
   */
  public static NotReplayableException notReplayable(
      SQLException conflict,
      List<? extends Throwable> earlier,
      int executions,
      Duration elapsed,
      String reason) {
    return withHistory(
        earlier,
        new NotReplayableException(
            "The transaction met a conflict and cannot be run again, because "
                + reason
                + " ("
                + counted(executions, elapsed)
                + "). Conflict: "
                + withoutValues(conflict),
            conflict,
            executions,
            elapsed,
            reason));
  }

  /**
   * A statement was not sent because an earlier failure ended its transaction: what the server
   * would say of it.
   *
   * @param why the earlier failure
   */
  public static SQLException transactionAborted(SQLException why) {
    return new SQLException(
        "current transaction is aborted, commands ignored until end of transaction block",
        IN_FAILED_TRANSACTION,
        why);
  }

  /** COMMIT came after a failed statement, and the server has rolled the transaction back. */
  static SQLException rolledBackAtCommit() {
    return new SQLException(
        "The transaction was rolled back and not committed, because one of its statements failed",
        IN_FAILED_TRANSACTION);
  }

  /** What SET TRANSACTION asks for could only be had from the transaction's beginning. */
  static SQLException modesTooLate(String sql) {
    return new SQLException(
        shortened(sql)
            + " was not sent: Aurora DSQL takes a transaction's modes with its beginning only, so"
            + " it must come before any other statement",
        ACTIVE_TRANSACTION);
  }

  /** No savepoint of the transaction has this name. */
  static SQLException noSuchSavepoint(String name) {
    return new SQLException("savepoint \"" + name + "\" does not exist", INVALID_SAVEPOINT);
  }

  /** Another driver's savepoint, or another's decoration of ours. */
  public static SQLException foreignSavepoint() {
    return new SQLException("The savepoint was not set through this driver", INVALID_SAVEPOINT);
  }

  /**
   * A transaction was not committed because a part of it failed, although its work went on. The
   * part's failure stays reachable, so that a conflict is known for one.
   *
   * @param why the part's failure; null if it is not known
   */
  public static SQLException partFailed(Throwable why) {
    return new SQLException(
        "The transaction was rolled back because a part of it failed", IN_FAILED_TRANSACTION, why);
  }

  /**
   * Nobody knows what became of a COMMIT.
   *
   * @param cause what came in place of an answer
   */
  public static CommitOutcomeUnknownException commitUnknown(SQLException cause) {
    return new CommitOutcomeUnknownException(
        "COMMIT was sent, and not answered: the transaction may or may not have taken effect, and "
            + "was not repeated: "
            + withoutValues(cause),
        cause);
  }

  /** Keeps the history of a failure reachable from it. */
  public static void suppress(List<? extends Throwable> earlier, Throwable failure) {
    for (Throwable conflict : earlier) {
      if (conflict != failure) {
        failure.addSuppressed(conflict);
      }
    }
  }

  private static <T extends ConflictException> T withHistory(
      List<? extends Throwable> earlier, T exception) {
    suppress(earlier, exception);
    return exception;
  }

  private static String counted(int executions, Duration elapsed) {
    return executions
        + (executions == 1 ? " execution in " : " executions in ")
        + elapsed.toMillis()
        + " ms";
  }

  /** pgJDBC's message about a batch shows the entry with its values; the one behind it does not. */
  private static String withoutValues(SQLException failure) {
    if (!(failure instanceof BatchUpdateException)) {
      return failure.getMessage();
    }
    Throwable entry = failure.getNextException();
    if (entry == null) {
      entry = failure.getCause();
    }
    return entry == null || entry instanceof BatchUpdateException
        ? "an entry of the batch failed"
        : entry.getMessage();
  }

  private static String shortened(String sql) {
    if (sql.length() <= SHOWN_CHARACTERS) {
      return sql;
    }
    boolean splitsPair = Character.isHighSurrogate(sql.charAt(SHOWN_CHARACTERS - 1));
    return sql.substring(0, splitsPair ? SHOWN_CHARACTERS - 1 : SHOWN_CHARACTERS) + " …";
  }

  /** A NUL character ends a text in the protocol: what follows it would be lost or misread. */
  public static SQLException nulCharacter(int offset) {
    return new SQLDataException(
        "The statement was not sent: it holds a NUL character at offset "
            + offset
            + ", which no PostgreSQL statement may hold",
        CHARACTER_NOT_IN_REPERTOIRE);
  }

  /** SERIALIZABLE was asked for, and REPEATABLE READ is all there is. */
  public static SQLException serializableRefused() {
    return new SQLFeatureNotSupportedException(
        "Aurora DSQL runs every transaction at REPEATABLE READ (snapshot isolation) and has no "
            + "SERIALIZABLE. The property allowWeakerIsolation=true accepts REPEATABLE READ in its "
            + "place",
        FEATURE_NOT_SUPPORTED);
  }

  /** Sending it would be refused, and would abort the transaction as well. */
  public static SQLException savepointRefused() {
    return new SQLFeatureNotSupportedException(
        "Aurora DSQL has no savepoints, and they are emulated only with retryMode=transaction. "
            + "Nothing was sent; the transaction is as it was",
        FEATURE_NOT_SUPPORTED);
  }

  /** A result would go on in a replay, and lose what the application has begun on a row. */
  public static SQLException rowNotWritten() {
    return new SQLException(
        "The transaction was run again while values were set on a row of this result that were not"
            + " written. They can be written (updateRow, insertRow), but not where another"
            + " connection took the place of a lost one (property reconnect). A forward-only result"
            + " moves on after updateRow or cancelRowUpdates only; otherwise execute the query"
            + " again",
        INVALID_CURSOR_STATE);
  }

  /** A parameter's stream failed while it was read. */
  public static SQLException unreadableParameter(IOException cause) {
    return new SQLException(
        "The parameter's stream could not be read: " + cause.getMessage(),
        UNREADABLE_PARAMETER,
        cause);
  }

  // -------------------- texts and batches with transaction control

  /** Where its statements end cannot be told as the server would. */
  public static UnsupportedStatementException scriptWithEscapes() {
    return new UnsupportedStatementException(
        "A text of several statements with transaction control was not sent: where they end is not"
            + " certain while standard_conforming_strings is off. Switch it on, or execute the"
            + " statements one by one");
  }

  /** An entry of a batch has one count, and fails as one. */
  public static UnsupportedStatementException scriptInBatch() {
    return new UnsupportedStatementException(
        "A text of several statements with transaction control was not added to the batch: an entry"
            + " is one statement. Add the statements one by one");
  }

  /** Whether a failure says more than the server, or pgJDBC, has said. */
  public static boolean isOfThisDriver(SQLException failure) {
    return failure instanceof ConflictException
        || failure instanceof CommitOutcomeUnknownException
        || failure instanceof LockLostException
        || failure instanceof UnsupportedStatementException;
  }

  /** A text that was to give no rows gave some, as pgJDBC says it. */
  public static SQLException rowsNotExpected() {
    return new SQLException("A result was returned when none was expected.", TOO_MANY_RESULTS);
  }

  /** What pgJDBC says of a query that gave no rows. */
  public static SQLException noRows() {
    return new SQLException("No results were returned by the query.", NO_DATA);
  }

  /** What pgJDBC says of a query that gave more than one result. */
  public static SQLException severalResults() {
    return new SQLException("Multiple ResultSets were returned by the query.", TOO_MANY_RESULTS);
  }

  /** Whether a statement was executed, and gave rows that were not expected. */
  public static boolean isUnexpectedResult(SQLException failure) {
    return TOO_MANY_RESULTS.equals(failure.getSQLState());
  }

  /** What pgJDBC says of a parameter that has no value. */
  public static SQLException parameterWithoutValue(int index) {
    return new SQLException(
        "No value specified for parameter " + index + '.', INVALID_PARAMETER_VALUE);
  }

  /** The statement was cancelled between two of its parts. */
  public static SQLException cancelledBetweenParts() {
    return new SQLException("canceling statement due to user request", QUERY_CANCELED);
  }

  // -------------------- locks that are emulated

  /** It is emulated as a statement of its own, and a batch has only one answer for all. */
  static UnsupportedStatementException emulatedOnlyAlone(String name) {
    return new UnsupportedStatementException(
        name
            + " was not sent to Aurora DSQL: it is emulated in a statement that is executed by"
            + " itself, not in a batch");
  }

  /**
   * A query that locks its rows is executed twice.
   *
   * @param obstacle why it cannot be, as a clause
   */
  public static UnsupportedStatementException lockedRowsNotRepeatable(
      String name, String obstacle) {
    return new UnsupportedStatementException(
        name
            + " was not sent to Aurora DSQL: to be emulated for the rows of a query, the query has to"
            + " be executed twice, and it cannot be because "
            + obstacle);
  }

  /** A lock that is given back twice may be given back in one row, and not be held in the other. */
  public static UnsupportedStatementException keyInTwoRows(String name) {
    return new UnsupportedStatementException(
        name
            + " was not sent to Aurora DSQL: two rows of the query have the same key. Read the keys"
            + " first, and give the locks back one by one, with a statement for each");
  }

  /** Weaker isolation would let two sessions take a lock at once. */
  public static SQLException locksNeedRepeatableRead() {
    return new SQLFeatureNotSupportedException(
        "Locks are emulated only on Aurora DSQL, where transactions run at REPEATABLE READ. A"
            + " PostgreSQL has these locks: set lockEmulation=none and rewriteLocks=false",
        FEATURE_NOT_SUPPORTED);
  }

  /** A lock that ends with its transaction makes no sense without one. */
  public static SQLException onlyInTransaction(String name) {
    return new SQLException(name + " can only be used in transaction blocks", NO_TRANSACTION);
  }

  /**
   * The property's time has passed and somebody else still holds the lock.
   *
   * @param lock what was waited for
   */
  public static SQLException lockTimeout(String lock) {
    return new SQLException(
        "canceling statement due to lock timeout: another session holds the " + lock,
        LOCK_NOT_AVAILABLE);
  }

  /**
   * The wait for a lock ended before somebody else gave it back.
   *
   * @param lock what was waited for
   * @param reason who ended it, as PostgreSQL says it after "due to"
   */
  public static SQLException lockWaitCancelled(String lock, String reason) {
    return new SQLException(
        "canceling statement due to " + reason + ": it waited for the " + lock, QUERY_CANCELED);
  }

  /**
   * The transaction sees the database as it was before it got the lock.
   *
   * @param lock what it got, or could get now
   */
  public static SQLException snapshotBeforeLock(String lock) {
    return new SQLTransactionRollbackException(
        "could not serialize access: the transaction began before the "
            + lock
            + " was to be had, and does not see what its earlier holders changed",
        Conflict.SQLSTATE);
  }

  /**
   * A lease has ended.
   *
   * @param lock whose
   */
  public static LockLostException lockLost(String lock) {
    return new LockLostException(
        "The session has lost the "
            + lock
            + ": its lease was not renewed in time, and another session may hold the lock. Nothing"
            + " was sent, and nothing of an open transaction was committed. Roll back and give the"
            + " lock back, or close the connection, before anything else is executed");
  }
}
