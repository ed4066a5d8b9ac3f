package io.dsqlproxy.rewriter.analysis;

/** The row-lock strengths that a statement can ask for, strongest first. */
public enum LockStrength {
  FOR_UPDATE("FOR UPDATE"),
  FOR_NO_KEY_UPDATE("FOR NO KEY UPDATE"),
  FOR_SHARE("FOR SHARE"),
  /** MySQL's spelling of {@link #FOR_SHARE}; PostgreSQL does not know it. */
  LOCK_IN_SHARE_MODE("LOCK IN SHARE MODE"),
  FOR_KEY_SHARE("FOR KEY SHARE");

  private final String sql;

  LockStrength(String sql) {
    this.sql = sql;
  }

  /** The keywords, in upper case. */
  public String sql() {
    return sql;
  }
}
