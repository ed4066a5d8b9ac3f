package io.dsqlproxy.simulator;

import java.util.Set;

/** PostgreSQL's errors of concurrency, and what DSQL says instead. Stateless. */
final class Conflicts {

  private static final String FOREIGN_KEY_VIOLATION = "23503";
  private static final String UNIQUE_VIOLATION = "23505";

  /** Serialization failure, deadlock, lock not available. */
  private static final Set<String> CONCURRENCY = Set.of("40001", "40P01", "55P03");

  private Conflicts() {}

  static boolean isConcurrency(Message error) {
    return CONCURRENCY.contains(error.sqlState());
  }

  /** Whether another transaction that has not ended holds the row. */
  static boolean isLocked(Message error) {
    return !error.sqlState().equals("40001") && isConcurrency(error);
  }

  /** Whether another transaction may have caused it. */
  static boolean mayBeConflict(Message error) {
    return isConcurrency(error)
        || error.sqlState().equals(UNIQUE_VIOLATION)
        || isForeignKeyViolation(error);
  }

  static boolean isForeignKeyViolation(Message error) {
    return error.sqlState().equals(FOREIGN_KEY_VIOLATION);
  }

  /** Whether an error before this one has ended the transaction. */
  static boolean isAborted(Message error) {
    return error.sqlState().equals("25P02");
  }

  static Message asDsql(Message error) {
    boolean isTold = Rejection.SCHEMA_CONFLICT.message().equals(error.fields().get('M'));
    return isConcurrency(error) && !isTold ? Replies.error(Rejection.CONFLICT) : error;
  }
}
