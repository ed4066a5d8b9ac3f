package io.dsqlproxy.driver.fences;

import java.util.List;

/**
 * What became of one run of a scenario. Immutable.
 *
 * @param state {@link #COMMITTED}, or the SQLSTATE that ended it
 * @param failure the message that belongs to the SQLSTATE; null if it was committed
 * @param observed what each step has told, as far as they were reached; null for a step without
 * @param interfered whether the other transaction was committed
 * @param changes all rows that are there afterwards and were not in the beginning, and those with a
 *     minus that are gone
 */
record Outcome(
    String state, String failure, List<String> observed, boolean interfered, List<String> changes) {

  static final String COMMITTED = "committed";

  static final String CONFLICT = "40001";

  boolean isCommitted() {
    return state.equals(COMMITTED);
  }

  boolean isConflict() {
    return state.equals(CONFLICT);
  }

  /** Whether all that both were told is the same, as far as both came. */
  boolean observedTheSame(Outcome other) {
    int both = Math.min(observed.size(), other.observed.size());
    return observed.subList(0, both).equals(other.observed.subList(0, both));
  }

  /** Whether nobody can tell them apart. */
  boolean isLike(Outcome other) {
    return state.equals(other.state)
        && observed.equals(other.observed)
        && changes.equals(other.changes);
  }
}
