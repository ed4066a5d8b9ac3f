package io.dsqlproxy.driver.execution;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/** A failure with its causes and next exceptions, and theirs. Stateless. */
final class FailureChain {

  private FailureChain() {}

  /** Whether the failure, one of its causes or one of its next exceptions has the SQLSTATE. */
  static boolean holds(Throwable failure, String sqlState) {
    if (has(failure, sqlState)) {
      return true;
    }
    if (failure.getCause() == null && next(failure) == null) {
      return false;
    }
    return holdsBehind(failure, sqlState);
  }

  /** Chains may be circular, and may branch at every link. */
  private static boolean holdsBehind(Throwable failure, String sqlState) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Throwable> unseen = new ArrayDeque<>();
    unseen.add(failure);
    while (!unseen.isEmpty()) {
      Throwable link = unseen.remove();
      if (!seen.add(link)) {
        continue;
      }
      if (has(link, sqlState)) {
        return true;
      }
      if (link.getCause() != null) {
        unseen.add(link.getCause());
      }
      if (next(link) != null) {
        unseen.add(next(link));
      }
    }
    return false;
  }

  private static boolean has(Throwable link, String sqlState) {
    return link instanceof SQLException sql && sqlState.equals(sql.getSQLState());
  }

  private static SQLException next(Throwable link) {
    return link instanceof SQLException sql ? sql.getNextException() : null;
  }
}
