package io.dsqlproxy.simulator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What was committed, and what may not have been committed together: of two transactions that both
 * wrote a row or read it FOR UPDATE, each with a snapshot older than the other's commit, one must
 * have lost; and so must one of two of which one read the row FOR KEY SHARE and the other did more
 * than to change columns that are no key. Thread-safe.
 */
final class CommittedHistory {

  /**
   * A committed transaction.
   *
   * @param name who ran it
   * @param snapshotBefore when its first statement had been answered
   * @param commitAfter when its commit was asked for
   * @param exclusive the rows it has read FOR UPDATE or written
   * @param keyShared the rows it has read FOR KEY SHARE, or refers to by a new row
   * @param whole the rows it has read FOR UPDATE, inserted or deleted
   * @param increments what it has added to which row
   */
  record Committed(
      String name,
      long snapshotBefore,
      long commitAfter,
      Set<String> exclusive,
      Set<String> keyShared,
      Set<String> whole,
      Map<String, Integer> increments) {

    private boolean overlaps(Committed other) {
      return snapshotBefore < other.commitAfter && other.snapshotBefore < commitAfter;
    }

    private Set<String> conflicts(Committed other) {
      Set<String> rows = common(exclusive, other.exclusive);
      rows.addAll(common(keyShared, other.whole));
      rows.addAll(common(whole, other.keyShared));
      return rows;
    }

    private static Set<String> common(Set<String> one, Set<String> other) {
      Set<String> both = new HashSet<>(one);
      both.retainAll(other);
      return both;
    }
  }

  private final Collection<Committed> committed = new ConcurrentLinkedQueue<>();

  void add(Committed transaction) {
    committed.add(transaction);
  }

  int size() {
    return committed.size();
  }

  /** The sum of all that was added to a row. */
  Map<String, Integer> increments() {
    Map<String, Integer> sums = new HashMap<>();
    committed.forEach(
        one -> one.increments().forEach((row, more) -> sums.merge(row, more, Integer::sum)));
    return sums;
  }

  /** Pairs of transactions of which one should have lost. */
  List<String> missedConflicts() {
    List<String> missed = new ArrayList<>();
    List<Committed> all = new ArrayList<>(committed);
    all.sort((one, other) -> Long.compare(one.snapshotBefore(), other.snapshotBefore()));
    for (int i = 0; i < all.size(); i++) {
      Committed one = all.get(i);
      for (int j = i + 1; j < all.size(); j++) {
        Committed other = all.get(j);
        if (other.snapshotBefore() >= one.commitAfter()) {
          break;
        }
        Set<String> rows = one.overlaps(other) ? one.conflicts(other) : Set.of();
        if (!rows.isEmpty()) {
          missed.add(rows + " by " + one + " and " + other);
        }
      }
    }
    return missed;
  }
}
