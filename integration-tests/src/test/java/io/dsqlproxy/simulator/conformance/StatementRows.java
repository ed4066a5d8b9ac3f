package io.dsqlproxy.simulator.conformance;

import io.dsqlproxy.simulator.conformance.Case.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The rows of statements.tsv. Stateless. */
final class StatementRows {

  private static final Pattern DOUBTFUL =
      Pattern.compile(
          "STALE|INFERRED|UNCERTAIN|reconstructed|abridged|not probed live|by analogy"
              + "|text unknown|intermittent");

  private StatementRows() {}

  static List<Row> read() {
    List<Row> rows = new ArrayList<>();
    for (Map<String, String> fact : FactFile.read("statements.tsv")) {
      rows.add(row(fact));
    }
    return rows;
  }

  private static Row row(Map<String, String> fact) {
    String id = fact.get("id");
    String group = fact.get("group");
    var doubt =
        DOUBTFUL.matcher(fact.get("setup") + fact.get("source") + "\n" + fact.get("outcome"));
    String notJudged = doubt.find() ? doubt.group() : null;
    String steps = Completions.STEPS.getOrDefault(id, fact.get("steps"));
    String outcome = Completions.OUTCOMES.getOrDefault(id, fact.get("outcome"));
    if (fact.get("source").contains("(accepted)")) {
      outcome = "ok:?";
    }
    Case recorded =
        group.equals("occ_conflict")
            ? interleaved(steps, outcome)
            : Case.of(Fixtures.before(id, fact.get("source"), steps), steps, outcome);
    return new Row(id, group, notJudged, List.of(recorded));
  }

  /** Recorded per session; they took turns. */
  private static Case interleaved(String joinedSteps, String joinedOutcomes) {
    List<String> steps = Case.parts(joinedSteps);
    List<String> outcomes = Case.parts(joinedOutcomes);
    List<Step> turns = new ArrayList<>();
    List<Outcome> turnOutcomes = new ArrayList<>();
    int half = steps.size() / 2;
    for (int i = 0; i < steps.size(); i++) {
      int at = i % 2 * half + i / 2;
      turns.add(new Step(i % 2, steps.get(at).substring("[s0] ".length())));
      turnOutcomes.add(new Outcome(outcomes.get(at)));
    }
    return new Case(Fixtures.CONFLICT, turns, turnOutcomes, true);
  }
}
