package io.dsqlproxy.driver.history;

/** What the application is promised about a row that it reads, until it commits. */
enum Lock {
  /** Nothing. */
  NONE(""),
  /** The row is not deleted. */
  KEY_SHARE(" FOR KEY SHARE"),
  /** The row is not changed. */
  SHARE(" FOR SHARE"),
  /** The same, in MySQL's words. */
  SHARE_MODE(" LOCK IN SHARE MODE"),
  /** The row is not changed. */
  NO_KEY_UPDATE(" FOR NO KEY UPDATE"),
  /** The row is not changed. */
  UPDATE(" FOR UPDATE");

  private final String clause;

  Lock(String clause) {
    this.clause = clause;
  }

  /** At the end of a SELECT. */
  String clause() {
    return clause;
  }

  /** Whether nobody else may write this after the row was read and before its reader commits. */
  boolean forbids(Token write) {
    return switch (this) {
      case NONE -> false;
      case KEY_SHARE -> write.deletes();
      case SHARE, SHARE_MODE, NO_KEY_UPDATE, UPDATE -> true;
    };
  }
}
