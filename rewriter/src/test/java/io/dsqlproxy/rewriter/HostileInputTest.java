package io.dsqlproxy.rewriter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.dsqlproxy.rewriter.analysis.LockStrength;
import io.dsqlproxy.rewriter.analysis.LockingClause;
import io.dsqlproxy.rewriter.analysis.StatementScanner;
import io.dsqlproxy.rewriter.lexical.Lexer;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing that a client can send makes planning hang, overflow, throw or lose text. */
@Timeout(60)
class HostileInputTest {

  private static final String LOCK = " FROM t FOR SHARE";
  private static final int MEGABYTE = 1 << 20;

  static Stream<Arguments> hostile() {
    return Stream.of(
        arguments(
            "5,000 parentheses", "SELECT " + "(".repeat(5_000) + "1" + ")".repeat(5_000) + LOCK),
        arguments("a megabyte of ))", ")".repeat(MEGABYTE) + "SELECT 1" + LOCK),
        arguments("a megabyte of columns", "SELECT 1" + ", 1".repeat(MEGABYTE / 3) + LOCK),
        arguments("a long path", "SELECT " + "a.".repeat(30_000) + "a" + LOCK),
        arguments("15,000 NOTs", "SELECT " + "NOT ".repeat(15_000) + "a" + LOCK),
        arguments("30,000 signs", "SELECT " + "- ".repeat(30_000) + "1" + LOCK),
        arguments(
            "3,000 CASEs",
            "SELECT " + "CASE WHEN a THEN ".repeat(3_000) + "1" + " END".repeat(3_000) + LOCK),
        arguments("20,000 calls", "SELECT " + "f(".repeat(20_000) + ")".repeat(20_000) + LOCK),
        arguments("20,000 slices", "SELECT " + "a[".repeat(20_000) + "]".repeat(20_000) + LOCK),
        arguments(
            "7,000 ORs", "SELECT 1 FROM t WHERE a" + " OR a = 1".repeat(7_000) + " FOR SHARE"),
        arguments(
            "4,000 joins", "SELECT 1 FROM t" + " JOIN t ON true".repeat(4_000) + " FOR SHARE"),
        arguments(
            "2,000 nested joins",
            "SELECT 1 FROM t " + "JOIN t ".repeat(2_000) + "ON true ".repeat(2_000) + "FOR SHARE"),
        arguments("100,000 clauses", "SELECT 1 FROM t" + " FOR SHARE".repeat(MEGABYTE / 10)),
        arguments("40,000 statements", "SELECT 1 FROM t FOR SHARE; ".repeat(MEGABYTE / 27)),
        arguments(
            "60,000 levels", "SELECT (".repeat(60_000) + "SELECT 1" + LOCK + ")".repeat(60_000)),
        arguments("a megabyte of names", "SELECT 1" + LOCK + " OF a" + ", a".repeat(MEGABYTE / 3)),
        arguments("a megabyte of quotes", "SELECT '" + "''".repeat(MEGABYTE / 2) + "'" + LOCK),
        arguments("an endless comment", "SELECT 1" + LOCK + " /*" + "/*".repeat(MEGABYTE / 2)),
        arguments("dollar quotes", "SELECT 1" + LOCK + " " + "$a$".repeat(MEGABYTE / 3)),
        arguments("dollar signs", "SELECT 1" + LOCK + " " + "$a".repeat(MEGABYTE / 2)),
        arguments("an open literal", "SELECT 1" + LOCK + " 'unterminated"),
        arguments("an open identifier", "SELECT 1" + LOCK + " \"unterminated"),
        arguments("NUL characters", "SELECT \u0000 1" + LOCK + "\u0000"),
        arguments("half a character", "SELECT \uD800 1" + LOCK),
        arguments("a huge parameter number", "SELECT $99999999999999999999" + LOCK),
        arguments("a byte order mark", "\uFEFFSELECT 1; SELECT 1" + LOCK),
        arguments(
            "60 statements that each take the parser seconds",
            ("SELECT " + "$1 ".repeat(20_000) + LOCK + ";").repeat(60)),
        arguments("an escape that is not there", "SELECT 1" + LOCK + " OF U&\"a\" UESCAPE"),
        arguments("an escape that is a semicolon", "SELECT 1" + LOCK + " OF U&\"a\" UESCAPE;"),
        arguments("3,000 UNIONs", "SELECT 1 UNION ".repeat(3_000) + "SELECT 1" + LOCK));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void noUnsupportedLockIsLeftAndNothingElseIsLost(String name, String sql) {
    Planned planned = Planned.byDefault(sql);
    assertNoUnsupportedLock(planned.inTransaction());
    assertNoUnsupportedLock(planned.autocommit());
    assertThat(planned.inTransaction().equals(sql.replace("FOR SHARE", "FOR UPDATE")))
        .as("%s: only the locks changed", name)
        .isTrue();
  }

  private static void assertNoUnsupportedLock(String sql) {
    StatementScanner.scan(Lexer.tokenize(sql)).stream()
        .flatMap(statement -> statement.locks().stream())
        .map(LockingClause::strength)
        .forEach(
            strength ->
                assertThat(strength).isIn(LockStrength.FOR_UPDATE, LockStrength.FOR_KEY_SHARE));
  }

  @Test
  void randomTokenSoupNeverThrowsAndNeverKeepsAnUnsupportedLock() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String[] words = {
      "SELECT",
      "FROM",
      "t",
      "FOR",
      "SHARE",
      "UPDATE",
      "NO",
      "KEY",
      "LOCK",
      "IN",
      "MODE",
      "OF",
      ",",
      "(",
      ")",
      ";",
      "'a'",
      "E'\\''",
      "\"q\"",
      "$$x$$",
      "?",
      "??",
      "::",
      ".",
      "--c\n",
      "/*c*/",
      "\n",
      " ",
      "UNION",
      "WITH",
      "AS",
      "max",
      "count",
      "GROUP",
      "BY",
      "DISTINCT",
      "INSERT",
      "INTO",
      "$1",
      "SKIP",
      "LOCKED",
      "NOWAIT",
      "substring",
      "1",
      "\u0000",
      "é",
      "CASE",
      "END",
      "VALUES",
      "TABLE",
      "[",
      "]",
      "{",
      "}",
      "'",
      "\"",
      "/*",
      "U&",
      "HAVING",
      "ORDER",
      "LIMIT",
      "WHERE",
      "="
    };
    for (int i = 0; i < 40_000; i++) {
      StringBuilder sql = new StringBuilder(random.nextInt(3) == 0 ? "" : "SELECT * FROM t ");
      int length = random.nextInt(25);
      for (int j = 0; j < length; j++) {
        sql.append(words[random.nextInt(words.length)]).append(random.nextInt(4) == 0 ? "" : " ");
      }
      String text = sql.toString();
      Plan plan = new Rewriter(LockPolicy.defaults()).plan(text);
      for (PlannedForm form : new PlannedForm[] {plan.autocommit(), plan.inTransaction()}) {
        if (form instanceof PlannedForm.Send send) {
          assertThat(send.sql()).as("seed %d, text <%s>", seed, text).isNotNull();
          try {
            assertNoUnsupportedLock(withoutTablelessLocks(send));
          } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ", text <" + text + ">", e);
          }
        }
      }
    }
  }

  /** A lock that reaches no table is left as it is: DSQL accepts it. */
  private static String withoutTablelessLocks(PlannedForm.Send send) {
    boolean tableless =
        send.findings().stream().anyMatch(f -> f.rule() == RuleId.LOCK_WITHOUT_TABLE);
    return tableless ? "" : send.sql();
  }
}
