package io.dsqlproxy.simulator;

import java.util.Set;

/**
 * What the judge found out about one statement.
 *
 * @param effect what running it does to the transaction
 * @param mayConflict whether it writes, locks, or calls a function that might
 * @param relations the tables that it names, by PostgreSQL's object identifier
 * @param skipsLocked whether it contains {@code SKIP LOCKED}
 * @param rejection why DSQL does not run it; null if it does
 */
record Judgement(
    Effect effect,
    boolean mayConflict,
    Set<Integer> relations,
    boolean skipsLocked,
    Rejection rejection) {

  /** What a statement does, as far as the rules of a transaction care. */
  enum Effect {
    NONE,
    WRITE,
    DEFINITION,
    BEGIN,
    COMMIT,
    ROLLBACK,
    COPY_IN,
    SETTING,
    ALLOW_SYNC_INDEX,
    FORBID_SYNC_INDEX,
    FORGET_STATEMENTS
  }

  static final Judgement EMPTY = new Judgement(Effect.NONE, false, Set.of(), false, null);

  static Judgement of(Effect effect, Rejection rejection) {
    return new Judgement(effect, false, Set.of(), false, rejection);
  }

  Judgement withRelations(Set<Integer> named) {
    return new Judgement(effect, mayConflict, named, skipsLocked, rejection);
  }
}
