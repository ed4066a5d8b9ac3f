package io.dsqlproxy.simulator.fault;

/** The places in a session's life at which a fault can strike. */
public enum Phase {
  /** The password has arrived and was not yet looked at. */
  LOGIN,
  /** A message of the client has arrived, of whatever kind; its text is that of the SQL in it. */
  MESSAGE,
  /** A statement is about to run; BEGIN, COMMIT and ROLLBACK do not count. */
  STATEMENT,
  /** More rows of a statement that has run in part are about to be fetched. */
  FETCH,
  /** COMMIT was sent, for a transaction that can be committed, and did not yet run. */
  BEFORE_COMMIT,
  /** COMMIT has succeeded and was not yet answered. */
  AFTER_COMMIT,
  /** Statements outside a transaction block have run and are about to be committed. */
  BEFORE_AUTOCOMMIT,
  /** Statements outside a transaction block are committed, and that was not yet answered. */
  AFTER_AUTOCOMMIT;

  boolean isAfterwards() {
    return this == AFTER_COMMIT || this == AFTER_AUTOCOMMIT;
  }

  boolean answersErrors() {
    return this != LOGIN && this != MESSAGE;
  }
}
