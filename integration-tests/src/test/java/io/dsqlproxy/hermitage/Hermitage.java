package io.dsqlproxy.hermitage;

import static io.dsqlproxy.hermitage.Scenario.shownByCommits;
import static io.dsqlproxy.hermitage.Scenario.shownByRows;
import static io.dsqlproxy.hermitage.Step.commits;
import static io.dsqlproxy.hermitage.Step.left;
import static io.dsqlproxy.hermitage.Step.loses;
import static io.dsqlproxy.hermitage.Step.losesIfReadsConflict;
import static io.dsqlproxy.hermitage.Step.read;
import static io.dsqlproxy.hermitage.Step.rollsBack;
import static io.dsqlproxy.hermitage.Step.write;

import java.util.List;

/**
 * The anomalies of Hermitage (github.com/ept/hermitage), with the outcome of each step under
 * snapshot isolation where nobody waits and the first to commit wins. Every transaction whose
 * snapshot matters looks at the table before another one commits, so that it does not matter
 * whether a snapshot is taken by BEGIN or by the first statement.
 *
 * <p>The table is {@code item (id int PRIMARY KEY, value int)} with the rows 1 =&gt; 10 and 2 =&gt;
 * 20.
 */
final class Hermitage {

  static final List<String> SETUP =
      List.of("DELETE FROM item", "INSERT INTO item VALUES (1, 10), (2, 20)");

  private static final String BOTH = "1=>10 2=>20";
  private static final String NOTHING = "";

