package io.dsqlproxy.driver.execution;

import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlannedForm;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way to the server for everything that an application executes on a connection. Here a
 * plan's form is chosen, a refusal becomes an error, and a conflict is answered. As safe for use by
 * many threads as the connection; holds no lock.
 */
public final class ExecutionGate {

  private static final Logger REWRITE = LoggerFactory.getLogger("io.dsqlproxy.rewrite");
  private static final Logger RETRY = LoggerFactory.getLogger("io.dsqlproxy.retry");

  private final Session session;
  private final Retries retries;
  private final DriverStatistics statistics;

  public ExecutionGate(Session session, Retries retries, DriverStatistics statistics) {
    this.session = Objects.requireNonNull(session, "session");
    this.retries = Objects.requireNonNull(retries, "retries");
    this.statistics = Objects.requireNonNull(statistics, "statistics");
  }

  /**
   * Executes a statement in the form that this moment asks for. A conflict of a statement that is a
   * transaction of its own is answered by executing it again: nothing of it has happened, and
   * nobody has seen a result.
   *
   * @param repeatable whether a second execution would send what the first one sent
   */
  public <S, T> T execute(S statement, Plan plan, boolean repeatable, Execution<S, T> execution)
      throws SQLException {
    boolean inTransaction = session.inTransaction();
    PlannedForm.Send form = admit(plan, situated(plan, inTransaction));
    long start = retries.now();
    statistics.statementExecuted();
    try {
      return execution.run(statement, form);
    } catch (SQLException failure) {
      if (!isConflict(failure)
          || inTransaction
          || !repeatable
          || TransactionCommand.of(form.sql()).mayTakeEffectInPart()
          || mayBeInTransactionAfter(failure)) {
        throw failure;
      }
      return afterConflict(statement, form, execution, failure, start);
    }
  }

  /**
   * Executes a batch whose entries were {@link #admitToBatch admitted}. A conflict surfaces: in
   * autocommit a part of the batch may have been committed.
   */
  public <S, T> T executeBatch(S statement, int entries, BatchExecution<S, T> execution)
      throws SQLException {
    boolean inTransaction = session.inTransaction();
    for (int i = 0; i < entries; i++) {
      statistics.statementExecuted();
    }
    try {
      return execution.run(statement);
    } catch (SQLException failure) {
      if (isConflict(failure)) {
        RETRY.debug("A batch of {} met a conflict; in transaction: {}", entries, inTransaction);
      }
      throw failure;
    }
  }

  /** Ends the open transaction, if there is one: where a conflict normally shows. It surfaces. */
  public void endTransaction(TransactionEnd end) throws SQLException {
    try {
      end.run();
    } catch (SQLException failure) {
      if (isConflict(failure)) {
        RETRY.debug("A transaction met a conflict when it ended");
      }
      throw failure;
    }
  }

  /**
   * The form of a statement that becomes part of a batch: that of a transaction, which is safe
   * whenever the batch is executed.
   */
  public PlannedForm.Send admitToBatch(Plan plan) throws SQLException {
    return admit(plan, plan.inTransaction());
  }

  /** A form that is prepared, and sent later or never: only a refusal is counted now. */
  public PlannedForm.Send admitToPrepare(Plan plan, PlannedForm form) throws SQLException {
    if (form instanceof PlannedForm.Send send) {
      return send;
    }
    statistics.planApplied(plan.sql(), form);
    throw DsqlExceptions.unsupported((PlannedForm.Refuse) form);
  }

  /** The form of a statement if it were executed now. */
  public PlannedForm.Send formNow(Plan plan) throws SQLException {
    return admitToPrepare(plan, situated(plan, session.inTransaction()));
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
      REWRITE.debug("Sent {} in place of {}: {}", form.sql(), plan.sql(), form.findings());
    }
  }

  private boolean isConflict(SQLException failure) {
    if (!Conflict.isReportedBy(failure)) {
      return false;
    }
    statistics.conflictSeen();
    return true;
  }

  private <S, T> T afterConflict(
      S statement, PlannedForm.Send form, Execution<S, T> execution, SQLException first, long start)
      throws SQLException {
    List<SQLException> earlier = new ArrayList<>();
    SQLException conflict = first;
    while (true) {
      int executions = earlier.size() + 1;
      waitForNext(executions, start, conflict, earlier);
      statistics.statementRetried();
      try {
        return execution.run(statement, form);
      } catch (SQLException failure) {
        earlier.add(conflict);
        if (!isConflict(failure)) {
          DsqlExceptions.suppress(earlier, failure);
          throw failure;
        }
        conflict = failure;
      }
    }
  }

  /** Returns when it is time to execute again, or throws if there is no such time. */
  private void waitForNext(
      int executions, long start, SQLException conflict, List<SQLException> earlier)
      throws SQLException {
    Duration elapsed = retries.since(start);
    RetryDecision decision = retries.after(executions, elapsed);
    if (decision instanceof RetryDecision.Stop stop) {
      RETRY.info("A conflict surfaces after {} executions: {}", executions, stop.reason());
      if (executions == 1) {
        throw conflict;
      }
      throw DsqlExceptions.retriesExhausted(conflict, earlier, executions, elapsed, stop.reason());
    }
    Duration delay = ((RetryDecision.Retry) decision).delay();
    RETRY.debug("Conflict; execution {} follows in {}", executions + 1, delay);
    try {
      retries.sleeper().await(delay);
    } catch (WaitCancelledException cancellation) {
      throw DsqlExceptions.retriesExhausted(
          conflict, earlier, executions, retries.since(start), "the wait was cancelled");
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw DsqlExceptions.retriesExhausted(
          conflict, earlier, executions, retries.since(start), "the thread was interrupted");
    }
  }
}
