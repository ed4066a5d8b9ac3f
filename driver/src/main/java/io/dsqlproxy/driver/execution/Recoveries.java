package io.dsqlproxy.driver.execution;

import io.dsqlproxy.driver.journal.Journal;
import io.dsqlproxy.driver.observation.DriverStatistics;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one connection answers conflicts: what is run again, how often, and how that is counted. Safe
 * for use by many threads.
 */
public final class Recoveries {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.retry");

  /** The server ended, or never was in, the session: terminated, crashed, or shut down. */
  private static final Set<String> SESSION_ENDED = Set.of("57P01", "57P02", "57P03", "57P05");

  private static final String CONNECTION_EXCEPTION = "08";

  /** An error of the server's own, after which Aurora DSQL leaves the outcome of a COMMIT open. */
  private static final String INTERNAL_ERROR = "XX";

  private final Retries retries;
  private final Backoff backoff;
  private final DriverStatistics statistics;
  private volatile RetryMode mode;
  private volatile Recovery current;

  /** Until the transaction has heard of it. */
  private volatile boolean schemaChanged;

  /**
   * Recoveries of one connection.
   *
   * @param retries that wait with the given backoff
   */
  public Recoveries(Retries retries, Backoff backoff, RetryMode mode, DriverStatistics statistics) {
    this.retries = Objects.requireNonNull(retries, "retries");
    this.backoff = Objects.requireNonNull(backoff, "backoff");
    this.mode = Objects.requireNonNull(mode, "mode");
    this.statistics = Objects.requireNonNull(statistics, "statistics");
  }

  RetryMode mode() {
    return mode;
  }

  void setMode(RetryMode mode) {
    this.mode = Objects.requireNonNull(mode, "mode");
  }

  /** Whether transactions are run again. */
  boolean replay() {
    return mode == RetryMode.TRANSACTION;
  }

  Retries retries() {
    return retries;
  }

  DriverStatistics statistics() {
    return statistics;
  }

  long now() {
    return retries.now();
  }

  /** Whether a failure is a conflict, which is counted. */
  boolean isConflict(SQLException failure) {
    if (!Conflict.isReportedBy(failure)) {
      return false;
    }
    statistics.conflictSeen();
    if (Conflict.isWithSchema(failure)) {
      schemaChanged = true;
    }
    return true;
  }

  /** Whether the schema has changed since this was asked last. */
  boolean takeSchemaChange() {
    boolean changed = schemaChanged;
    if (changed) {
      schemaChanged = false;
    }
    return changed;
  }

  static boolean isConnectionLost(SQLException failure, Session session) throws SQLException {
    String sqlState = failure.getSQLState();
    return sqlState != null
            && (sqlState.startsWith(CONNECTION_EXCEPTION) || SESSION_ENDED.contains(sqlState))
        || session.isClosed();
  }

  /** Whether a COMMIT that failed like that may have taken effect. */
  static boolean leavesCommitOpen(SQLException failure, Session session) throws SQLException {
    String sqlState = failure.getSQLState();
    return sqlState != null && sqlState.startsWith(INTERNAL_ERROR)
        || isConnectionLost(failure, session);
  }

  SQLException commitUnknown(SQLException failure) {
    statistics.commitUnknown();
    return DsqlExceptions.commitUnknown(failure);
  }

  /** The recovery of a statement that is a transaction of its own. */
  Recovery ofStatement(Executable statement, long start) {
    return new Recovery(this, null, null, statement, start);
  }

  /**
   * The recovery of a transaction.
   *
   * @param statement what met the conflict; null if it was not a statement
   */
  Recovery ofTransaction(Session session, Journal journal, Executable statement) {
    return new Recovery(this, session, journal, statement, now());
  }

  /** Waits and replays from now on belong to this. */
  void begin(Recovery recovery) {
    current = recovery;
  }

  void end() {
    current = null;
  }

  /** Ends the wait for another execution of a statement, and the replay before it. */
  void cancel(Executable statement) throws SQLException {
    Recovery recovery = current;
    if (recovery != null && recovery.isFor(statement)) {
      recovery.cancel();
      backoff.cancel();
    }
  }

  /** The connection is closed: ends the wait for another execution, and the replay before it. */
  void close() {
    Recovery recovery = current;
    if (recovery != null) {
      try {
        recovery.close();
      } catch (SQLException nothingRuns) {
        LOG.debug("What is replayed ends with its connection", nothingRuns);
      } finally {
        backoff.cancel();
      }
    }
  }
}
