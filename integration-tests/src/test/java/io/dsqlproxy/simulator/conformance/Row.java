package io.dsqlproxy.simulator.conformance;

import java.util.List;

/**
 * One recorded row with the cases that it stands for. Immutable.
 *
 * @param id as recorded
 * @param group as recorded, or the name of the file
 * @param notJudged why an answer of another kind is no failure; null if it is one
 * @param cases all of them have to match
 */
record Row(String id, String group, String notJudged, List<Case> cases) {

  /** Whether a step consists of several statements. */
  boolean isOfSeveralStatements() {
    return cases.stream()
        .flatMap(c -> c.steps().stream())
        .anyMatch(s -> s.sql().contains("; ") && !s.sql().contains("$$"));
  }

  /** The same row, neither run nor judged. */
  Row leftOut(String reason) {
    return new Row(id, group, reason, List.of());
  }

  boolean isJudged() {
    return notJudged == null;
  }
}
