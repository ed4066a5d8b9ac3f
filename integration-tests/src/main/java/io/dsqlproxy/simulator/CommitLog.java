package io.dsqlproxy.simulator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys that the transactions of all sessions have claimed, for as long as a snapshot may be
 * older than their COMMIT. A transaction is admitted before PostgreSQL commits it, so that of two
 * that commit at the same time one meets the other here. Thread-safe.
 */
final class CommitLog {

  private static final int LARGE = 2_000;

  /** That a transaction has claimed a key. */
  private record Mark(long transaction, boolean exclusive) {}

  private final Map<Long, List<Mark>> marks = new HashMap<>();
  private int size;
  private int sizeAfterForgetting;

  /** Admits the transaction unless one that it does not see has a claim against its own. */
  synchronized boolean admit(Claims claims) {
    if (meets(claims, claims.exclusive(), true) || meets(claims, claims.shared(), false)) {
      return false;
    }
    add(claims.exclusive(), new Mark(claims.transaction(), true));
    add(claims.shared(), new Mark(claims.transaction(), false));
    return true;
  }

  /** The transaction was admitted, and not committed. */
  synchronized void withdraw(Claims claims) {
    for (Collection<Long> keys : List.of(claims.exclusive(), claims.shared())) {
      keys.forEach(
          key ->
              marks.computeIfPresent(
                  key, (same, all) -> without(all, claims.transaction(), claims.transaction())));
    }
  }

  /** Whether so much has come in since the last time that it is time to forget something. */
  synchronized boolean isLarge() {
    return size > 2 * sizeAfterForgetting + LARGE;
  }

  /** Every snapshot, and every one to come, sees what was committed before this transaction. */
  synchronized void forgetBefore(long transaction) {
    for (Long key : List.copyOf(marks.keySet())) {
      marks.computeIfPresent(key, (same, all) -> without(all, 0, transaction - 1));
    }
    sizeAfterForgetting = size;
  }

  private boolean meets(Claims claims, Collection<Long> keys, boolean exclusive) {
    return keys.stream()
        .flatMap(key -> marks.getOrDefault(key, List.of()).stream())
        .filter(mark -> exclusive || mark.exclusive())
        .map(Mark::transaction)
        .anyMatch(other -> other != claims.transaction() && !claims.snapshot().sees(other));
  }

  private void add(Collection<Long> keys, Mark mark) {
    for (Long key : keys) {
      List<Mark> all = marks.computeIfAbsent(key, ignored -> new ArrayList<>(1));
      if (!all.contains(mark)) {
        all.add(mark);
        size++;
      }
    }
  }

  private List<Mark> without(List<Mark> all, long from, long to) {
    int before = all.size();
    all.removeIf(mark -> from <= mark.transaction() && mark.transaction() <= to);
    size -= before - all.size();
    return all.isEmpty() ? null : all;
  }
}
