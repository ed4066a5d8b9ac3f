package io.dsqlproxy.rewriter;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.analysis.StatementScanner;
import io.dsqlproxy.rewriter.lexical.Lexer;
import io.dsqlproxy.rewriter.lexical.Tokens;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLWarning;

/**
 * Real applications' statements with tokens put in, taken out, replaced and exchanged: whatever
 * PostgreSQL's grammar still accepts must keep its tree through a rewrite, but for the locks. The
 * statements are only parsed, so that what they name need not exist.
 */
class MutatedStatementsAgainstPostgresTest {

  private static final int STATEMENTS = 12_000;
  private static final Path CORPUS =
      Path.of("../rewriter/src/test/resources/io/dsqlproxy/rewriter/real-applications.txt");
  private static final Pattern POSITIONS =
      Pattern.compile(" :(location|stmt_location|stmt_len) -?\\d+");
  private static final Pattern REFUSED_STRENGTH = Pattern.compile(":strength [23] ");
  private static final Pattern LOCKING_CLAUSES =
      Pattern.compile(
          ":lockingClause \\((\\{LOCKINGCLAUSE :lockedRels (<>|\\((\\{RANGEVAR [^}]*\\} ?)+\\))"
              + " :strength \\d :waitPolicy \\d ?\\} ?)+\\)");

  private static final String[] ODDITIES = {
    "FOR SHARE",
    "FOR NO KEY UPDATE",
    "FOR UPDATE OF id",
    "SKIP LOCKED",
    "AS from",
    "AS select",
    "AS union",
    "AS \"for share\"",
    "update",
    "share",
    "lock",
    "of",
    "nowait",
    ".for",
    ".from",
    ".select",
    "distinct",
    "DISTINCT",
    "select",
    "values",
    "table",
    "IS DISTINCT FROM id",
    "max(id)",
    "GROUP BY id",
    "HAVING true",
    "UNION SELECT 1",
    "(",
    ")",
    "( SELECT 1 FROM t FOR SHARE )",
    ", substring(id FOR share)",
    ", overlay(id PLACING id FROM 1 FOR update)",
    ", U&\"!0061\" UESCAPE '!'",
    ", E'\\' FOR SHARE'",
    ", $a$ ' FOR SHARE $a$",
    ", 'a'\n' FOR SHARE'",
    ", CASE WHEN true THEN 1 END",
    ", id[1:2]",
    ", 1e5",
    ", @- 1",
    "LIMIT 1",
    "OFFSET 1",
    "FETCH FIRST ROW ONLY",
    "TABLESAMPLE system (50)",
    "ONLY",
    "WINDOW w AS ()",
    "OPERATOR(pg_catalog.+)"
  };

  private Connection connection;

