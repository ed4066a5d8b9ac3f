package io.dsqlproxy.rewriter;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the rewriter says of a WHERE clause is true of the rows that PostgreSQL finds by it, for
 * random clauses over a small table. The system property {@code conditions.seed} makes the same
 * ones again.
 */
@Timeout(120)
class FixedColumnsAgainstPostgresTest {

  private static final long SEED = Long.getLong("conditions.seed", System.nanoTime() % 1_000_000);
  private static final int CLAUSES = 4_000;
  private static final Rewriter REWRITER =
      new Rewriter(LockPolicy.parse("conditional").withVersionColumns("t.v"));

  private static EmbeddedPostgres postgres;
  private static Connection connection;

  private final Random random = new Random(SEED);

  @BeforeAll
  static void start() throws IOException, SQLException {
    postgres = EmbeddedPostgres.builder().start();
    connection = postgres.getPostgresDatabase().getConnection();
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (a int, b text, \"C c\" bigint, d boolean, v int)");
      statement.execute(
          "INSERT INTO t SELECT a, b, c, a % 2 = 0, a + c FROM generate_series(0, 3) a,"
              + " unnest(ARRAY['x', 'y', 'it''s', '1']) b, generate_series(0, 2) c"
              + " UNION ALL SELECT NULL, NULL, NULL, NULL, NULL");
    }
    connection.setAutoCommit(false);
  }

  @AfterAll
  static void stop() throws IOException, SQLException {
    connection.close();
    postgres.close();
  }

  @Test
  void everyRowThatAClauseFindsHasTheValuesThatItFixes() throws SQLException {
    System.out.printf("conditions: seed %d%n", SEED);
    int valid = 0;
    int fixing = 0;
    for (int i = 0; i < CLAUSES; i++) {
      String clause = condition(random.nextInt(4));
      List<Map<String, String>> rows = found(clause);
      if (rows == null) {
        continue;
      }
      valid++;
      if (REWRITER.plan("DELETE FROM t WHERE " + clause).effect() instanceof Effect.Rows effect
          && effect.row() != null) {
        fixing++;
        assertFixed(clause, effect.row(), rows);
        assertSubset(clause, effect.row(), rows);
      }
    }
    System.out.printf("conditions: %d clauses, %d of them fix columns%n", valid, fixing);
    assertThat(valid).isGreaterThan(CLAUSES / 4);
    assertThat(fixing).isGreaterThan(CLAUSES / 20);
  }

  private static void assertFixed(String clause, RowWrite row, List<Map<String, String>> rows) {
    row.fixed()
        .forEach(
            (column, operand) -> {
              String value = ((Operand.Literal) operand).text();
              for (Map<String, String> found : rows) {
                assertThat(found.get(column))
                    .as("seed %d, %s in WHERE %s", SEED, column, clause)
                    .isEqualTo(value);
              }
            });
  }

  /** The text that asks for a version finds those of the rows that have it, and no others. */
  private static void assertSubset(String clause, RowWrite row, List<Map<String, String>> rows)
      throws SQLException {
    Set<String> expected = new TreeSet<>();
    rows.stream()
        .filter(one -> "2".equals(one.get("v")))
        .forEach(one -> expected.add(one.get("ctid")));
    String prefix = "DELETE FROM t WHERE ";
    String conditional = row.withVersion("2");
    assertThat(conditional).startsWith(prefix);
    assertThat(found(conditional.substring(prefix.length())).stream().map(one -> one.get("ctid")))
        .as("seed %d, WHERE %s", SEED, clause)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  /** Null if PostgreSQL does not accept the clause. */
  private static List<Map<String, String>> found(String clause) throws SQLException {
    List<Map<String, String>> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT a, b, \"C c\", v, ctid FROM t WHERE " + clause)) {
      while (rows.next()) {
        Map<String, String> row = new HashMap<>();
        for (int i = 1; i <= 5; i++) {
          row.put(rows.getMetaData().getColumnLabel(i), rows.getString(i));
        }
        found.add(row);
      }
      return found;
    } catch (SQLException notAClause) {
      return null;
    } finally {
      connection.rollback();
    }
  }

  // -------------------- random clauses

  private String condition(int depth) {
    if (depth == 0) {
      return comparison();
    }
    return switch (random.nextInt(9)) {
      case 0, 1, 2 -> condition(depth - 1) + space() + "AND" + space() + condition(depth - 1);
      case 3 -> condition(depth - 1) + " OR " + condition(depth - 1);
      case 4 -> "NOT " + condition(depth - 1);
      case 5 -> "(" + condition(depth - 1) + ")";
      case 6 -> "(" + condition(depth - 1) + " OR " + condition(depth - 1) + ")";
      case 7 ->
          "CASE WHEN "
              + condition(depth - 1)
              + " THEN "
              + condition(depth - 1)
              + " ELSE "
              + condition(depth - 1)
              + " END";
      default -> comparison();
    };
  }

  /** Mostly of things that can be compared: PostgreSQL is to accept it. */
  private String comparison() {
    boolean text = random.nextInt(3) == 0;
    String column = column(text);
    String value = value(text);
    String other = value(random.nextInt(20) == 0 ? !text : text);
    return switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> column + space() + "=" + space() + other;
      case 4 -> value + " = " + column;
      case 5 -> column + " BETWEEN " + value + " AND " + other;
      case 6 -> column + " NOT BETWEEN SYMMETRIC " + value + " AND " + other;
      case 7 -> column + " IN (" + value + ", " + other + ")";
      case 8 -> column + (random.nextBoolean() ? " IS NULL" : " IS NOT DISTINCT FROM " + value);
      case 9 -> column + " = " + value + " IS NOT TRUE";
      case 10 -> "(" + column + ", " + column(!text) + ") = (" + value + ", " + value(!text) + ")";
      default -> column + " = " + column(text);
    };
  }

  private String column(boolean text) {
    return text
        ? pick("b", "t.b", "(b)", "B", "b || ''")
        : pick("a", "t.a", "A", "\"C c\"", "t.\"C c\"", "(a)", "a + 1");
  }

  private String value(boolean text) {
    return text
        ? pick(
            "'x'",
            "'1'",
            "'it''s'",
            "'x'::text",
            "'xy'::char",
            "'x'\n'y'",
            "E'x'",
            "'it''s'::varchar",
            "NULL")
        : pick("1", "2", "'1'", "1::int", "'1'::bigint", "-1", "NULL", "1 + 1", "(2)");
  }

  private String space() {
    return pick(" ", " ", "  ", " /* a = 1 OR */ ", " -- b = 'x' OR\n");
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  // -------------------- reserved words

  @Test
  void reservedWordsAreThoseOfPostgres() throws SQLException {
    Set<String> reserved = new TreeSet<>();
    Set<String> quoted = new TreeSet<>();
    Set<String> said = new TreeSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet words = statement.executeQuery("SELECT word, catcode FROM pg_get_keywords()")) {
      while (words.next()) {
        String word = words.getString(1);
        if (Set.of("R", "T").contains(words.getString(2))) {
          reserved.add(word);
        }
        if (SqlNames.column(word).startsWith("\"")) {
          quoted.add(word);
        }
        if (SqlNames.isReserved(word)) {
          said.add(word);
        }
      }
    }
    assertThat(quoted).isEqualTo(reserved);
    assertThat(said).isEqualTo(reserved);
  }
}
