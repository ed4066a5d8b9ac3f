package io.dsqlproxy.rewriter;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLWarning;

/**
 * PostgreSQL's own parser is the judge of what a rewrite did: {@code debug_print_parse} shows the
 * tree of a statement, in which a locking clause has strength 4 for FOR UPDATE, 3 for FOR NO KEY
 * UPDATE, 2 for FOR SHARE and 1 for FOR KEY SHARE.
 */
class RewriterAgainstPostgresParserTest {

  private static final int STATEMENTS = 1_500;
  private static final Pattern POSITIONS =
      Pattern.compile(" :(location|stmt_location|stmt_len) -?\\d+");
  private static final Pattern REFUSED_STRENGTH = Pattern.compile(":strength [23] ");
  private static final String LOCKED_RELATIONS = "(<>|\\((\\{RANGEVAR [^}]*\\} ?)+\\))";
  private static final Pattern LOCKING_CLAUSES =
      Pattern.compile(
          ":lockingClause \\((\\{LOCKINGCLAUSE :lockedRels "
              + LOCKED_RELATIONS
              + " :strength \\d :waitPolicy \\d ?\\} ?)+\\)");

  private static EmbeddedPostgres postgres;
  private static Connection connection;

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.builder().start();
    connection = DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"));
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (id int PRIMARY KEY, a int, b text, d jsonb)");
      statement.execute("CREATE TABLE u (id int PRIMARY KEY, a int, b text, d jsonb)");
      statement.execute(
          "CREATE TABLE \"X.y\" (id int PRIMARY KEY, \"for update\" int, settings int)");
      statement.execute("SET client_min_messages = log");
      statement.execute("SET debug_pretty_print = off");
      statement.execute("SET debug_print_parse = on");
    }
  }

  @AfterAll
  static void stop() throws Exception {
    connection.close();
    postgres.close();
  }

  /** The tree, without positions in the text; null if PostgreSQL does not accept it. */
  private static String tree(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      try {
        statement.execute("PREPARE judged AS " + sql);
      } catch (SQLException refused) {
        assertThat(refused.getSQLState()).as(sql).startsWith("4").isNotEqualTo("42P05");
        return null;
      }
      // The tree of PREPARE itself holds the statement as PostgreSQL's grammar read it, clause by
      // clause; the statement's own analysed tree follows it and adds nothing here.
      PSQLWarning notice = (PSQLWarning) statement.getWarnings();
      String tree = notice.getServerErrorMessage().getDetail();
      statement.execute("DEALLOCATE judged");
      assertThat(tree).contains("PREPARESTMT");
      return POSITIONS.matcher(tree.replaceAll("\\s+", " ")).replaceAll("");
    }
  }

  @Test
  void aRewriteChangesTheStrengthsInPostgresOwnTreeAndNothingElse() throws SQLException {
    long seed = System.nanoTime();
    RandomLockingStatements random = new RandomLockingStatements(new Random(seed));
    Rewriter rewriter = new Rewriter(LockPolicy.defaults());
    int accepted = 0;
    int lockless = 0;
    for (int i = 0; i < STATEMENTS; i++) {
      String sql = random.next();
      String original = tree(sql);
      if (original == null) {
        continue;
      }
      accepted++;
      String where = "seed " + seed + ": " + sql;
      Plan plan = rewriter.plan(sql);
      String inTransaction = tree(((PlannedForm.Send) plan.inTransaction()).sql());
      assertThat(inTransaction).as(where).isNotNull();
      assertThat(REFUSED_STRENGTH.matcher(inTransaction).find()).as(where).isFalse();
      assertThat(inTransaction)
          .as(where)
          .isEqualTo(original.replaceAll(":strength [23] ", ":strength 4 "));
      if (!plan.sameInEverySituation()) {
        lockless++;
        String autocommit = tree(((PlannedForm.Send) plan.autocommit()).sql());
        assertThat(autocommit).as(where).isNotNull().doesNotContain("LOCKINGCLAUSE");
        assertThat(autocommit).as(where).isEqualTo(withoutLocks(original));
      }
    }
    assertThat(accepted).as("statements that PostgreSQL accepts, seed %d", seed).isGreaterThan(700);
    assertThat(lockless).as("statements that lose their locks, seed %d", seed).isGreaterThan(300);
  }

  private static String withoutLocks(String tree) {
    return LOCKING_CLAUSES.matcher(tree).replaceAll(":lockingClause <>");
  }

  /** Statements with locks in every place that PostgreSQL's grammar has for them. */
  private static final class RandomLockingStatements {

    private static final String[] STRENGTHS = {
      "FOR UPDATE", "for no key update", "FOR SHARE", "FOR /* x */ KEY -- y\n SHARE", "FOR\tSHARE"
    };
    private static final String[] EXPRESSIONS = {
      "x.a",
      "x.id + 1",
      "lower(x.b)",
      "'FOR SHARE'",
      "E'\\' FOR SHARE'",
      "$$ FOR UPDATE $$",
      "substring(x.b FROM 1 FOR 2)",
      "coalesce(x.a, 0)",
      "x.d ->> 'for update'",
      "x.id::text",
      "(SELECT max(id) FROM u)",
      "CASE WHEN x.a = 1 THEN 'a' ELSE U&'\\0441' END",
      "x.a IS NULL",
      "ARRAY[x.a, 1]",
      "now()",
      "random()",
      "nextval('pg_catalog.pg_class')",
      "$1 + x.a"
    };
    private static final String[] CONDITIONS = {
      "x.id = 1",
      "x.a IN (1, 2)",
      "x.d @> '{}'",
      "x.b LIKE 'a\\%' ESCAPE '\\'",
      "x.id = $1",
      "EXISTS (SELECT 1 FROM u WHERE u.id = x.id)",
      "x.b ~* 'for share'",
      "x.a = ANY (ARRAY[1])"
    };

    private final Random random;

    RandomLockingStatements(Random random) {
      this.random = random;
    }

    String next() {
      String query = query(2);
      return switch (random.nextInt(12)) {
        case 0 -> "INSERT INTO t (id) " + query;
        case 1 -> "UPDATE t SET a = 1 WHERE id IN (" + query + ")";
        case 2 -> "DELETE FROM t USING (" + query + ") q WHERE q.c = t.id";
        case 3 -> "WITH c AS (" + query + ") SELECT * FROM c" + locks(0);
        case 4 -> "WITH c AS MATERIALIZED (" + query + ") UPDATE t SET a = 1 FROM c WHERE c.c = id";
        case 5 -> "(" + query + ") LIMIT 3";
        case 6 -> "MERGE INTO t USING (" + query + ") q ON q.c = t.id WHEN MATCHED THEN DELETE";
        default -> query;
      };
    }

    private String query(int depth) {
      List<String> parts = new ArrayList<>();
      parts.add("SELECT x.id AS c, " + pick(EXPRESSIONS) + " AS \"for share\"");
      parts.add("FROM " + from(depth));
      if (random.nextBoolean()) {
        parts.add("WHERE " + pick(CONDITIONS));
      }
      if (random.nextInt(3) == 0) {
        parts.add("ORDER BY x.id DESC NULLS LAST");
      }
      boolean limitFirst = random.nextBoolean();
      String limit = random.nextInt(3) == 0 ? "LIMIT 2 OFFSET 1" : "";
      if (limitFirst) {
        parts.add(limit);
      }
      parts.add(locks(1).strip());
      if (!limitFirst) {
        parts.add(limit);
      }
      String gap =
          new String[] {" ", "\n", "\n\n\n", " /* FOR SHARE */ ", " -- FOR SHARE\n"}
              [random.nextInt(5)];
      return String.join(gap, parts).strip();
    }

    private String from(int depth) {
      return switch (random.nextInt(depth > 0 ? 7 : 4)) {
        case 0 -> "t x";
        case 1 -> "t AS x, u";
        case 2 -> "t x JOIN u ON x.id = u.id";
        case 3 -> "ONLY t x";
        case 4 -> "(SELECT * FROM t" + locks(1) + ") x";
        case 5 -> "t x, LATERAL (" + query(depth - 1) + ") l";
        default -> "t x JOIN (" + query(depth - 1) + ") j ON j.c = x.id";
      };
    }

    private String locks(int least) {
      StringBuilder clauses = new StringBuilder();
      int count = least + (random.nextInt(4) == 0 ? 1 : 0);
      for (int i = 0; i < count; i++) {
        clauses.append(' ').append(pick(STRENGTHS));
        clauses.append(
            new String[] {"", "", " OF x", " NOWAIT", " SKIP LOCKED"}[random.nextInt(5)]);
      }
      return clauses.toString();
    }

    private String pick(String[] choices) {
      return choices[random.nextInt(choices.length)];
    }
  }
}
