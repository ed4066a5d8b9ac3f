package io.dsqlproxy.rewriter;

/** The rules by name, as findings, counters and the documentation show them. */
public enum RuleId {
  /** {@code FOR UPDATE}: kept in a transaction. */
  FOR_UPDATE("FOR UPDATE"),
  /** {@code FOR NO KEY UPDATE}: strengthened in a transaction. */
  FOR_NO_KEY_UPDATE("FOR NO KEY UPDATE"),
  /** {@code FOR SHARE}: strengthened in a transaction unless the lock policy says otherwise. */
  FOR_SHARE("FOR SHARE"),
  /** {@code FOR KEY SHARE}: kept in a transaction. */
  FOR_KEY_SHARE("FOR KEY SHARE"),
  /** MySQL's {@code LOCK IN SHARE MODE}: as {@link #FOR_SHARE}. */
  LOCK_IN_SHARE_MODE("LOCK IN SHARE MODE"),
  /** A lock beside an aggregate, {@code DISTINCT} or {@code GROUP BY}: moved into a sub-query. */
  LOCK_BESIDE_AGGREGATE("lock beside an aggregate"),
  /** A lock behind a query that reads no table: kept, it locks nothing. */
  LOCK_WITHOUT_TABLE("lock without a table"),
  /** {@code ISOLATION LEVEL} of a transaction: left out if weaker, refused if stronger. */
  ISOLATION_LEVEL("isolation level"),
  /** {@code pg_advisory_lock(…)} and its relatives: emulated if asked for, otherwise refused. */
  ADVISORY_LOCK("advisory lock"),
  /** {@code LOCK TABLE}: emulated if asked for, otherwise refused. */
  LOCK_TABLE("LOCK TABLE"),
  /** {@code SET ROLE} and {@code set_config(…)}: done by the driver. */
  SESSION_SETTING("setting of the session");

  private final String construct;

  RuleId(String construct) {
    this.construct = construct;
  }

  /** The construct as a DBA would name it. */
  public String construct() {
    return construct;
  }
}
