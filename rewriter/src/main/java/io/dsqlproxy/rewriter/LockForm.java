package io.dsqlproxy.rewriter;

/** What can take the place of a row lock, strongest first. */
public enum LockForm {
  /** Keeps the whole guarantee: the row stays in the conflict check at COMMIT. The default. */
  FOR_UPDATE("forUpdate"),
  /** Keeps the whole guarantee, but takes the lock only when the transaction comes to write. */
  DEFERRED("deferred"),
  /**
   * Keeps the whole guarantee: what the transaction writes to the row depends on the version that
   * it read, and a row that it does not write is locked before COMMIT if it wrote anything else.
   */
  CONDITIONAL("conditional"),
  /** Keeps the row's existence and its key columns; another transaction may change the others. */
  FOR_KEY_SHARE("forKeyShare"),
  /** Keeps nothing: a plain read of the transaction's snapshot. */
  NONE("none");

  private final String key;

  LockForm(String key) {
    this.key = key;
  }

  /** The name that a lock policy's text uses. */
  public String key() {
    return key;
  }

  /** Whether the row is as safe as behind the lock that the application asked for. */
  public boolean keepsGuarantee() {
    return this == FOR_UPDATE || isPostponed();
  }

  /** Whether the query itself takes no lock, and a later statement does if one is needed. */
  public boolean isPostponed() {
    return this == DEFERRED || this == CONDITIONAL;
  }
}
