package io.dsqlproxy.driver.execution;

import io.dsqlproxy.rewriter.Finding;
import io.dsqlproxy.rewriter.PlannedForm;
import java.io.IOException;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.util.List;

/** Makes every exception of the decorated JDBC objects. Stateless. */
public final class DsqlExceptions {

  private static final String FEATURE_NOT_SUPPORTED = "0A000";
  private static final String CHARACTER_NOT_IN_REPERTOIRE = "22021";
  private static final String UNREADABLE_PARAMETER = "22000";

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
   * A conflict that was not resolved by running again. The server's last error is the cause, the
   * earlier ones are suppressed.
   *
   * @param executions how many there were
   * @param reason why there is no further one, as a clause
   */
  static SQLTransactionRollbackException conflictRemains(
      SQLException last,
      List<SQLException> earlier,
      int executions,
      Duration elapsed,
      String reason) {
    SQLTransactionRollbackException exhausted =
        new SQLTransactionRollbackException(
            "The conflict remains after "
                + executions
                + (executions == 1 ? " execution in " : " executions in ")
                + elapsed.toMillis()
                + " ms, and "
                + reason
                + ": "
                + last.getMessage(),
            Conflict.SQLSTATE,
            last.getErrorCode(),
            last);
    suppress(earlier, exhausted);
    return exhausted;
  }

  /** Keeps the history of a failure reachable from it. */
  static void suppress(List<SQLException> earlier, SQLException failure) {
    for (SQLException conflict : earlier) {
      if (conflict != failure) {
        failure.addSuppressed(conflict);
      }
    }
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
        "Aurora DSQL has no savepoints. Nothing was sent; the transaction is as it was",
        FEATURE_NOT_SUPPORTED);
  }

  /** A parameter's stream failed while it was read. */
  public static SQLException unreadableParameter(IOException cause) {
    return new SQLException(
        "The parameter's stream could not be read: " + cause.getMessage(),
        UNREADABLE_PARAMETER,
        cause);
  }
}
