package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.postgresql.util.PSQLException;

/** Recorded answers of the service to statements of all kinds are the simulator's answers too. */
@Timeout(60)
class StatementFactsTest {

  /** A recorded row; steps and outcomes go together. */
  record Fact(String id, String group, List<String> steps, List<String> outcomes) {

    boolean isConcrete() {
      return GROUPS.contains(group)
          && !NOT_SIMULATED.contains(id)
          && steps.size() == outcomes.size()
          && outcomes.stream().allMatch(o -> o.matches("ok:.*|err:[0-9A-Z]{5}:[^(].*"));
    }
  }

  private static final Set<String> GROUPS =
      Set.of(
          "unsupported",
          "transaction",
          "isolation",
          "multi_statement",
          "environment",
          "backlog",
          "alters",
          "supported",
          "types",
          "enum",
          "index",
          "queries",
          "constraints",
          "other");

  /** What the simulator does not do, what was superseded, and what was not recorded in full. */
  private static final Set<String> NOT_SIMULATED =
      Set.of(
          // Asynchronous work is done at once.
          "wait_for_job_bad_id",
          "alter_unique_using_index",
          // Needs the catalog, not the parse tree alone.
          "alter_drop_pk_column",
          "drop_column_multi_pk",
          // Peculiarities of the service's planner, types and text search.
          "q_fulltext_to_tsvector",
          "q_fulltext_to_tsquery",
          "q_fulltext_websearch",
          "q_fulltext_match",
          "q_geom_line",
          "q_geom_circle",
          "q_lateral_left_outer_ref",
          "q_lateral_left_no_outer_where",
          "q_lateral_left_outer_ref_cast",
          // Details of index and constraint definitions.
          "ix_using",
          "ix_volatile_expr",
          "ix_include_expr",
          "ix_opclass",
          "ix_key_type",
          "check_deferrable",
          "unique_deferrable_alter",
          "unique_deferrable_create",
          "generated_nonimmutable",
          // Superseded, a race, or recorded without the full text.
          "ix_where_stale",
          "drop_column_before_2026_08_03",
          "schema_change_race_ddl",
          "q_merge",
          "types_supported_columns",
          "fk_add_exclude");

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE baseline_parent (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text)",
          "CREATE TABLE baseline_child (id uuid PRIMARY KEY,"
              + " parent_id uuid REFERENCES baseline_parent (id))",
          "CREATE TABLE baseline_idx (id uuid PRIMARY KEY, value text)",
          "CREATE TABLE baseline_multi (id int PRIMARY KEY, a int)",
          "CREATE TABLE baseline_bulk (id int PRIMARY KEY)",
          "CREATE TABLE baseline_implicit_bulk (id int PRIMARY KEY)",
          "CREATE TABLE baseline_alter (id int PRIMARY KEY, a text, b text)",
          "CREATE TABLE baseline_alter_pk (id int PRIMARY KEY, a text)",
          "CREATE TABLE baseline_alter_pkadd (id int, v text)",
          "CREATE TABLE baseline_alter_fk (id int PRIMARY KEY, parent_id uuid)",
          "CREATE TABLE baseline_alter_big (id int PRIMARY KEY, big bigint)",
          "CREATE TABLE baseline_drop_me (id int)",
          "CREATE TABLE baseline_lat_parent (id text PRIMARY KEY)",
          "CREATE TABLE baseline_lat_child (id text PRIMARY KEY, parent_id text)",
          "CREATE TABLE t (id int PRIMARY KEY, a int, b text)",
          "CREATE TABLE p (id int PRIMARY KEY)",
          "CREATE TABLE c (id int PRIMARY KEY, p int)",
          "CREATE ROLE r",
          "INSERT INTO baseline_parent VALUES ('00000000-0000-0000-0000-0000000000aa', 'seed')");

  private static DsqlSimulator simulator;

  @BeforeAll
  static void startWithTheProbedTables() throws SQLException {
    simulator = DsqlSimulator.start();
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        statement.execute(table);
      }
    }
  }

  @AfterAll
  static void stop() {
    simulator.close();
  }

  @TestFactory
  Stream<DynamicTest> answersAsRecorded() throws IOException {
    List<Fact> concrete = facts().stream().filter(Fact::isConcrete).toList();
    assertThat(concrete).hasSizeGreaterThan(100);
    return concrete.stream().map(fact -> dynamicTest(fact.id(), () -> verify(fact)));
  }

  private static void verify(Fact fact) throws SQLException {
    try (Connection connection = Sessions.open(simulator, "simple")) {
      List<String> answers = new ArrayList<>();
      for (String step : fact.steps()) {
        answers.add(answer(connection, step));
      }
      assertThat(answers)
          .isEqualTo(fact.outcomes().stream().map(o -> o.startsWith("ok:") ? "ok" : o).toList());
    }
  }

  private static String answer(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
      return "ok";
    } catch (PSQLException e) {
      return "err:" + e.getSQLState() + ":" + e.getServerErrorMessage().getMessage();
    }
  }

  private static List<Fact> facts() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                StatementFactsTest.class.getResourceAsStream("/facts/statements.tsv"),
                StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).map(line -> fact(line.split("\t", -1))).toList();
    }
  }

  private static Fact fact(String[] columns) {
    return new Fact(columns[0], columns[1], parts(columns[3]), parts(columns[4]));
  }

  private static List<String> parts(String joined) {
    return Arrays.stream(joined.split(" ;; ")).map(String::trim).toList();
  }
}