  static final List<Scenario> SCENARIOS =
      List.of(
          shownByCommits(
              "G0",
              write(1, "UPDATE item SET value = 11 WHERE id = 1", 1),
              write(2, "UPDATE item SET value = 12 WHERE id = 1", 1),
              write(1, "UPDATE item SET value = 21 WHERE id = 2", 1),
              commits(1),
              left("1=>11 2=>21"),
              write(2, "UPDATE item SET value = 22 WHERE id = 2", 1),
              loses(2),
              left("1=>11 2=>21")),
          shownByRows(
              "G1a",
              write(1, "UPDATE item SET value = 101 WHERE id = 1", 1),
              read(2, "", BOTH),
              rollsBack(1),
              read(2, "", BOTH),
              commits(2),
              left(BOTH)),
          shownByRows(
              "G1b",
              write(1, "UPDATE item SET value = 101 WHERE id = 1", 1),
              read(2, "", BOTH),
              write(1, "UPDATE item SET value = 11 WHERE id = 1", 1),
              commits(1),
              read(2, "", BOTH),
              losesIfReadsConflict(2),
              left("1=>11 2=>20")),
          shownByRows(
              "G1c",
              write(1, "UPDATE item SET value = 11 WHERE id = 1", 1),
              write(2, "UPDATE item SET value = 22 WHERE id = 2", 1),
              read(1, "WHERE id = 2", "2=>20"),
              read(2, "WHERE id = 1", "1=>10"),
              commits(1),
              losesIfReadsConflict(2),
              left("1=>11 2=>22", "1=>11 2=>20")),
          shownByRows(
              "OTV",
              write(1, "UPDATE item SET value = 11 WHERE id = 1", 1),
              write(1, "UPDATE item SET value = 19 WHERE id = 2", 1),
              write(2, "UPDATE item SET value = 12 WHERE id = 1", 1),
              commits(1),
              read(3, "WHERE id = 1", "1=>11"),
              write(2, "UPDATE item SET value = 18 WHERE id = 2", 1),
              read(3, "WHERE id = 2", "2=>19"),
              loses(2),
              read(3, "WHERE id = 2", "2=>19"),
              read(3, "WHERE id = 1", "1=>11"),
              commits(3),
              left("1=>11 2=>19")),
          shownByRows(
              "PMP",
              read(1, "WHERE value = 30", NOTHING),
              write(2, "INSERT INTO item VALUES (3, 30)", 1),
              commits(2),
              read(1, "WHERE value % 3 = 0", NOTHING),
              commits(1),
              left("1=>10 2=>20 3=>30")),
          shownByCommits(
              "PMP, write predicate",
              write(1, "UPDATE item SET value = value + 10", 2),
              read(2, "WHERE value = 20", "2=>20"),
              write(2, "DELETE FROM item WHERE value = 20", 1),
              commits(1),
              read(2, "", "1=>10"),
              loses(2),
              left("1=>20 2=>30")),
          shownByCommits(
              "P4",
              read(1, "WHERE id = 1", "1=>10"),
              read(2, "WHERE id = 1", "1=>10"),
              write(1, "UPDATE item SET value = 11 WHERE id = 1", 1),
              write(2, "UPDATE item SET value = 12 WHERE id = 1", 1),
              commits(1),
              loses(2),
              left("1=>11 2=>20")),
          shownByCommits(
              "P4, the second commits first",
              read(1, "WHERE id = 1", "1=>10"),
              read(2, "WHERE id = 1", "1=>10"),
              write(1, "UPDATE item SET value = 11 WHERE id = 1", 1),
              write(2, "UPDATE item SET value = 12 WHERE id = 1", 1),
              commits(2),
              read(1, "WHERE id = 1", "1=>11"),
              loses(1),
              left("1=>12 2=>20")),
          shownByRows(
              "G-single",
              read(1, "WHERE id = 1", "1=>10"),
              read(2, "WHERE id = 1", "1=>10"),
              read(2, "WHERE id = 2", "2=>20"),
              write(2, "UPDATE item SET value = 12 WHERE id = 1", 1),
              write(2, "UPDATE item SET value = 18 WHERE id = 2", 1),
              commits(2),
              read(1, "WHERE id = 2", "2=>20"),
              losesIfReadsConflict(1),
              left("1=>12 2=>18")),
          shownByRows(
              "G-single, predicate dependencies",
              read(1, "WHERE value % 5 = 0", BOTH),
              write(2, "UPDATE item SET value = 12 WHERE value = 10", 1),
              commits(2),
              read(1, "WHERE value % 3 = 0", NOTHING),
              losesIfReadsConflict(1),
              left("1=>12 2=>20")),
          shownByCommits(
              "G-single, write predicate 1",
              read(1, "WHERE id = 1", "1=>10"),
              read(2, "", BOTH),
              write(2, "UPDATE item SET value = 12 WHERE id = 1", 1),
              write(2, "UPDATE item SET value = 18 WHERE id = 2", 1),
              commits(2),
              write(1, "DELETE FROM item WHERE value = 20", 1),
              read(1, "WHERE id = 2", NOTHING),
              loses(1),
              left("1=>12 2=>18")),
          shownByRows(
              "G-single, write predicate 2",
              read(1, "WHERE id = 1", "1=>10"),
              read(2, "", BOTH),
              write(2, "UPDATE item SET value = 12 WHERE id = 1", 1),
              write(1, "DELETE FROM item WHERE value = 20", 1),
              write(2, "UPDATE item SET value = 18 WHERE id = 2", 1),
              rollsBack(1),
              commits(2),
              left("1=>12 2=>18")),
          shownByCommits(
              "G-single, write predicate 2, the deletion is committed",
              read(1, "WHERE id = 1", "1=>10"),
              read(2, "", BOTH),
              write(2, "UPDATE item SET value = 12 WHERE id = 1", 1),
              write(1, "DELETE FROM item WHERE value = 20", 1),
              write(2, "UPDATE item SET value = 18 WHERE id = 2", 1),
              commits(1),
              loses(2),
              left("1=>10")),
          shownByCommits(
              "G2-item",
              read(1, "WHERE id IN (1, 2)", BOTH),
              read(2, "WHERE id IN (1, 2)", BOTH),
              write(1, "UPDATE item SET value = 11 WHERE id = 1", 1),
              write(2, "UPDATE item SET value = 21 WHERE id = 2", 1),
              commits(1),
              losesIfReadsConflict(2),
              left("1=>11 2=>21", "1=>11 2=>20")),
          shownByCommits(
              "G2-item, each reads what the other writes",
              read(1, "WHERE id = 2", "2=>20"),
              read(2, "WHERE id = 1", "1=>10"),
              write(1, "UPDATE item SET value = 11 WHERE id = 1", 1),
              write(2, "UPDATE item SET value = 21 WHERE id = 2", 1),
              commits(1),
              losesIfReadsConflict(2),
              left("1=>11 2=>21", "1=>11 2=>20")),
          shownByCommits(
              "G2",
              read(1, "WHERE value % 3 = 0", NOTHING),
              read(2, "WHERE value % 3 = 0", NOTHING),
              write(1, "INSERT INTO item VALUES (3, 30)", 1),
              write(2, "INSERT INTO item VALUES (4, 42)", 1),
              commits(1),
              commits(2),
              left("1=>10 2=>20 3=>30 4=>42")),
          shownByCommits(
              "G2, two edges",
              read(1, "", BOTH),
              write(2, "UPDATE item SET value = value + 5 WHERE id = 2", 1),
              commits(2),
              read(3, "", "1=>10 2=>25"),
              commits(3),
              write(1, "UPDATE item SET value = 0 WHERE id = 1", 1),
              losesIfReadsConflict(1),
              left("1=>0 2=>25", "1=>10 2=>25")));

  private Hermitage() {}
}
