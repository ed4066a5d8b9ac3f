package io.dsqlproxy.driver.execution;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/** Tells a conflict from other failures: by SQLSTATE alone, never by message. Stateless. */
final class Conflict {

  static final String SQLSTATE = "40001";

  private Conflict() {}

  /** True if the failure, one of its causes or one of its next exceptions is a conflict. */
  static boolean isReportedBy(SQLException failure) {
    if (SQLSTATE.equals(failure.getSQLState())) {
      return true;
    }
    if (failure.getCause() == null && failure.getNextException() == null) {
      return false;
    }
    return isReportedInChainOf(failure);
  }

  /** Chains may be circular, and may branch at every link. */
  private static boolean isReportedInChainOf(SQLException failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Throwable> unseen = new ArrayDeque<>();
    unseen.add(failure);
    while (!unseen.isEmpty()) {
      Throwable link = unseen.remove();
      if (!seen.add(link)) {
        continue;
      }
      if (link.getCause() != null) {
        unseen.add(link.getCause());
      }
      if (link instanceof SQLException sql) {
        if (SQLSTATE.equals(sql.getSQLState())) {
          return true;
        }
        if (sql.getNextException() != null) {
          unseen.add(sql.getNextException());
        }
      }
    }
    return false;
  }
}
