package io.dsqlproxy.simulator.conformance;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows of locking.tsv. Stateless. */
final class LockingRows {

  private static final Set<String> CERTAIN = Set.of("measured", "reported");

  /** Refused on 2026-08-18 and accepted since 2026-08-25. */
  private static final Set<String> SUPERSEDED = Set.of("L20", "L27");

  private LockingRows() {}

  static List<Row> read() {
    return FactFile.read("locking.tsv").stream().map(LockingRows::row).toList();
  }

  private static Row row(Map<String, String> fact) {
    String id = fact.get("id");
    String steps = Completions.STEPS.getOrDefault(id, fact.get("example"));
    boolean runs = !steps.isEmpty();
    String outcome = fact.get("outcome").equals("ok") ? "ok:?" : fact.get("outcome");
    List<Case> cases =
        runs
            ? List.of(
                Case.of(Fixtures.LOCKING, steps, Completions.OUTCOMES.getOrDefault(id, outcome)))
            : List.of();
    return new Row(id, "locking", notJudged(fact, runs), cases);
  }

  private static String notJudged(Map<String, String> fact, boolean runs) {
    if (!runs) {
      return "no statement";
    }
    if (fact.get("shape").startsWith("PRE-")) {
      return "stale";
    }
    if (SUPERSEDED.contains(fact.get("id"))) {
      return "superseded";
    }
    return CERTAIN.contains(fact.get("confidence")) ? null : fact.get("confidence");
  }
}