  @Test
  void aRewriteChangesTheLocksInPostgresOwnTreeAndNothingElse() throws Exception {
    long seed = System.nanoTime();
    Mutations mutations = new Mutations(new Random(seed), lockingStatements());
    int accepted = 0;
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        Connection opened =
            DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"));
        Statement statement = opened.createStatement()) {
      connection = opened;
      statement.execute("SET client_min_messages = log");
      statement.execute("SET debug_pretty_print = off");
      statement.execute("SET debug_print_parse = on");
      for (int i = 0; i < STATEMENTS; i++) {
        accepted += judge(mutations.next(), seed) ? 1 : 0;
      }
    }
    assertThat(accepted).as("statements that PostgreSQL accepts, seed %d", seed).isGreaterThan(500);
  }

  private boolean judge(String sql, long seed) throws SQLException {
    String where = "seed " + seed + ": " + sql;
    String original = tree(sql);
    if (original == null) {
      return false;
    }
    Plan plan = new Rewriter(LockPolicy.defaults()).plan(sql);
    String inTransaction = tree(sent(plan.inTransaction(), where));
    assertThat(inTransaction).as(where).isNotNull();
    boolean tableless = isDecidedBy(RuleId.LOCK_WITHOUT_TABLE, plan);
    if (!isDecidedBy(RuleId.LOCK_BESIDE_AGGREGATE, plan)) {
      assertThat(strengthened(inTransaction)).as(where).isEqualTo(strengthened(original));
    }
    if (!tableless) {
      assertThat(REFUSED_STRENGTH.matcher(inTransaction).find()).as(where).isFalse();
    }
    String autocommit = tree(sent(plan.autocommit(), where));
    assertThat(autocommit).as(where).isNotNull();
    if (!plan.sameInEverySituation() && !tableless) {
      assertThat(autocommit)
          .as(where)
          .isEqualTo(LOCKING_CLAUSES.matcher(original).replaceAll(":lockingClause <>"));
    }
    return true;
  }

  private static String sent(PlannedForm form, String where) {
    assertThat(form).as(where).isInstanceOf(PlannedForm.Send.class);
    return ((PlannedForm.Send) form).sql();
  }

  private static boolean isDecidedBy(RuleId rule, Plan plan) {
    return plan.inTransaction().findings().stream().anyMatch(finding -> finding.rule() == rule);
  }

  private static String strengthened(String tree) {
    return REFUSED_STRENGTH.matcher(tree).replaceAll(":strength 4 ");
  }

  /** The tree as the grammar made it, without positions; null if the grammar does not accept. */
  private String tree(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      try {
        statement.execute("PREPARE judged AS " + sql);
        statement.execute("DEALLOCATE judged");
      } catch (SQLException refused) {
        assertThat(refused.getSQLState()).as(sql).isNotEqualTo("42P05");
      }
      PSQLWarning notice = (PSQLWarning) statement.getWarnings();
      if (notice == null || !notice.getServerErrorMessage().getMessage().contains("parse tree")) {
        return null;
      }
      String tree = notice.getServerErrorMessage().getDetail();
      assertThat(tree).as(sql).contains("PREPARESTMT");
      return POSITIONS.matcher(tree.replaceAll("\\s+", " ")).replaceAll("");
    }
  }

  private static List<String> lockingStatements() throws IOException {
    List<String> statements = new ArrayList<>();
    for (String block : Files.readString(CORPUS).split("(?m)^### ")) {
      String sql = block.substring(block.indexOf('\n') + 1).split(">>>", 2)[0].strip();
      boolean sent = block.contains(">>>") && !block.contains(">>> refused");
      if (sent && !block.startsWith("#") && !sql.contains("??") && locksRows(sql)) {
        statements.add(sql.replace("?", "$1 "));
      }
    }
    assertThat(statements).hasSizeGreaterThan(80);
    return statements;
  }

  private static boolean locksRows(String sql) {
    return StatementScanner.scan(Lexer.tokenize(sql)).stream()
        .anyMatch(statement -> !statement.locks().isEmpty());
  }

  /** Changes one or two tokens of a statement, and what stands between all of them. */
  private static final class Mutations {

    private static final String[] GAPS = {" ", " ", " ", "\n", "\t/* FOR SHARE */ ", " -- '\r"};

    private final Random random;
    private final List<String> statements;

    Mutations(Random random, List<String> statements) {
      this.random = random;
      this.statements = statements;
    }

    String next() {
      Tokens tokens = Lexer.tokenize(statements.get(random.nextInt(statements.size())));
      List<String> words = new ArrayList<>();
      for (int i = 0; i < tokens.size(); i++) {
        words.add(tokens.text(i));
      }
      for (int i = random.nextInt(4) / 3; i >= 0; i--) {
        mutate(words);
      }
      StringBuilder sql = new StringBuilder();
      for (String word : words) {
        sql.append(word).append(GAPS[random.nextInt(GAPS.length)]);
      }
      return sql.toString().replace(";", " ");
    }

    private void mutate(List<String> words) {
      int at = random.nextInt(words.size());
      switch (random.nextInt(6)) {
        case 0 -> {
          if (words.size() > 1) {
            words.remove(at);
          }
        }
        case 1 -> words.set(at, ODDITIES[random.nextInt(ODDITIES.length)]);
        case 2 -> Collections.swap(words, at, Math.max(0, at - 1));
        case 3 -> words.add(at, words.get(random.nextInt(words.size())));
        default -> words.add(at, ODDITIES[random.nextInt(ODDITIES.length)]);
      }
    }
  }
}
