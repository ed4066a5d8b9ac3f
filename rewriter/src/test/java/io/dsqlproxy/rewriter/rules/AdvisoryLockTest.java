package io.dsqlproxy.rewriter.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.LockEmulation;
import io.dsqlproxy.rewriter.LockPolicy;
import io.dsqlproxy.rewriter.LockRequest;
import io.dsqlproxy.rewriter.LockRequest.Action;
import io.dsqlproxy.rewriter.LockRequest.Scope;
import io.dsqlproxy.rewriter.LockRequest.Space;
import io.dsqlproxy.rewriter.LockedRows;
import io.dsqlproxy.rewriter.Planned;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.Rewriter;
import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdvisoryLockTest {

  @ParameterizedTest
  @CsvSource({
    "pg_advisory_lock, LOCK, SESSION, false",
    "pg_advisory_lock_shared, LOCK, SESSION, true",
    "pg_try_advisory_lock, TRY_LOCK, SESSION, false",
    "pg_try_advisory_lock_shared, TRY_LOCK, SESSION, true",
    "pg_advisory_unlock, UNLOCK, SESSION, false",
    "pg_advisory_unlock_shared, UNLOCK, SESSION, true",
    "pg_advisory_xact_lock, LOCK, TRANSACTION, false",
    "pg_advisory_xact_lock_shared, LOCK, TRANSACTION, true",
    "pg_try_advisory_xact_lock, TRY_LOCK, TRANSACTION, false",
    "pg_try_advisory_xact_lock_shared, TRY_LOCK, TRANSACTION, true",
  })
  void everyFunctionIsKnownWithEachOfItsSignatures(
      String function, Action action, Scope scope, boolean shared) {
    LockRequest one = Planned.emulating("SELECT " + function + "(42)").request();
    assertThat(one.name()).isEqualTo(function);
    assertThat(one.action()).isEqualTo(action);
    assertThat(one.scope()).isEqualTo(scope);
    assertThat(one.shared()).isEqualTo(shared);
    assertThat(one.keys().space()).isEqualTo(Space.BIGINT);
    assertThat(one.keys().constants()).contains(List.of("42"));

    LockRequest two = Planned.emulating("SELECT " + function + "(4, -2)").request();
    assertThat(two.keys().space()).isEqualTo(Space.INTEGERS);
    assertThat(two.keys().constants()).contains(List.of("4,-2"));
  }

  @Test
  void unlockAllHasNoKey() {
    LockRequest request = Planned.emulating("SELECT pg_advisory_unlock_all()").request();
    assertThat(request.action()).isEqualTo(Action.UNLOCK_ALL);
    assertThat(request.keys().constants()).contains(List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT pg_advisory_lock(1) | SELECT ''::text AS pg_advisory_lock
          select PG_Advisory_Lock ( 1 ) ; | select ''::text AS pg_advisory_lock ;
          SELECT "pg_advisory_lock"(1) | SELECT ''::text AS pg_advisory_lock
          SELECT pg_catalog.pg_advisory_lock(1) | SELECT ''::text AS pg_advisory_lock
          SELECT "pg_catalog" . pg_try_advisory_lock(1) AS x | SELECT true AS x
          SELECT pg_try_advisory_lock(1) got | SELECT true got
          SELECT pg_advisory_lock(1)::text | SELECT ''::text::text AS pg_advisory_lock
          SELECT pg_try_advisory_lock(1)::pg_catalog.int4::text "r" | SELECT true::pg_catalog.int4::text "r"
          SELECT CAST(pg_advisory_xact_lock(1) AS varchar) | SELECT CAST(''::text AS varchar) AS pg_advisory_xact_lock
          SELECT pg_advisory_lock(1), now() | SELECT ''::text AS pg_advisory_lock, now()
          SELECT 1 AS a, pg_try_advisory_lock(?)::int AS b, c | SELECT 1 AS a, true::int AS b, c
          SELECT (1, 2), CAST(pg_try_advisory_lock(1) AS text), 'x' y; | SELECT (1, 2), CAST(true AS text) AS pg_try_advisory_lock, 'x' y;
          SELECT 1 WHERE pg_try_advisory_lock(1) | SELECT 1 WHERE true
          SELECT 'got', now() AS since WHERE pg_try_advisory_xact_lock(?, 2); | SELECT 'got', now() AS since WHERE true;
          SELECT 1 FROM pg_advisory_xact_lock(1) | SELECT 1 FROM (SELECT ''::text AS pg_advisory_xact_lock) AS pg_advisory_xact_lock
          SELECT 1 AS one FROM pg_advisory_xact_lock(1) l | SELECT 1 AS one FROM (SELECT ''::text AS pg_advisory_xact_lock) l
          SELECT * FROM pg_try_advisory_lock(1) AS l(got) | SELECT * FROM (SELECT true AS pg_try_advisory_lock) AS l(got)
          /* a */ SELECT/* b */pg_advisory_lock(1 /* c */) -- d | /* a */ SELECT/* b */''::text AS pg_advisory_lock -- d
          {call pg_advisory_lock(1)} | {call pg_catalog.upper(''::text)}
          {? = call pg_try_advisory_lock(1)} | {? = call pg_catalog.booleq(true, true)}
          {?=CALL pg_advisory_unlock(1)} | {?=CALL pg_catalog.booleq(true, true)}
          """)
  void theAnswerHasTheShapeOfPostgresqls(String sql, String answer) {
    assertThat(Planned.emulating(sql).request().answer().granted()).isEqualTo(answer);
  }

  @Test
  void theAnswersDifferInTheValueOnly() {
    LockRequest.Answer bool =
        Planned.emulating("SELECT pg_try_advisory_lock(?) AS x").request().answer();
    assertThat(bool.granted()).isEqualTo("SELECT true AS x");
    assertThat(bool.denied()).isEqualTo("SELECT false AS x");
    assertThat(bool.ofNull()).isEqualTo("SELECT NULL::boolean AS x");
    LockRequest.Answer nothing =
        Planned.emulating("SELECT pg_advisory_lock(?) AS x").request().answer();
    assertThat(nothing.granted()).isEqualTo("SELECT ''::text AS x").isEqualTo(nothing.denied());
    assertThat(nothing.ofNull()).isEqualTo("SELECT NULL::text AS x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT pg_advisory_lock($1) | SELECT CAST(($1) AS pg_catalog.int8)
          SELECT pg_advisory_lock(?, ? + 1) | SELECT CAST((?) AS pg_catalog.int4), CAST((? + 1) AS pg_catalog.int4)
          SELECT pg_advisory_lock(hashtext('a, (b')) | SELECT CAST((hashtext('a, (b')) AS pg_catalog.int8)
          SELECT pg_advisory_lock('t'::regclass::oid::int) | SELECT CAST(('t'::regclass::oid::int) AS pg_catalog.int8)
          SELECT pg_advisory_lock(coalesce(?, 1)) | SELECT CAST((coalesce(?, 1)) AS pg_catalog.int8)
          SELECT pg_advisory_lock(99999999999999999999) | SELECT CAST((99999999999999999999) AS pg_catalog.int8)
          {call pg_advisory_lock(?, 2)} | SELECT CAST((?) AS pg_catalog.int4), CAST((2) AS pg_catalog.int4)
          {? = call pg_try_advisory_lock(?)} | {? = call pg_catalog.concat(?)}
          {? = call pg_try_advisory_lock(?, ?)} | {? = call pg_catalog.concat(?, ',', ?)}
          """)
  void keysThatAreNoConstantsAreAskedOfTheServer(String sql, String query) {
    LockRequest.Keys keys = Planned.emulating(sql).request().keys();
    assertThat(keys.constants()).isEmpty();
    assertThat(keys.query()).isEqualTo(query);
    assertThat(keys.isCall()).isEqualTo(query.startsWith("{"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          SELECT id FROM t WHERE a = ? AND pg_try_advisory_lock(id) ORDER BY 1 LIMIT ? ~ WITH dsql_proxy_rows AS (SELECT id, CAST((id) AS pg_catalog.int8) AS dsql_proxy_key FROM t WHERE a = ? AND true ORDER BY 1) SELECT dsql_proxy_rows.dsql_proxy_key, CAST((?) AS pg_catalog.int8) FROM dsql_proxy_rows ~ SELECT id FROM t WHERE a = ? AND (CAST((id) AS pg_catalog.int8) = ANY ('{1,2}'::pg_catalog.int8[])) ORDER BY 1 LIMIT ?
          SELECT * FROM t WHERE pg_try_advisory_xact_lock(?, id) AND b OFFSET 1 ROW FETCH NEXT ROW ONLY; ~ WITH dsql_proxy_rows AS (SELECT *, ((CAST(CAST((?) AS pg_catalog.int4) AS pg_catalog.int8) << 32) | (CAST(CAST((id) AS pg_catalog.int4) AS pg_catalog.int8) & 4294967295)) AS dsql_proxy_key FROM t WHERE true AND b) SELECT dsql_proxy_rows.dsql_proxy_key, CAST((1) AS pg_catalog.int8), CAST((1) AS pg_catalog.int8) FROM dsql_proxy_rows ~ SELECT * FROM t WHERE (((CAST(CAST((?) AS pg_catalog.int4) AS pg_catalog.int8) << 32) | (CAST(CAST((id) AS pg_catalog.int4) AS pg_catalog.int8) & 4294967295)) = ANY ('{1,2}'::pg_catalog.int8[])) AND b OFFSET 1 ROW FETCH NEXT ROW ONLY;
          WITH c AS (SELECT id FROM t ORDER BY a LIMIT 5) SELECT c.id FROM c WHERE pg_try_advisory_lock(c.id) -- e ~ WITH dsql_proxy_rows AS (WITH c AS (SELECT id FROM t ORDER BY a LIMIT 5) SELECT c.id, CAST((c.id) AS pg_catalog.int8) AS dsql_proxy_key FROM c WHERE true) SELECT dsql_proxy_rows.dsql_proxy_key FROM dsql_proxy_rows ~ WITH c AS (SELECT id FROM t ORDER BY a LIMIT 5) SELECT c.id FROM c WHERE (CAST((c.id) AS pg_catalog.int8) = ANY ('{1,2}'::pg_catalog.int8[])) -- e
          SELECT pg_advisory_unlock(id), a FROM t ORDER BY 2 ~ WITH dsql_proxy_rows AS (SELECT NULL::boolean AS pg_advisory_unlock, a, CAST((id) AS pg_catalog.int8) AS dsql_proxy_key FROM t ORDER BY 2) SELECT dsql_proxy_rows.dsql_proxy_key FROM dsql_proxy_rows ~ SELECT (CAST((id) AS pg_catalog.int8) = ANY ('{1,2}'::pg_catalog.int8[])) AS pg_advisory_unlock, a FROM t ORDER BY 2
          SELECT a, pg_advisory_lock(id)::text AS x FROM t ~ WITH dsql_proxy_rows AS (SELECT a, NULL::text::text AS x, CAST((id) AS pg_catalog.int8) AS dsql_proxy_key FROM t) SELECT dsql_proxy_rows.dsql_proxy_key FROM dsql_proxy_rows ~ SELECT a, (CASE WHEN (CAST((id) AS pg_catalog.int8) = ANY ('{1,2}'::pg_catalog.int8[])) IS NOT NULL THEN ''::text END)::text AS x FROM t
          SELECT ?, pg_try_advisory_lock(id) FROM t ~ WITH dsql_proxy_rows AS (SELECT ?, NULL::boolean AS pg_try_advisory_lock, CAST((id) AS pg_catalog.int8) AS dsql_proxy_key FROM t) SELECT dsql_proxy_rows.dsql_proxy_key FROM dsql_proxy_rows ~ SELECT ?, (CAST((id) AS pg_catalog.int8) = ANY ('{1,2}'::pg_catalog.int8[])) AS pg_try_advisory_lock FROM t
          """)
  void forTheRowsOfAQueryTheKeysAreAskedForAndThoseGrantedAreSent(
      String sql, String candidates, String answer) {
    LockedRows rows = Planned.emulating(sql).lockedRows();
    assertThat(rows.candidates()).isEqualTo(candidates);
    assertThat(rows.answer(List.of(1L, 2L))).isEqualTo(answer);
    assertThat(rows.keepsParameters()).isTrue();
  }

  @Test
  void theHalvesOfAKeyAreTheTwoIntegers() {
    LockedRows rows =
        Planned.emulating("SELECT 1 FROM t WHERE pg_try_advisory_lock(a, b)").lockedRows();
    assertThat(rows.key((5L << 32) | 7)).isEqualTo("5,7");
    assertThat(rows.key(-1)).isEqualTo("-1,-1");
    assertThat(rows.key((-2L << 32) | 0xFFFFFFFDL)).isEqualTo("-2,-3");
  }

  @ParameterizedTest
  @CsvSource({"007, 7", "-0, 0", "+5, 5", "-9223372036854775808, -9223372036854775808"})
  void aConstantIsOneKeyHoweverItIsWritten(String literal, String key) {
    assertThat(
            Planned.emulating("SELECT pg_advisory_lock(" + literal + ")")
                .request()
                .keys()
                .constants())
        .contains(List.of(key));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT pg_advisory_lock(?), ? + 1",
        "SELECT pg_advisory_lock(1), generate_series(1, 3)",
        "SELECT id FROM t WHERE a = ? AND pg_try_advisory_lock(?, id) AND b = ?",
        "SELECT id FROM t WHERE a OR pg_try_advisory_lock(id)",
        "SELECT id FROM t WHERE a AND pg_try_advisory_lock(id) OR b",
        "SELECT id FROM t WHERE NOT pg_try_advisory_lock(id)",
        "SELECT id FROM t WHERE pg_try_advisory_lock(id) = true",
        "SELECT id FROM t WHERE (pg_try_advisory_lock(id))",
        "SELECT id FROM t WHERE CASE WHEN a THEN pg_try_advisory_lock(id) END",
        "SELECT id FROM t WHERE pg_advisory_lock(id)",
        "SELECT id FROM t WHERE pg_try_advisory_lock(id) AND pg_try_advisory_lock(1)",
        "SELECT id FROM t WHERE pg_try_advisory_lock(id) FOR UPDATE",
        "SELECT id FROM t WHERE pg_try_advisory_lock(id) GROUP BY id",
        "SELECT id FROM t WHERE pg_try_advisory_lock(id) UNION SELECT 1",
        "SELECT id FROM t WHERE a = my_function() AND pg_try_advisory_lock(id)",
        "SELECT id FROM t WHERE a < random() AND pg_try_advisory_lock(id)",
        "SELECT id FROM t TABLESAMPLE system (10) WHERE pg_try_advisory_lock(id)",
        "SELECT id FROM t JOIN u ON pg_try_advisory_lock(t.id)",
        "SELECT id FROM (SELECT id FROM t LIMIT 5) t WHERE pg_try_advisory_lock(id)",
        "SELECT id FROM t WHERE pg_try_advisory_lock(id) FETCH FIRST 2 ROWS WITH TIES",
        "SELECT id FROM t WHERE pg_try_advisory_lock(id) LIMIT (SELECT 1)",
        "SELECT id FROM t WHERE pg_try_advisory_lock((SELECT max(id) FROM t))",
        "SELECT count(*) FROM t WHERE pg_try_advisory_lock(id)",
        "SELECT max(id) FROM t WHERE pg_try_advisory_lock(id)",
        "SELECT DISTINCT id FROM t WHERE pg_try_advisory_lock(id)",
        "SELECT pg_try_advisory_lock(id) FROM t ORDER BY id LIMIT 1",
        "SELECT pg_try_advisory_lock(id) AND a FROM t",
        "SELECT pg_try_advisory_lock(id) IS TRUE FROM t",
        "SELECT id, row_number() OVER () FROM t WHERE pg_try_advisory_lock(id)",
        "SELECT id FROM t WHERE id IN (SELECT id FROM u WHERE pg_try_advisory_lock(id))",
        "WITH c AS (SELECT id FROM t WHERE pg_try_advisory_lock(id)) SELECT * FROM c",
        "WITH d AS (DELETE FROM t RETURNING id) SELECT * FROM d WHERE pg_try_advisory_lock(id)",
        "DELETE FROM t WHERE pg_try_advisory_lock(id)",
        "SELECT pg_advisory_unlock_all() FROM t",
        "SELECT pg_advisory_lock(1), my_function()",
        "SELECT pg_advisory_lock(1), 2 LIMIT 0",
        "SELECT (pg_advisory_lock(1)), 2",
        "SELECT 2, coalesce(pg_try_advisory_lock(1), false)",
        "SELECT 1 WHERE NOT pg_try_advisory_lock(1)",
        "SELECT 1 WHERE pg_advisory_lock(1)",
        "SELECT CASE WHEN pg_try_advisory_lock(1) THEN 1 END",
        "SELECT pg_advisory_lock(1), pg_advisory_lock(2)",
        "SELECT pg_advisory_unlock(1) WHERE pg_try_advisory_lock(1)",
        "SELECT NOT pg_try_advisory_lock(1)",
        "SELECT pg_advisory_lock(1) FOR UPDATE",
        "SELECT * FROM t, pg_advisory_lock(1)",
        "SELECT count(*) FROM pg_advisory_lock(1)",
        "SELECT 1 AS a b FROM pg_advisory_lock(1)",
        "SELECT 1, 2 FROM pg_advisory_lock(1)",
        "WITH x AS (SELECT pg_advisory_lock(1)) SELECT * FROM x",
        "SELECT (SELECT pg_advisory_lock(1))",
        "INSERT INTO t SELECT pg_advisory_lock(1)",
        "UPDATE t SET a = 1 WHERE pg_try_advisory_xact_lock(id)",
        "EXPLAIN SELECT pg_advisory_lock(1)",
        "CALL pg_advisory_lock(1)",
        "SELECT pg_advisory_lock(1); SELECT 1",
        "SELECT 1; SELECT pg_advisory_lock(1)",
        "SELECT pg_advisory_lock((SELECT max(id) FROM t))",
        "SELECT pg_advisory_lock(my_function(1))",
        "SELECT pg_advisory_lock(nextval('s'))",
        "SELECT pg_advisory_lock()",
        "SELECT pg_advisory_lock(1, 2, 3)",
        "SELECT pg_advisory_lock(,)",
        "SELECT pg_advisory_lock(1",
        "SELECT pg_advisory_unlock_all(1)",
      })
  void aCallInAnotherPlaceOrWithOtherArgumentsIsRefused(String sql) {
    assertThat(Planned.emulating(sql).refusal().rule()).isEqualTo(RuleId.ADVISORY_LOCK);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 'pg_advisory_lock(1)'",
        "SELECT 1 -- pg_advisory_lock(1)",
        "SELECT $$ pg_advisory_lock(1) $$",
        "SELECT other.pg_advisory_lock(1)",
        "SELECT t.pg_advisory_lock FROM t",
        "SELECT \"PG_ADVISORY_LOCK\"(1)",
        "SELECT advisory_lock(1)",
        "GRANT EXECUTE ON FUNCTION pg_advisory_lock(bigint) TO app",
        "CREATE FUNCTION pg_advisory_lock(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT $1'",
      })
  void whatOnlyLooksLikeACallIsLeftUntouched(String sql) {
    Planned.byDefault(sql).isUntouched();
    Planned.emulating(sql).isUntouched();
  }

  @Test
  void byDefaultTheRefusalNamesTheFunctionThePlaceAndTheProperty() {
    Planned planned = Planned.byDefault("SELECT\n  pg_try_advisory_lock(77)");
    assertThat(planned.refusal().verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(planned.refusal().before()).isEqualTo("pg_try_advisory_lock(77)");
    assertThat(planned.refusal().place()).hasToString("line 2, column 3");
    assertThat(planned.refusal().reason())
        .contains("pg_try_advisory_lock")
        .contains("lockEmulation=advisory");
  }

  @Test
  void theFindingSaysWhatIsSent() {
    Planned planned = Planned.emulating("SELECT pg_advisory_xact_lock(1)");
    assertThat(planned.finding().verdict()).isEqualTo(Verdict.REWRITTEN);
    assertThat(planned.finding().before()).isEqualTo("pg_advisory_xact_lock(1)");
    assertThat(planned.finding().after()).isEqualTo(planned.request().answer().granted());
  }

  @Test
  void eachKindIsEmulatedOnlyIfItWasAskedFor() {
    LockEmulation tables = new LockEmulation(false, true);
    assertThat(
            new Rewriter(LockPolicy.defaults(), false, tables)
                .plan("SELECT pg_advisory_lock(1)")
                .inTransaction())
        .isInstanceOf(PlannedForm.Refuse.class);
    LockEmulation advisory = new LockEmulation(true, false);
    assertThat(
            new Rewriter(LockPolicy.defaults(), false, advisory)
                .plan("LOCK TABLE t")
                .inTransaction())
        .isInstanceOf(PlannedForm.Refuse.class);
  }
}
