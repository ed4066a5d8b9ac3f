package io.dsqlproxy.driver.history;

import io.dsqlproxy.driver.history.Dependency.Kind;
import io.dsqlproxy.driver.history.Event.Read;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which transactions of a history come before which others. One that is not committed takes part as
 * a reader: what it was shown was a snapshot, too. Immutable once it is made.
 */
final class DependencyGraph {

  private final Versions versions;
  private final Map<String, Set<Dependency>> outgoing = new LinkedHashMap<>();

  private DependencyGraph(Versions versions) {
    this.versions = versions;
  }

  static DependencyGraph of(History history, Versions versions) {
    DependencyGraph graph = new DependencyGraph(versions);
    history.left().forEach(graph::addWrites);
    Map<Integer, String> latest = new HashMap<>();
    for (ObservedTransaction transaction : history.transactions()) {
      String before = latest.get(transaction.session());
      if (before != null) {
        graph.add(before, transaction.id(), Kind.SESSION, null);
      }
      if (transaction.outcome() == Outcome.COMMITTED) {
        latest.put(transaction.session(), transaction.id());
      }
      transaction.reads().forEach(read -> graph.addRead(transaction.id(), read));
    }
    return graph;
  }

  Set<String> transactions() {
    return outgoing.keySet();
  }

  Set<Dependency> from(String transaction) {
    return outgoing.getOrDefault(transaction, Set.of());
  }

  private void addWrites(Key key, Trail trail) {
    List<Token> tokens = trail.tokens();
    for (int i = 1; i < tokens.size(); i++) {
      add(tokens.get(i - 1).transaction(), tokens.get(i).transaction(), Kind.WRITE_WRITE, key);
    }
  }

  private void addRead(String reader, Read read) {
    Trail seen = read.seen().without(reader);
    Trail all = versions.of(read.key()).without(reader);
    if (!all.startsWith(seen)) {
      return;
    }
    if (seen.size() > 0) {
      String writer = seen.tokens().get(seen.size() - 1).transaction();
      add(writer, reader, Kind.WRITE_READ, read.key());
    }
    List<Token> later = all.tokens().subList(seen.size(), all.size());
    Lock lock = isBoundByLocks(reader) ? read.lock() : Lock.NONE;
    later.stream()
        .filter(lock::forbids)
        .findFirst()
        .ifPresent(next -> add(reader, next.transaction(), Kind.LOCKED_READ_WRITE, read.key()));
    if (!later.isEmpty()) {
      add(reader, later.get(0).transaction(), Kind.READ_WRITE, read.key());
    }
  }

  /**
   * Who wrote nothing has happened at its snapshot, before all that was committed later: its locks
   * may go.
   */
  private boolean isBoundByLocks(String reader) {
    return versions.isCommitted(reader) && !versions.transaction(reader).writes().isEmpty();
  }

  private void add(String from, String to, Kind kind, Key key) {
    if (!from.equals(to)) {
      outgoing
          .computeIfAbsent(from, any -> new LinkedHashSet<>())
          .add(new Dependency(from, to, kind, key));
    }
  }
}
