package io.dsqlproxy.workload;

import java.sql.SQLException;
import java.util.Set;

/** The SQLSTATEs that an application written for PostgreSQL knows. */
public final class SqlStates {

  /** Another transaction changed what this one read or wrote. */
  public static final String SERIALIZATION_FAILURE = "40001";

  /** Two transactions waited for each other; PostgreSQL only. */
  public static final String DEADLOCK = "40P01";

  /** The connection was lost at COMMIT, and nobody knows whether that took effect. */
  public static final String COMMIT_UNKNOWN = "08007";

  /** The server had an error of its own. */
  public static final String INTERNAL_ERROR = "XX000";

  /** A key is taken. */
  public static final String UNIQUE_VIOLATION = "23505";

  /** {@code NOWAIT} met a lock; PostgreSQL only. */
  public static final String LOCK_NOT_AVAILABLE = "55P03";

  private static final Set<String> LOST_RACES =
      Set.of(SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION, LOCK_NOT_AVAILABLE);

  private SqlStates() {}

  /** Whether the SQLSTATE only says that somebody else was faster. */
  public static boolean isLostRace(String sqlState) {
    return LOST_RACES.contains(sqlState);
  }

  /**
   * Whether a transaction that failed so was rolled back, for a reason that lies outside of it. Of
   * a statement in autocommit the same SQLSTATEs, but the first, leave open what became of it.
   */
  public static boolean isPassing(String sqlState) {
    return sqlState.equals(SERIALIZATION_FAILURE)
        || sqlState.equals(INTERNAL_ERROR)
        || sqlState.startsWith("08") && !sqlState.equals(COMMIT_UNKNOWN);
  }

  static boolean isDuplicateKey(SQLException e) {
    return UNIQUE_VIOLATION.equals(e.getSQLState());
  }
}
