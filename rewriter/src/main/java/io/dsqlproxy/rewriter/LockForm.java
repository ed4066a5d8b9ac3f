package io.dsqlproxy.rewriter;

/** What can take the place of a lock that Aurora DSQL refuses, strongest first. */
public enum LockForm {
  /** Keeps the whole guarantee: the row stays in the conflict check at COMMIT. The default. */
  FOR_UPDATE("forUpdate"),
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
}
