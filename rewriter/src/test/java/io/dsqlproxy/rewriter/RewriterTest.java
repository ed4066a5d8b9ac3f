package io.dsqlproxy.rewriter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RewriterTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ";",
        "-- FOR SHARE",
        "SELECT 1",
        "SELECT substring(x FOR share) FROM t",
        "BEGIN",
        "CREATE INDEX ASYNC i ON t (a)",
        "AWS IAM GRANT r TO 'arn'",
        "INSERT INTO t VALUES ('FOR SHARE')",
        "this is no SQL for at all"
      })
  void aTextWithoutALockIsSentAsTheSameObject(String sql) {
    Planned.byDefault(sql).isUntouched();
    assertThat(Planned.byDefault(sql).plan().sameInEverySituation()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO u SELECT * FROM t FOR SHARE",
        "UPDATE u SET a = 1 WHERE id IN (SELECT id FROM t FOR SHARE)",
        "DELETE FROM u USING (SELECT id FROM t FOR SHARE) x WHERE x.id = u.id",
        "WITH d AS (DELETE FROM u RETURNING id) SELECT * FROM t FOR SHARE",
        "WITH x AS (SELECT * FROM t FOR SHARE) INSERT INTO u SELECT * FROM x",
        "SELECT * INTO n FROM t FOR SHARE",
        "SELECT nextval('s') FROM t FOR SHARE",
        "SELECT set_config('a', 'b', true) FROM t FOR SHARE",
        "SELECT my_function(a) FROM t FOR SHARE",
        "SELECT \"lower\"(a) FROM t FOR SHARE",
        "SELECT app.lower(a) FROM t FOR SHARE",
        "SELECT U&\"!0066\" UESCAPE '!' (a) FROM t FOR SHARE",
        "SELECT my_function /* c */ (a) FROM t FOR SHARE",
        "SELECT pg_catalog . nextval ('s') FROM t FOR SHARE",
        "SELECT {fn my_function(a)} FROM t FOR SHARE",
        "SELECT a FROM t, ROWS FROM (my_function(1)) AS f FOR SHARE",
        "SELECT a my_function(1) FROM t FOR SHARE",
        "SELECT query_to_xml('DELETE FROM t', true, true, '') FROM t FOR SHARE",
        "EXPLAIN ANALYZE UPDATE u SET a = 1 FROM (SELECT id FROM t FOR SHARE) x",
        "PREPARE p AS SELECT * FROM t FOR SHARE",
        "DECLARE c CURSOR FOR SELECT * FROM t FOR SHARE",
        "CREATE VIEW v AS SELECT * FROM t FOR SHARE",
        "COPY (SELECT * FROM t FOR SHARE) TO STDOUT"
      })
  void aStatementThatMayWriteKeepsItsLockInAutocommit(String sql) {
    assertThat(Planned.byDefault(sql).autocommit()).isEqualTo(sql.replace("SHARE", "UPDATE"));
    assertThat(Planned.byDefault(sql).plan().sameInEverySituation()).isTrue();
  }

  /** Words that PostgreSQL allows as names of functions, although its grammar uses them too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "by",
        "cube",
        "explain",
        "filter",
        "first",
        "ilike",
        "join",
        "materialized",
        "next",
        "over",
        "rollup",
        "second",
        "sets",
        "varying",
        "without",
        "within",
        "nulls",
        "rows"
      })
  void aFunctionThatIsCalledLikeAKeywordMayWrite(String name) {
    for (String query :
        new String[] {
          "SELECT %s('x') FROM t",
          "SELECT a, %s(a) FROM t",
          "SELECT 1 + %s(a) FROM t",
          "SELECT 'a' || %s(a) AS b FROM t",
          "SELECT a FROM t WHERE %s(a)",
          "SELECT a FROM t WHERE b AND %s(a)",
          "SELECT a FROM t WHERE (%s(a))",
          "SELECT a FROM %s(1), t",
          "SELECT a FROM t, LATERAL %s(a)",
          "SELECT CASE WHEN %s(a) THEN %s(a) ELSE %s(a) END FROM t"
        }) {
      String sql = query.replace("%s", name);
      assertThat(Planned.byDefault(sql + " FOR SHARE").autocommit()).isEqualTo(sql + " FOR UPDATE");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT sum(a) FILTER (WHERE b > 1) OVER (PARTITION BY (c) ORDER BY (d)) AS s FROM t",
        "SELECT a FROM t GROUP BY GROUPING SETS ((a), (b))",
        "SELECT a FROM t GROUP BY (a) HAVING (a) > 1 ORDER BY (a) FETCH FIRST (1) ROWS ONLY",
        "SELECT a FROM t FETCH NEXT (1) ROWS ONLY",
        "SELECT a FROM t JOIN (SELECT 1 AS b) u ON (a = b) LEFT JOIN (SELECT 2 AS c) v USING (c)",
        "SELECT a FROM t WHERE a LIKE (b)",
        "WITH x AS NOT MATERIALIZED (SELECT 1) SELECT a FROM t",
        "EXPLAIN (ANALYZE, BUFFERS) SELECT a FROM t",
        "SELECT CAST(a AS character varying(3)), b::timestamptz(3) FROM t",
        "SELECT a FROM t WHERE b > current_timestamp(3)"
      })
  void theSameWordsInPostgresGrammarCallNothing(String query) {
    String sql = "SELECT * FROM (" + query + ") q, t FOR SHARE";
    if (query.startsWith("EXPLAIN")) {
      sql = query + " FOR SHARE";
    }
    assertThat(Planned.byDefault(sql).autocommit()).isEqualTo(sql.replace(" FOR SHARE", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT lower(a), pg_catalog.now(), coalesce(b, 1), CAST(c AS varchar(10)) FROM t",
        "SELECT a FROM t WHERE b ->> 'k' = ? AND c ?? 'k' AND d @> ?::jsonb AND e && ARRAY[1]",
        "SELECT id, settings, verify, use FROM t WHERE x = E'\\''",
        "SELECT a FROM t\n\n\nWHERE b = 1",
        "SELECT a FROM t WHERE {fn upper(a)} = {d '2020-01-01'} AND b LIKE ? {escape '\\'}",
        "SELECT \"a.b\" FROM \"x.y\" AS \"z\"",
        "SELECT a FROM t WHERE b IN (SELECT c FROM u WHERE d = ANY (?)) ORDER BY a LIMIT ? OFFSET ?",
        "(SELECT a FROM t)",
        "WITH x AS MATERIALIZED (SELECT 1 AS n) SELECT n FROM x",
        "SELECT 'größe' AS größe FROM größen",
        "EXPLAIN SELECT a FROM t",
        "SELECT a FROM t WHERE b = $1 AND c = U&'\\0441' AND d = $tag$ ' $tag$"
      })
  void aStatementThatOnlyReadsLosesItsLockInAutocommit(String query) {
    assertThat(Planned.byDefault(query + " FOR SHARE").autocommit()).isEqualTo(query);
    assertThat(Planned.byDefault(query + " FOR SHARE").inTransaction())
        .isEqualTo(query + " FOR UPDATE");
  }

  @Test
  void whatTheParserCannotReadIsDecidedByTheLexerAlone() {
    Planned planned = Planned.byDefault("SELECT a[2:] FROM ONLY t* TABLESAMPLE x(1) FOR SHARE");
    assertThat(planned.inTransaction()).endsWith("FOR UPDATE");
    assertThat(planned.autocommit()).endsWith("FOR UPDATE");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT 1; SELECT * FROM t FOR SHARE; | SELECT 1; SELECT * FROM t;",
        "SELECT * FROM t FOR SHARE; UPDATE t SET a = 1"
            + "| SELECT * FROM t FOR UPDATE; UPDATE t SET a = 1",
        "BEGIN; SELECT * FROM t FOR SHARE; COMMIT | BEGIN; SELECT * FROM t FOR UPDATE; COMMIT"
      })
  void severalStatementsAreJudgedAsOneTransaction(String sql, String autocommit) {
    assertThat(Planned.byDefault(sql).autocommit()).isEqualTo(autocommit);
  }

  @Test
  void eachClauseIsDecidedOnItsOwn() {
    Planned planned =
        Planned.byDefault(
            "WITH x AS (SELECT * FROM t FOR SHARE OF t NOWAIT) SELECT * FROM x, u, v"
                + " FOR UPDATE OF u FOR NO KEY UPDATE OF v SKIP LOCKED");
    assertThat(planned.inTransaction())
        .isEqualTo(
            "WITH x AS (SELECT * FROM t FOR UPDATE OF t NOWAIT) SELECT * FROM x, u, v"
                + " FOR UPDATE OF u FOR UPDATE OF v SKIP LOCKED");
    assertThat(planned.plan().inTransaction().findings())
        .extracting(Finding::verdict)
        .containsExactly(Verdict.REWRITTEN, Verdict.UNCHANGED, Verdict.REWRITTEN);
  }

  @Test
  void removingAClauseJoinsNothing() {
    assertThat(Planned.byDefault("SELECT * FROM t WHERE a = $1FOR SHARE LIMIT 1").autocommit())
        .isEqualTo("SELECT * FROM t WHERE a = $1 LIMIT 1");
    assertThat(Planned.byDefault("SELECT * FROM t_ FOR SHARE OF \"t_\"LIMIT 1").autocommit())
        .isEqualTo("SELECT * FROM t_ LIMIT 1");
    assertThat(Planned.byDefault("SELECT * FROM t$ FOR SHARE OF \"t$\"LIMIT 1").autocommit())
        .isEqualTo("SELECT * FROM t$ LIMIT 1");
    assertThat(Planned.byDefault("SELECT * FROM t\uD83D\uDE00 FOR SHARE OF \"x\"é").autocommit())
        .isEqualTo("SELECT * FROM t\uD83D\uDE00 é");
    assertThat(Planned.byDefault("SELECT * FROM t/**/FOR SHARE/**/LIMIT 1").autocommit())
        .isEqualTo("SELECT * FROM t/**//**/LIMIT 1");
    assertThat(Planned.byDefault("SELECT * FROM t -- x\nFOR SHARE\nLIMIT 1").autocommit())
        .isEqualTo("SELECT * FROM t -- x\n\nLIMIT 1");
  }

  @Test
  void aFindingNamesLineAndColumn() {
    Finding finding = Planned.byDefault("SELECT *\r\nFROM t\n  FOR SHARE").finding();
    assertThat(finding.place()).hasToString("line 3, column 3");
    assertThat(finding.place().offset()).isEqualTo(19);
  }

  @Test
  void anUnterminatedTextStillLosesItsUnsupportedLock() {
    assertThat(Planned.byDefault("SELECT * FROM t FOR SHARE 'abc").inTransaction())
        .isEqualTo("SELECT * FROM t FOR UPDATE 'abc");
  }
}
