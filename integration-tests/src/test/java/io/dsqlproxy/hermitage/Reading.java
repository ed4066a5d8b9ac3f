package io.dsqlproxy.hermitage;

/** How the statements that read are spelled. */
enum Reading {
  PLAIN("", false),
  FOR_KEY_SHARE("FOR KEY SHARE", false),
  FOR_SHARE("FOR SHARE", true),
  FOR_NO_KEY_UPDATE("FOR NO KEY UPDATE", true),
  FOR_UPDATE("FOR UPDATE", true);

  private final String clause;
  private final boolean conflictsWithWrites;

  Reading(String clause, boolean conflictsWithWrites) {
    this.clause = clause;
    this.conflictsWithWrites = conflictsWithWrites;
  }

  String spell(String query) {
    return clause.isEmpty() ? query : query + ' ' + clause;
  }

  /** Whether a row that was read must not be written by others, in columns that are no key. */
  boolean conflictsWithWrites() {
    return conflictsWithWrites;
  }

  @Override
  public String toString() {
    return clause.isEmpty() ? "plain" : clause;
  }
}
