package io.dsqlproxy.simulator.conformance;

import java.util.Arrays;
import java.util.List;

/**
 * Steps to run one after the other, and what was recorded for each. Immutable.
 *
 * @param setup statements that must succeed before
 * @param steps what is sent, by which session
 * @param outcomes as many as there are steps
 * @param eitherLoses whether the recorded outcomes of two COMMITs may change places
 */
record Case(List<String> setup, List<Step> steps, List<Outcome> outcomes, boolean eitherLoses) {

  /** One message of one session. */
  record Step(int session, String sql) {

    boolean isCommit() {
      return sql.equals("COMMIT");
    }

    @Override
    public String toString() {
      return "s" + session + " " + sql;
    }
  }

  Case {
    if (steps.size() != outcomes.size()) {
      throw new IllegalArgumentException(steps + " do not fit " + outcomes);
    }
  }

  /** A case of one session, in the notation of the recorded facts. */
  static Case of(List<String> setup, String steps, String outcomes) {
    return new Case(
        setup,
        parts(steps).stream().map(sql -> new Step(0, sql)).toList(),
        parts(outcomes).stream().map(Outcome::new).toList(),
        false);
  }

  static List<String> parts(String joined) {
    return Arrays.stream(joined.split(" ;; ")).map(String::trim).toList();
  }
}
