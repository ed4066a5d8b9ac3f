package io.dsqlproxy.simulator.conformance;

import io.dsqlproxy.simulator.conformance.Case.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The rows of occ-matrix.tsv that are about two operations in two transactions. Each is run in both
 * orders of the operations and both orders of the COMMITs. Stateless.
 */
final class PairRows {

  private static final String CONFLICT =
      "err:40001:change conflicts with another transaction (OC000)";

  /** How the operations are spelled; # stands for the number of the session. */
  private static final Map<String, List<String>> OPERATIONS =
      Map.ofEntries(
          Map.entry(
              "INSERT",
              List.of(
                  "DELETE FROM pair_parent WHERE id = 1",
                  "INSERT INTO pair_parent VALUES (1, 11, 'new #')")),
          Map.entry("DELETE", List.of("DELETE FROM pair_parent WHERE id = 1")),
          Map.entry(
              "UPDATE key column", List.of("UPDATE pair_parent SET code = 100 + # WHERE id = 1")),
          Map.entry(
              "UPDATE non-key column", List.of("UPDATE pair_parent SET v = 'n#' WHERE id = 1")),
          Map.entry(
              "SELECT FOR UPDATE", List.of("SELECT v FROM pair_parent WHERE id = 1 FOR UPDATE")),
          Map.entry(
              "SELECT FOR KEY SHARE",
              List.of("SELECT v FROM pair_parent WHERE id = 1 FOR KEY SHARE")),
          Map.entry(
              "INSERT/UPDATE of a child row whose FK references the row",
              List.of("INSERT INTO pair_child VALUES (10 + #, 1)")),
          Map.entry("plain SELECT", List.of("SELECT v FROM pair_parent WHERE id = 1")),
          Map.entry("any write", List.of("UPDATE pair_parent SET v = 'd#' WHERE id = 1 + #")),
          action("CASCADE", 1),
          action("SET NULL", 2),
          action("SET DEFAULT", 3),
          Map.entry(
              "UPDATE 3 rows by predicate",
              List.of("UPDATE pair_parent SET v = 'm#' WHERE id <= 3")),
          Map.entry(
              "UPDATE the same 3 rows", List.of("UPDATE pair_parent SET v = 'm#' WHERE id <= 3")));

  private PairRows() {}

  private static Map.Entry<String, List<String>> action(String action, int digit) {
    return Map.entry(
        "DELETE parent (ON DELETE " + action + ")",
        List.of(
            "DELETE FROM baseline_fk_action WHERE id = '00000000-0000-0000-0000-0000000000c"
                + digit
                + "'"));
  }

  static List<Row> read() {
    return FactFile.read("occ-matrix.tsv").stream()
        .filter(fact -> fact.get("kind").equals("pair"))
        .map(PairRows::row)
        .toList();
  }

  private static Row row(Map<String, String> fact) {
    return switch (fact.get("id")) {
      case "O42" -> new Row("O42", "pairs", null, List.of(schemaChange()));
      case "O43" ->
          new Row("O43", "pairs", "needs an overlap inside one statement", List.of(autocommit()));
      default -> pair(fact);
    };
  }

  private static Row pair(Map<String, String> fact) {
    String id = fact.get("id");
    boolean conflict = fact.get("conflict").equals("yes");
    boolean either = fact.get("who_loses").contains("race") || fact.get("note").contains("winner");
    List<Case> cases = new ArrayList<>();
    for (int first = 0; first < 2; first++) {
      for (int winner = 0; winner < 2; winner++) {
        cases.add(new Turns(fact, first, winner).toCase(conflict, either));
      }
    }
    return new Row(id, "pairs", null, cases);
  }

  /** One order of events. */
  private record Turns(Map<String, String> fact, int first, int winner) {

    Case toCase(boolean conflict, boolean either) {
      List<Step> steps = new ArrayList<>();
      steps.add(new Step(0, "BEGIN"));
      steps.add(new Step(1, "BEGIN"));
      operation(first).forEach(sql -> steps.add(new Step(first, sql)));
      operation(1 - first).forEach(sql -> steps.add(new Step(1 - first, sql)));
      List<Outcome> outcomes =
          new ArrayList<>(steps.stream().map(s -> new Outcome("ok:?")).toList());
      steps.add(new Step(winner, "COMMIT"));
      outcomes.add(new Outcome("ok:COMMIT"));
      steps.add(new Step(1 - winner, "COMMIT"));
      outcomes.add(new Outcome(conflict ? CONFLICT : "ok:COMMIT"));
      return new Case(Fixtures.PAIRS, steps, outcomes, either);
    }

    private List<String> operation(int session) {
      String name = fact.get(session == 0 ? "tx1_op" : "tx2_op");
      if (name.equals("INSERT") && fact.get("tx2_op").equals("INSERT")) {
        return List.of("INSERT INTO pair_parent VALUES (50, 50, 'new " + session + "')");
      }
      List<String> spelled = OPERATIONS.get(name);
      if (name.equals("UPDATE child non-key column")) {
        String action = fact.get("tx1_op").replaceAll(".*ON DELETE (.*)\\)", "$1");
        spelled =
            List.of(
                "UPDATE baseline_fk_"
                    + action.replace(" ", "").toLowerCase(java.util.Locale.ROOT)
                    + " SET note = 'x'");
      }
      return spelled.stream().map(sql -> sql.replace("#", String.valueOf(session))).toList();
    }
  }

  private static Case schemaChange() {
    return new Case(
        Fixtures.PAIRS,
        List.of(
            new Step(0, "BEGIN"),
            new Step(0, "UPDATE pair_parent SET v = 'x' WHERE id = 1"),
            new Step(1, "CREATE TABLE pair_new (id int)"),
            new Step(0, "COMMIT")),
        List.of(
            new Outcome("ok:BEGIN"),
            new Outcome("ok:UPDATE 1"),
            new Outcome("ok:CREATE TABLE"),
            new Outcome("err:40001:schema has been updated by another transaction (OC001)")),
        false);
  }

  private static Case autocommit() {
    return new Case(
        Fixtures.PAIRS,
        List.of(
            new Step(0, "BEGIN"),
            new Step(0, "UPDATE pair_parent SET v = 'x' WHERE id = 1"),
            new Step(1, "UPDATE pair_parent SET v = 'y' WHERE id = 1"),
            new Step(0, "COMMIT")),
        List.of(
            new Outcome("ok:BEGIN"),
            new Outcome("ok:UPDATE 1"),
            new Outcome("ok:UPDATE 1"),
            new Outcome(CONFLICT)),
        false);
  }
}
