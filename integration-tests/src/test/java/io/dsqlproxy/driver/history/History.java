package io.dsqlproxy.driver.history;

import java.util.List;
import java.util.Map;

/**
 * What the transactions of a run did and saw, and what they left behind. Immutable.
 *
 * @param transactions those of one session in their order
 * @param left the last version of each row that was ever written; a write that is there twice is in
 *     it twice
 */
record History(List<ObservedTransaction> transactions, Map<Key, Trail> left) {

  History {
    transactions = List.copyOf(transactions);
    left = Map.copyOf(left);
  }
}
