package io.dsqlproxy.simulator.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The tables that the recorded statements are about. Stateless. */
final class Fixtures {

  private static final String ID = "'00000000-0000-0000-0000-0000000000%s'";

  /** Once, before everything: the recorder's own tables. */
  static final List<String> BASELINE =
      List.of(
          "CREATE TABLE baseline_parent (id uuid PRIMARY KEY, name text NOT NULL)",
          "INSERT INTO baseline_parent VALUES (" + id("aa") + ", 'seed')",
          "CREATE TABLE baseline_child (id uuid PRIMARY KEY,"
              + " parent_id uuid NOT NULL REFERENCES baseline_parent (id))",
          "CREATE TABLE baseline_idx (id uuid PRIMARY KEY, value text)",
          "CREATE TABLE baseline_bulk (id int)",
          "CREATE TABLE baseline_drop_me (id int)",
          "CREATE TABLE baseline_implicit_bulk (id int)",
          "CREATE TABLE baseline_multi (id int PRIMARY KEY, a int)",
          "CREATE TABLE baseline_alter (id int PRIMARY KEY, a text, b int)",
          "CREATE TABLE baseline_alter_pk (id int PRIMARY KEY, a text)",
          "CREATE TABLE baseline_alter_big (big bigint, note text)",
          "CREATE TABLE baseline_alter_fk (id int PRIMARY KEY, parent_id uuid)",
          "CREATE TABLE baseline_alter_pkadd (id int, v text)",
          "CREATE TABLE baseline_conflict (id uuid PRIMARY KEY, name text NOT NULL)",
          "CREATE TABLE baseline_conflict_child (id uuid PRIMARY KEY,"
              + " parent_id uuid NOT NULL REFERENCES baseline_conflict (id))",
          "CREATE TABLE baseline_span (id int PRIMARY KEY, k int, v text)",
          "CREATE TABLE baseline_fk_action (id uuid PRIMARY KEY, name text)",
          "CREATE TABLE baseline_fk_cascade (id uuid PRIMARY KEY,"
              + " parent_id uuid REFERENCES baseline_fk_action (id) ON DELETE CASCADE, note text)",
          "CREATE TABLE baseline_fk_setnull (id uuid PRIMARY KEY,"
              + " parent_id uuid REFERENCES baseline_fk_action (id) ON DELETE SET NULL, note text)",
          "CREATE TABLE baseline_fk_setdefault (id uuid PRIMARY KEY, parent_id uuid DEFAULT "
              + id("c4")
              + " REFERENCES baseline_fk_action (id) ON DELETE SET DEFAULT, note text)",
          "CREATE TABLE baseline_lat_parent (id text PRIMARY KEY)",
          "CREATE TABLE baseline_lat_child (id text PRIMARY KEY, parent_id text)",
          "INSERT INTO baseline_lat_parent VALUES ('p1')",
          "INSERT INTO baseline_lat_child VALUES ('c1', 'p1')",
          "CREATE ROLE r");

  private static final List<String> REFERENTIAL_ACTIONS =
      List.of(
          "DELETE FROM baseline_fk_cascade",
          "DELETE FROM baseline_fk_setnull",
          "DELETE FROM baseline_fk_setdefault",
          "DELETE FROM baseline_fk_action",
          "INSERT INTO baseline_fk_action VALUES (%s, 'a'), (%s, 'b'), (%s, 'c'), (%s, 'd')"
              .formatted(id("c1"), id("c2"), id("c3"), id("c4")),
          "INSERT INTO baseline_fk_cascade VALUES (%s, %s, '')".formatted(id("d1"), id("c1")),
          "INSERT INTO baseline_fk_setnull VALUES (%s, %s, '')".formatted(id("d2"), id("c2")),
          "INSERT INTO baseline_fk_setdefault VALUES (%s, %s, '')".formatted(id("d3"), id("c3")));

