package io.dsqlproxy.simulator;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a transaction has written or locked, as far as PostgreSQL does not compare it by itself:
 * changes of a row that leave its keys alone are compared as versions of the row. Immutable.
 *
 * @param transaction PostgreSQL's number
 * @param snapshot what it sees
 * @param exclusive the keys that it has inserted, deleted, changed, or read {@code FOR UPDATE}
 * @param shared the keys that it has read {@code FOR KEY SHARE}, or refers to by a foreign key
 */
record Claims(long transaction, Snapshot snapshot, Set<Long> exclusive, Set<Long> shared) {

  Claims {
    exclusive = Set.copyOf(exclusive);
    shared = Set.copyOf(shared);
  }

  /** Reads a row of {@link InternalStatements#CLAIMS}; null if nothing is written or locked. */
  static Claims of(List<String> row) {
    return row.get(0) == null
        ? null
        : new Claims(
            Long.parseLong(row.get(0)),
            Snapshot.parse(row.get(1)),
            keys(row.get(2)),
            keys(row.get(3)));
  }

  /** These, and what the same transaction has claimed before. */
  Claims and(Claims earlier) {
    return earlier == null
        ? this
        : new Claims(
            transaction,
            snapshot,
            union(exclusive, earlier.exclusive),
            union(shared, earlier.shared));
  }

  private static Set<Long> keys(String text) {
    return text == null
        ? Set.of()
        : Stream.of(text.split(" "))
            .filter(part -> !part.isEmpty())
            .map(Long::valueOf)
            .collect(Collectors.toSet());
  }

  private static Set<Long> union(Set<Long> one, Set<Long> other) {
    Set<Long> both = new TreeSet<>(one);
    both.addAll(other);
    return both;
  }
}
