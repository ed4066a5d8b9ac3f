package io.dsqlproxy.driver.execution;

/** What is run again after a conflict (SQLSTATE 40001). */
public enum RetryMode {
  /**
   * A statement in autocommit, and a transaction as a whole: its statements are executed again in
   * their order, and the conflict surfaces if one of them has another outcome than before.
   */
  TRANSACTION,
  /** A statement in autocommit; a conflict in a transaction surfaces as it is. */
  STATEMENT,
  /** Nothing: every conflict surfaces as it is, for an application that repeats by itself. */
  OFF
}
