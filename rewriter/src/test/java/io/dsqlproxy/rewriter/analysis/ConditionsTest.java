package io.dsqlproxy.rewriter.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.Operand;
import io.dsqlproxy.rewriter.Operand.Literal;
import io.dsqlproxy.rewriter.Operand.Parameter;
import io.dsqlproxy.rewriter.lexical.Lexer;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only what every row must have is fixed. */
class ConditionsTest {

  private static Map<String, Operand> fixed(String condition) {
    Tokens tokens = Lexer.tokenize(condition);
    return Conditions.fixedBy(tokens, 0, tokens.size());
  }

  @Test
  void comparisonsThatAreJoinedByAndFixTheirColumns() {
    assertThat(fixed("a = 1 AND t.b = 'x' and ? = \"C c\" AND (d = ? AND (e = 5))"))
        .isEqualTo(
            Map.of(
                "a",
                new Literal("1"),
                "b",
                new Literal("x"),
                "C c",
                new Parameter(1),
                "d",
                new Parameter(2),
                "e",
                new Literal("5")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a = 1",
        "A = 1",
        "(a = 1)",
        "((a) = 1 AND a = 1)",
        "a = '1'",
        "a=1",
        "1 = a",
        "a = 1::int",
        "a = '1'::bigint",
        "a = '1'::text",
        "a /* = 2 */ = -- 3\n 1",
        "b BETWEEN 1 AND 2 AND a = 1",
        "b NOT BETWEEN SYMMETRIC 1 AND 2 AND a = 1",
        "a = 1 AND (b = 2 OR c = 3)",
        "a = 1 AND NOT (b = 2 OR c = 3)",
        "a = 1 AND CASE WHEN b = 2 OR c = 3 THEN true ELSE d END",
        "a = 1 AND b IN (SELECT x FROM y WHERE z = 1 OR z = 2)",
        "a = 1 AND b IS NOT NULL"
      })
  void conditionFixesTheColumnInEveryShape(String condition) {
    assertThat(fixed(condition)).containsEntry("a", new Literal("1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NOT a = 1",
        "NOT (a = 1)",
        "NOT 1 = a",
        "a <> 1",
        "a != 1",
        "a >= 1",
        "a = 1 + b",
        "a = -1",
        "1 + 0 = a",
        "a = b",
        "a = NULL",
        "a = 1.0",
        "a = 1e0",
        "a = (1)",
        "a = (SELECT 1)",
        "a = ANY (ARRAY[1, 2])",
        "a = ALL (VALUES (1))",
        "(a, b) = (1, 2)",
        "f(a) = 1",
        "1 = f(a)",
        "a[1] = 1",
        "(a).b = 1 IS TRUE",
        "a = 1 IS NOT TRUE",
        "a = 1 COLLATE \"C\"",
        "a = 1 = b",
        "a || b = '1'",
        "a LIKE '1'",
        "a BETWEEN 1 AND 1",
        "b BETWEEN a = 1 AND true",
        "CASE WHEN true THEN a = 1 END",
        "CASE b WHEN 1 THEN true END = a",
        "a IN (1)",
        "a = E'1'",
        "a = U&'1'",
        "a = B'1'",
        "a = '1\\'",
        "a = '1'\n'2'",
        "a = '12345'::char",
        "a = '1'::varchar(1)",
        "a = '1'::\"char\"",
        "a = '1'::name",
        "a = 007::text",
        "a = ?::text",
        "a = ?::char",
        "a = $1",
        "a = :name",
        "a OPERATOR(pg_catalog.=) 1",
        "CURRENT OF a",
        "a",
        "= 1",
        ""
      })
  void conditionThatMayHoldForOtherValuesFixesNothing(String condition) {
    assertThat(fixed(condition))
        .satisfiesAnyOf(
            none -> assertThat(none).isNull(), none -> assertThat(none).doesNotContainKey("a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a = 1 OR b = 2", "a = 1 AND b = 2 OR c = 3", "a BETWEEN 1 AND 2 OR b"})
  void alternativesAreSaidToBeSuch(String condition) {
    assertThat(fixed(condition)).isNull();
  }

  @Test
  void alternativesInParenthesesFixNothingOfTheirOwn() {
    assertThat(fixed("(a = 1 OR b = 2) AND c = 3")).containsOnlyKeys("c");
  }

  @Test
  void functionsThatAreWrittenLikeColumnsAreNone() {
    assertThat(fixed("user = 'x' AND current_date = ? AND \"user\" = 'y' AND t.user = 'z'"))
        .isEqualTo(Map.of("user", new Literal("z")));
    assertThat(fixed("'x' = session_user")).isEmpty();
  }

  @Test
  void doubledQuotesAreOne() {
    assertThat(fixed("a = 'it''s'")).containsEntry("a", new Literal("it's"));
    assertThat(fixed("a = ''")).containsEntry("a", new Literal(""));
  }

  @Test
  void keywordsBehindADotAreColumns() {
    assertThat(fixed("t.between = 1 AND a = 2")).doesNotContainEntry("between", new Literal("2"));
  }
}