  /** Before every recorded conflict. */
  static final List<String> CONFLICT =
      join(
          REFERENTIAL_ACTIONS,
          List.of(
              "DELETE FROM baseline_conflict_child",
              "DELETE FROM baseline_conflict",
              "INSERT INTO baseline_conflict VALUES (%s, 'a'), (%s, 'b'), (%s, 'c'), (%s, 'd'),"
                      .formatted(id("ab"), id("ac"), id("ad"), id("ae"))
                  + " (%s, 'e')".formatted(id("af")),
              "DELETE FROM baseline_span",
              "INSERT INTO baseline_span VALUES (1, 1, ''), (2, 1, ''), (3, 1, ''), (4, 2, '')"));

  /** Before every pair of operations. */
  static final List<String> PAIRS =
      join(
          REFERENTIAL_ACTIONS,
          List.of(
              "DROP TABLE IF EXISTS pair_new, pair_child, pair_parent",
              "CREATE TABLE pair_parent (id int PRIMARY KEY, code int UNIQUE, v text)",
              "CREATE TABLE pair_child (id int PRIMARY KEY, parent int REFERENCES pair_parent)",
              "INSERT INTO pair_parent VALUES (1, 11, 'a'), (2, 12, 'b'), (3, 13, 'c')"));

  private static final String DROP_PLACEHOLDERS =
      "DROP TABLE IF EXISTS t, u, two, nokey, c, p CASCADE";

  /** Before every locking clause. */
  static final List<String> LOCKING =
      List.of(
          DROP_PLACEHOLDERS,
          "CREATE TABLE t (id int PRIMARY KEY, s text)",
          "CREATE TABLE u (id int PRIMARY KEY)",
          "CREATE TABLE two (a int PRIMARY KEY)",
          "CREATE TABLE nokey (a int, s text)",
          "CREATE VIEW v AS SELECT * FROM t",
          "INSERT INTO t VALUES (1, 'a'), (2, 'b')");

  /** What a row needs beyond the placeholders. */
  private static final Map<String, List<String>> EXTRA =
      Map.of(
          "fk_alter_constraint_deferrable",
          List.of("ALTER TABLE c ADD CONSTRAINT x FOREIGN KEY (p) REFERENCES p (id) NOT VALID"),
          "fk_validate_violating",
          List.of(
              "INSERT INTO c VALUES (1, 99)",
              "ALTER TABLE c ADD CONSTRAINT x FOREIGN KEY (p) REFERENCES p (id) NOT VALID"),
          "set_constraints_named_nondeferrable",
          List.of("ALTER TABLE c ADD CONSTRAINT dfr1 FOREIGN KEY (p) REFERENCES p (id) NOT VALID"),
          "delete_referenced_parent",
          List.of(
              "ALTER TABLE c ADD CONSTRAINT x FOREIGN KEY (p) REFERENCES p (id) NOT VALID",
              "INSERT INTO p VALUES (1)",
              "INSERT INTO c VALUES (1, 1)"),
          "ix_unique_building_dup",
          List.of("INSERT INTO t (id, a) VALUES (1, 1)"),
          "lint_rej_alter_index_rename",
          List.of("CREATE INDEX ASYNC i ON t (a)"));

  private Fixtures() {}

  /** What must be there before a row of statements.tsv. */
  static List<String> before(String id, String source, String steps) {
    List<String> before = new ArrayList<>();
    if (!source.startsWith("golden") || id.startsWith("type")) {
      before.add(DROP_PLACEHOLDERS);
      before.add("DROP SEQUENCE IF EXISTS s");
      before.add("CREATE TABLE p (id int PRIMARY KEY)");
      before.add("CREATE TABLE c (id int PRIMARY KEY, p int)");
      if (!steps.contains("CREATE TABLE t ")) {
        before.add(
            "CREATE TABLE t (id int PRIMARY KEY, a int, b text, j json, c1 int, c2 int, c3 int,"
                + " c4 int, c5 int, c6 int, c7 int, c8 int, c9 int)");
      }
    }
    before.addAll(EXTRA.getOrDefault(id, List.of()));
    return before;
  }

  private static String id(String digits) {
    return ID.formatted(digits);
  }

  private static List<String> join(List<String> first, List<String> second) {
    List<String> joined = new ArrayList<>(first);
    joined.addAll(second);
    return List.copyOf(joined);
  }
}
