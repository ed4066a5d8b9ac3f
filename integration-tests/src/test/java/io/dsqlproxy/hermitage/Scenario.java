package io.dsqlproxy.hermitage;

import java.util.List;
import java.util.stream.IntStream;

/**
 * An anomaly, and the steps that would show it. Immutable.
 *
 * @param name the anomaly
 * @param sign how it would show
 * @param steps what is done, one after the other
 */
record Scenario(String name, Sign sign, List<Step> steps) {

  /** How an anomaly would show. */
  enum Sign {
    /** A session sees what it should not. */
    ROWS_SEEN,
    /** Every transaction commits. */
    ALL_COMMIT
  }

  static Scenario shownByRows(String name, Step... steps) {
    return new Scenario(name, Sign.ROWS_SEEN, List.of(steps));
  }

  static Scenario shownByCommits(String name, Step... steps) {
    return new Scenario(name, Sign.ALL_COMMIT, List.of(steps));
  }

  List<String> expected(Reading reading) {
    boolean readsConflict = reading.conflictsWithWrites(loserWrites());
    return steps.stream().map(step -> step.expected(readsConflict)).toList();
  }

  /** Whether the transaction that can lose because of what it has read writes anything. */
  private boolean loserWrites() {
    return steps.stream()
        .filter(Step::dependsOnReads)
        .anyMatch(
            end ->
                steps.stream()
                    .anyMatch(
                        step -> step.session() == end.session() && step.kind() == Step.Kind.WRITE));
  }

  /** What these outcomes of the steps mean. */
  Verdict verdict(List<String> outcomes, Reading reading) {
    if (outcomes.contains(Step.CONFLICT)) {
      return Verdict.ABORT;
    }
    List<String> expected = expected(reading);
    boolean asInTheSnapshots =
        IntStream.range(0, steps.size())
            .filter(i -> steps.get(i).looks())
            .allMatch(i -> outcomes.get(i).equals(expected.get(i)));
    return sign == Sign.ROWS_SEEN && asInTheSnapshots ? Verdict.SNAPSHOT : Verdict.ALLOWED;
  }

  @Override
  public String toString() {
    return name;
  }
}
