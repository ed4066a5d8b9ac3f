package io.dsqlproxy.rewriter;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A query with an aggregate and a lock gives, on a server, what the same query gives without the
 * lock: the very columns and rows, in the same order where it has one.
 */
class LockBesideAggregateAgainstPostgresTest {

  private static final int STATEMENTS = 1_500;

  private static final String[] SELECTIONS = {
    "max(%a.id)",
    "MAX ( id ), min(b)",
    "count(*)",
    "count(DISTINCT a) AS limit",
    "coalesce(sum(a), 0) + 1 AS next",
    "count(*) FILTER (WHERE a > 1)",
    "percentile_disc(0.5) WITHIN GROUP (ORDER BY a)",
    "string_agg(b, ',' ORDER BY b, id)",
    "pg_catalog.max(a) - extract(year FROM date '2020-01-01')",
    "a IS DISTINCT FROM 1, count(*)",
    "a, count(*), max(id)",
    "%a.a, max(substring(b FROM 1 FOR 1))",
    "a, array_agg(id ORDER BY id)",
    "DISTINCT a",
    "DISTINCT %a.*",
    "DISTINCT ON (a) a, b",
    "count(%a)",
    "max(id) + (SELECT max(id) FROM u)",
    "id, rank() OVER (ORDER BY id)",
    "id, sum(a) OVER w",
    "(SELECT count(*) FROM u WHERE u.id < max(%a.id))",
    "max(\"for update\")"
  };

  /** Each with the name that the query knows it by. */
  private static final String[][] TABLES = {
    {"t", "t"},
    {"t x", "x"},
    {"t AS x", "x"},
    {"s.t", "t"},
    {"s.T x", "x"},
    {"ONLY t", "t"},
    {"\"S\".\"T t\" x", "x"},
    {"\"S\".\"T t\"", "\"T t\""},
    {"s.from", "\"from\""},
    {"t x(id, a)", "x"}
  };

  private static final String[] CONDITIONS = {
    "",
    "WHERE a > 1",
    "WHERE %a.id IN (SELECT id FROM u WHERE u.id > 1)",
    "WHERE a IS NOT DISTINCT FROM 2 OR b LIKE 'x%'",
    "WHERE EXISTS (SELECT max(id) FROM u WHERE u.id = %a.id HAVING max(id) > 0)"
  };

  private static final String[] GROUPS = {
    "", "", "GROUP BY %a.a", "GROUP BY a HAVING count(*) > 1", "GROUP BY ROLLUP (a)", "HAVING true"
  };

  private static final String[] ENDS = {
    "",
    "ORDER BY 1",
    "WINDOW w AS (PARTITION BY a ORDER BY id)",
    "WINDOW w AS (ORDER BY id) ORDER BY 1 DESC LIMIT 2",
    "ORDER BY 1 NULLS FIRST OFFSET 1 ROW FETCH FIRST 2 ROWS ONLY",
    "ORDER BY max(id), 1"
  };

  private static final String[] LOCKS = {
    "FOR UPDATE",
    "for share",
    "FOR NO KEY UPDATE SKIP LOCKED",
    "FOR SHARE OF %a NOWAIT",
    "FOR KEY SHARE"
  };

  private static final String[] GAPS = {" ", "\n\n\n", " /* FOR SHARE */ ", " -- FROM\n"};

  @Test
  void theResultIsThatOfTheQueryWithoutTheLock() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int rewritten = 0;
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        Connection connection =
            DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"));
        Statement statement = connection.createStatement()) {
      createTables(statement);
      for (int i = 0; i < STATEMENTS; i++) {
        String[] query = query(random);
        List<String> plain = result(statement, query[0]);
        if (plain == null) {
          continue;
        }
        String where = "seed " + seed + ": " + query[1];
        Plan plan = new Rewriter(LockPolicy.defaults()).plan(query[1]);
        String sent = ((PlannedForm.Send) plan.inTransaction()).sql();
        boolean moved =
            plan.inTransaction().findings().get(0).rule() == RuleId.LOCK_BESIDE_AGGREGATE;
        if (moved && isDetermined(query[1])) {
          assertThat(result(statement, sent)).as(where + "\n" + sent).isEqualTo(plain);
          rewritten++;
        }
        if (!plan.sameInEverySituation()) {
          String autocommit = ((PlannedForm.Send) plan.autocommit()).sql();
          assertThat(result(statement, autocommit)).as(where).isEqualTo(plain);
        }
      }
    }
    assertThat(rewritten).as("queries whose lock was moved, seed %d", seed).isGreaterThan(100);
  }

  private static void createTables(Statement statement) throws SQLException {
    statement.execute("CREATE SCHEMA s");
    statement.execute("CREATE SCHEMA \"S\"");
    for (String table : new String[] {"t", "u", "s.t", "s.from", "\"S\".\"T t\""}) {
      statement.execute("CREATE TABLE " + table + " (id int, a int, b text, \"for update\" int)");
      statement.execute(
          "INSERT INTO "
              + table
              + " VALUES (1, 1, 'x', 9), (2, 2, 'y', 8), (3, 2, 'xx', 7),"
              + " (4, NULL, 'z', NULL), (5, 3, NULL, 6)");
    }
  }

  /** Which row DISTINCT ON takes is open where the query does not order them all. */
  private static boolean isDetermined(String sql) {
    return !sql.contains("DISTINCT ON");
  }

  /** A query without a lock, and with one. */
  private static String[] query(Random random) {
    String[] tableAndAlias = TABLES[random.nextInt(TABLES.length)];
    String table = tableAndAlias[0];
    String alias = tableAndAlias[1];
    String gap = pick(random, GAPS);
    String query =
        "SELECT "
            + pick(random, SELECTIONS)
            + gap
            + "FROM "
            + table
            + gap
            + pick(random, CONDITIONS)
            + gap
            + pick(random, GROUPS)
            + gap
            + pick(random, ENDS);
    String lock = pick(random, LOCKS);
    return new String[] {query.replace("%a", alias), (query + gap + lock).replace("%a", alias)};
  }

  private static String pick(Random random, String[] choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** The columns and rows, sorted where the query does not order them; null if it is refused. */
  private static List<String> result(Statement statement, String sql) {
    List<String> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      StringBuilder names = new StringBuilder();
      for (int i = 1; i <= columns; i++) {
        names.append(result.getMetaData().getColumnLabel(i)).append('|');
      }
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= columns; i++) {
          row.append(result.getString(i)).append('|');
        }
        rows.add(row.toString());
      }
      if (!sql.contains("ORDER BY 1")) {
        rows.sort(null);
      }
      rows.add(0, names.toString());
      return rows;
    } catch (SQLException refused) {
      return null;
    }
  }
}
