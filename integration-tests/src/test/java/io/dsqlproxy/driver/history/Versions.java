package io.dsqlproxy.driver.history;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Who is committed in a history, and in which order rows were written. Immutable. */
final class Versions {

  private final Map<String, ObservedTransaction> transactions = new HashMap<>();
  private final Map<Key, Trail> left;
  private final Set<String> committed = new HashSet<>();

  Versions(History history) {
    left = history.left();
    for (ObservedTransaction transaction : history.transactions()) {
      if (transactions.put(transaction.id(), transaction) != null) {
        throw new IllegalArgumentException("two transactions have the name " + transaction.id());
      }
      if (transaction.outcome() == Outcome.COMMITTED
          || transaction.outcome() == Outcome.UNKNOWN && hasEffect(transaction)) {
        committed.add(transaction.id());
      }
    }
  }

  private boolean hasEffect(ObservedTransaction transaction) {
    return transaction.writes().stream()
        .anyMatch(write -> of(write.key()).tokens().contains(write.token()));
  }

  /** All versions of the row; empty if it was never written. */
  Trail of(Key key) {
    return left.getOrDefault(key, Trail.EMPTY);
  }

  /** Null if nobody knows it. */
  ObservedTransaction transaction(String id) {
    return transactions.get(id);
  }

  /** Whether it was reported as committed, or has left something. */
  boolean isCommitted(String transaction) {
    return committed.contains(transaction);
  }

  /** Whether the write should be there: its transaction is committed, and did not undo it. */
  boolean isWanted(Key key, Token write) {
    return isCommitted(write.transaction())
        && transaction(write.transaction()).writesTo(key).tokens().contains(write);
  }
}
