package io.dsqlproxy.workload;

import io.dsqlproxy.workload.PersistenceException.Unavailable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What an area's clients got through, counted by the application itself after each COMMIT. Safe for
 * use by many threads.
 */
public final class Progress {

  private final String area;
  private final Map<String, LongAdder> done;
  private final LongAdder conflicts = new LongAdder();
  private final LongAdder turnedAway = new LongAdder();
  private final LongAdder unknown = new LongAdder();
  private final Map<String, LongAdder> failures = new ConcurrentSkipListMap<>();

  /** Counts the named operations and nothing else. */
  public Progress(String area, List<String> operations) {
    this.area = area;
    Map<String, LongAdder> counters = new LinkedHashMap<>();
    operations.forEach(operation -> counters.put(operation, new LongAdder()));
    this.done = counters;
  }

  /** The area's name. */
  public String area() {
    return area;
  }

  /** The operation was committed. */
  public void done(String operation) {
    counter(operation).increment();
  }

  /** A transaction lost against another one, SQLSTATE 40001 or its like. */
  public void conflict() {
    conflicts.increment();
  }

  /** A store answered with one of its typed errors: a lost shard, a condition that failed. */
  public void turnedAway() {
    turnedAway.increment();
  }

  /** The database failed a transaction, whether or not that is tried again. */
  public void failed(Unavailable failure) {
    if (failure.sqlState().equals(SqlStates.COMMIT_UNKNOWN)) {
      unknown.increment();
    }
    Throwable cause = failure.getCause();
    String kind =
        failure.sqlState() + (cause == null ? "" : " " + cause.getClass().getSimpleName());
    failures.computeIfAbsent(kind, none -> new LongAdder()).increment();
  }

  /** How many transactions may have been committed without being counted as done. */
  public long unknown() {
    return unknown.sum();
  }

  /** How often the database failed a transaction, by SQLSTATE and the exception's simple name. */
  public Map<String, Long> failures() {
    Map<String, Long> counts = new TreeMap<>();
    failures.forEach((kind, count) -> counts.put(kind, count.sum()));
    return counts;
  }

  /** How often the operation was committed. */
  public long count(String operation) {
    return counter(operation).sum();
  }

  /** How many operations were committed. */
  public long operations() {
    return done.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** How many transactions lost against another one, as far as the application noticed. */
  public long conflicts() {
    return conflicts.sum();
  }

  /** How many operations ended with a typed error. */
  public long turnedAwayCount() {
    return turnedAway.sum();
  }

  /** The operations that were never committed: an area that has any proved nothing about them. */
  public List<String> idle() {
    return done.entrySet().stream()
        .filter(entry -> entry.getValue().sum() == 0)
        .map(Map.Entry::getKey)
        .toList();
  }

  private LongAdder counter(String operation) {
    LongAdder counter = done.get(operation);
    if (counter == null) {
      throw new IllegalArgumentException(area + " does not count " + operation);
    }
    return counter;
  }
}
