package io.dsqlproxy.driver.history;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds what cannot be explained in a history: as transactions that each happened as a whole or not
 * at all, on a snapshot of its own (snapshot isolation), and so that what was read with a lock was
 * still true when its reader committed. A pure function; stateless.
 */
final class Checker {

  private Checker() {}

  /** Nothing if all is well. */
  static List<Finding> check(History history) {
    Versions versions = new Versions(history);
    List<Finding> findings = new ArrayList<>(EffectCheck.check(history, versions));
    findings.addAll(ReadCheck.check(history, versions));
    findings.addAll(CycleCheck.check(DependencyGraph.of(history, versions)));
    return findings;
  }
}
