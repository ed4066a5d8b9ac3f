package io.dsqlproxy.rewriter;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.Operand.Literal;
import io.dsqlproxy.rewriter.Operand.Parameter;
import io.dsqlproxy.rewriter.analysis.QualifiedName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a statement may change is told from its text, and doubt counts as anything. */
class EffectTest {

  private static final LockPolicy POLICY =
      LockPolicy.parse("conditional").withVersionColumns("t.v,\"T t\".\"V v\"");

  private static Effect effect(String sql) {
    return new Rewriter(POLICY).plan(sql).effect();
  }

  private static RowWrite row(String sql) {
    assertThat(effect(sql)).isInstanceOf(Effect.Rows.class);
    return ((Effect.Rows) effect(sql)).row();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a FROM t",
        "SELECT a FROM t FOR UPDATE",
        "VALUES (1)",
        "TABLE t",
        "SHOW a",
        "",
        ";"
      })
  void queriesChangeNothing(String sql) {
    assertThat(effect(sql)).isInstanceOfAny(Effect.Nothing.class, Effect.Query.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT f(1)",
        "SELECT nextval('s')",
        "SELECT a INTO b FROM t",
        "WITH w AS (DELETE FROM t RETURNING a) SELECT a FROM w",
        "INSERT INTO t WITH w AS (UPDATE u SET a = 1 RETURNING a) VALUES (1)",
        "INSERT INTO t SELECT f(1)",
        "UPDATE t SET a = f(1) WHERE id = 1",
        "MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE",
        "UPDATE t SET a = 1; SELECT 1",
        "SELECT 1; SELECT 2",
        "CALL p()",
        "{call p()}",
        "EXECUTE p",
        "EXPLAIN ANALYZE UPDATE t SET a = 1",
        "DECLARE c CURSOR FOR SELECT a FROM t",
        "TRUNCATE t",
        "COPY t FROM STDIN",
        "DO 'x'",
        "UPDATE (",
        "COPY (SELECT 1) TO STDOUT",
        "VACUUM (VERBOSE) t",
        "UPDATE t SET (a, v) = (1, 2) WHERE id = 1"
      })
  void whatIsNotSureChangesAnything(String sql) {
    assertThat(effect(sql)).isEqualTo(Effect.ANYTHING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SET search_path = a", "RESET ALL", "DISCARD PLANS", "SET ROLE r"})
  void settingsAreToldFromData(String sql) {
    assertThat(effect(sql)).isEqualTo(Effect.SETTINGS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INSERT INTO t VALUES (1) | t",
        "INSERT INTO S.T (a) SELECT 1 ON CONFLICT (a) DO UPDATE SET a = 2 | s.t",
        "UPDATE ONLY t SET a = 1 | t",
        "UPDATE t * AS x SET a = 1 FROM u WHERE x.id = u.id | t",
        "DELETE FROM \"T t\" USING u | T t",
        "DELETE FROM ONLY t x | t",
      })
  void tableIsKnownWhereTheRowIsNot(String sql, String table) {
    assertThat(effect(sql))
        .isInstanceOfSatisfying(
            Effect.Rows.class,
            rows -> {
              assertThat(rows.table()).isEqualTo(new QualifiedName(List.of(table.split("\\."))));
              assertThat(rows.row()).isNull();
            });
  }

  @Test
  void whereTheRowIsKnownTheConditionStandsBehindAllOthers() {
    RowWrite row = row("UPDATE ONLY t AS x SET a = ?, v = ? WHERE x.id = ? AND b > 1 RETURNING a");
    assertThat(row.fixed()).isEqualTo(Map.of("id", new Parameter(3)));
    assertThat(row.sets()).containsExactlyInAnyOrder("a", "v");
    assertThat(row.parameters()).isEqualTo(3);
    assertThat(row.withVersion())
        .isEqualTo(
            "UPDATE ONLY t AS x SET a = ?, v = ? WHERE x.id = ? AND b > 1 AND v = ? RETURNING a");
    assertThat(row.withoutVersion()).contains("b > 1 AND v IS NULL RETURNING");
  }

  @Test
  void conditionStandsBeforeCommentsThatWouldHideIt() {
    assertThat(row("DELETE FROM t WHERE id = 1 -- the last one\n").withVersion("it's 5"))
        .isEqualTo("DELETE FROM t WHERE id = 1 AND v = 'it''s 5' -- the last one\n");
    assertThat(row("DELETE FROM t WHERE id = 1 /* x */ ;").withVersion())
        .isEqualTo("DELETE FROM t WHERE id = 1 AND v = ? /* x */ ;");
  }

  @Test
  void namesThatNeedQuotesHaveThem() {
    assertThat(row("DELETE FROM \"T t\" WHERE \"Id\" = 1").withVersion())
        .isEqualTo("DELETE FROM \"T t\" WHERE \"Id\" = 1 AND \"V v\" = ?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE t SET a = 1",
        "UPDATE t SET a = 1 WHERE id = 1 OR id = 2",
        "UPDATE t SET a = 1 WHERE id > 1",
        "UPDATE t SET a = 1 WHERE id = $1",
        "UPDATE t SET a = 1 WHERE id = 1 AND b = {d '2026-01-01'}",
        "UPDATE t SET a = 1 WHERE id = 1 RETURNING a + ?",
        "UPDATE t SET a = 1 WHERE CURRENT OF c",
        "UPDATE u SET a = 1 WHERE id = 1",
        "DELETE FROM t WHERE",
        "DELETE FROM t"
      })
  void whereNoConditionCanBeAddedNoneIs(String sql) {
    assertThat(row(sql)).isNull();
  }

  @Test
  void numbersAreReadWithoutTheirZeros() {
    assertThat(row("UPDATE t SET v = 0 WHERE id = 00").fixed()).containsValue(new Literal("0"));
    assertThat(row("UPDATE t SET v = 0 WHERE id = 0070").fixed()).containsValue(new Literal("70"));
  }

  @Test
  void everyNameOfATextIsKnownAsItIsLookedUp() {
    assertThat(effect("SELECT S.\"G w\", s.Order FROM Side s WHERE a = $1 AND b LIKE 'c'"))
        .isEqualTo(new Effect.Query(Set.of("s", "G w", "order", "side", "a", "b")));
    assertThat(((Effect.Rows) effect("UPDATE t SET a = s.g FROM side s")).names())
        .containsExactlyInAnyOrder("update", "t", "set", "a", "s", "g", "side");
    assertThat(effect("SELECT a FROM U&\"t\\0031\"")).isEqualTo(Effect.ANYTHING);
  }
}
