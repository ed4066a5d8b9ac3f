package io.dsqlproxy.simulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What the server was asked and what it refused, bounded. Thread-safe. */
final class StatementLog {

  private static final int CAPACITY = 100_000;

  private final Deque<String> statements = new ArrayDeque<>();
  private final Deque<DsqlSimulator.Refusal> refusals = new ArrayDeque<>();
  private final AtomicLong conflicts = new AtomicLong();

  void received(String sql) {
    synchronized (statements) {
      append(statements, sql);
    }
  }

  void refused(String sql, Rejection rejection) {
    synchronized (refusals) {
      append(refusals, new DsqlSimulator.Refusal(sql, rejection.sqlState(), rejection.message()));
    }
  }

  void conflicted() {
    conflicts.incrementAndGet();
  }

  List<String> statements() {
    synchronized (statements) {
      return List.copyOf(statements);
    }
  }

  void clearStatements() {
    synchronized (statements) {
      statements.clear();
    }
  }

  void clear() {
    clearStatements();
    synchronized (refusals) {
      refusals.clear();
    }
    conflicts.set(0);
  }

  List<DsqlSimulator.Refusal> refusals() {
    synchronized (refusals) {
      return List.copyOf(refusals);
    }
  }

  long conflicts() {
    return conflicts.get();
  }

  private static <T> void append(Deque<T> deque, T entry) {
    if (deque.size() == CAPACITY) {
      deque.removeFirst();
    }
    deque.addLast(entry);
  }
}
