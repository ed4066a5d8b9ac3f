package io.dsqlproxy.simulator;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which transactions a PostgreSQL transaction sees. Immutable.
 *
 * @param next the first transaction that had not begun
 * @param running those before it that had not ended
 */
record Snapshot(long next, Set<Long> running) {

  /** Reads PostgreSQL's text of a {@code pg_snapshot}: first running, next, all running. */
  static Snapshot parse(String text) {
    String[] parts = text.split(":", -1);
    Set<Long> running =
        Stream.of(parts[2].split(","))
            .filter(part -> !part.isEmpty())
            .map(Long::valueOf)
            .collect(Collectors.toUnmodifiableSet());
    return new Snapshot(Long.parseLong(parts[1]), running);
  }

  boolean sees(long transaction) {
    return transaction < next && !running.contains(transaction);
  }
}
