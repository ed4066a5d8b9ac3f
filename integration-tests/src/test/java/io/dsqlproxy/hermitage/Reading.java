package io.dsqlproxy.hermitage;

/** How the statements that read are spelled, and what the driver makes of their locks. */
enum Reading {
  PLAIN("", "", LosesTo.NOBODY),
  FOR_KEY_SHARE("FOR KEY SHARE", "", LosesTo.NOBODY),
  FOR_SHARE("FOR SHARE", "", LosesTo.WRITERS),
  FOR_NO_KEY_UPDATE("FOR NO KEY UPDATE", "", LosesTo.WRITERS),
  FOR_UPDATE("FOR UPDATE", "", LosesTo.WRITERS),
  SHARE_DEFERRED("FOR SHARE", "deferred", LosesTo.WRITERS_IF_IT_WRITES),
  UPDATE_DEFERRED("FOR UPDATE", "deferred", LosesTo.WRITERS_IF_IT_WRITES),
  SHARE_CONDITIONAL("FOR SHARE", "conditional", LosesTo.WRITERS_IF_IT_WRITES),
  UPDATE_CONDITIONAL("FOR UPDATE", "conditional", LosesTo.WRITERS_IF_IT_WRITES);

  private final String clause;
  private final String policy;
  private final LosesTo losesTo;

  Reading(String clause, String policy, LosesTo losesTo) {
    this.clause = clause;
    this.policy = policy;
    this.losesTo = losesTo;
  }

  /** To whom a transaction loses at COMMIT because of rows that it has read, in no key column. */
  enum LosesTo {
    NOBODY,
    WRITERS,
    /** A postponed lock is never taken by a transaction that writes nothing. */
    WRITERS_IF_IT_WRITES
  }

  String spell(String query) {
    return clause.isEmpty() ? query : query + ' ' + clause;
  }

  /** The driver's {@code lockPolicy}; empty for its default. */
  String policy() {
    return policy;
  }

  /**
   * Whether a row that was read must not be written by others.
   *
   * @param writes whether the transaction that has read it writes anything
   */
  boolean conflictsWithWrites(boolean writes) {
    return losesTo == LosesTo.WRITERS || losesTo == LosesTo.WRITERS_IF_IT_WRITES && writes;
  }

  @Override
  public String toString() {
    if (clause.isEmpty()) {
      return "plain";
    }
    return policy.isEmpty() ? clause : clause + ", " + policy;
  }
}
