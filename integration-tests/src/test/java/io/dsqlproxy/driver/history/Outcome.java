package io.dsqlproxy.driver.history;

/** What the application was told about the end of a transaction. */
enum Outcome {
  /** It is committed. */
  COMMITTED,
  /** It failed, and has no effect. */
  FAILED,
  /** It was rolled back, as the application asked. */
  ROLLED_BACK,
  /** Nobody knows: SQLSTATE 08007, or no answer to a statement in autocommit. */
  UNKNOWN
}
