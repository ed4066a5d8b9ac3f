package io.dsqlproxy.rewriter;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.Operand.Literal;
import io.dsqlproxy.rewriter.Operand.Parameter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A lock is postponed only where running the query again finds the same rows. */
class PostponedLockTest {

  private static final LockPolicy POLICY =
      LockPolicy.parse("conditional,d:deferred,k:none").withVersionColumns("t.v");

  private static PlannedForm.Send inTransaction(String sql) {
    return (PlannedForm.Send) new Rewriter(POLICY).plan(sql).inTransaction();
  }

  private static VersionedRead versions(String sql) {
    PostponedLock postponed = inTransaction(sql).postponed();
    assertThat(postponed).as(sql).isNotNull();
    return postponed.versions();
  }

  @Test
  void queryIsSentWithoutItsLockAndTheLockIsRemembered() {
    PlannedForm.Send form = inTransaction("SELECT v FROM t WHERE id = ? FOR SHARE");
    assertThat(form.sql()).isEqualTo("SELECT v FROM t WHERE id = ?");
    assertThat(form.postponed().locked().sql())
        .isEqualTo("SELECT v FROM t WHERE id = ? FOR UPDATE");
    assertThat(form.postponed().locked().postponed()).isNull();
    assertThat(form.postponed().versions().fixed()).isEqualTo(Map.of("id", new Parameter(1)));
    assertThat(form.postponed().versions().columns()).containsExactly("v");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT * FROM t FOR UPDATE | ''",
        "SELECT t.* FROM t FOR UPDATE | ''",
        "SELECT x.id, v AS version, a + 1, NULL, user FROM t x FOR UPDATE | id,v,,,",
        "SELECT V, \"A\" b FROM ONLY t AS x ORDER BY id FOR UPDATE OF x NOWAIT | v,A",
        "SELECT v, CASE WHEN a THEN 1 ELSE id END FROM t FOR SHARE | v,",
        "SELECT v, id ISNULL, id NOTNULL, id AS isnull FROM t FOR SHARE | v,,,id",
      })
  void columnsOfTheResultAreToldByTheirPlaces(String sql, String columns) {
    assertThat(versions(sql).columns())
        .isEqualTo(columns.isEmpty() ? List.of() : List.of(columns.split(",", -1)));
  }

  @Test
  void conditionsThatAreAlternativesFixNothing() {
    assertThat(versions("SELECT v FROM t WHERE id = 1 OR id = 2 FOR UPDATE").fixed()).isEmpty();
    assertThat(versions("SELECT v FROM t WHERE id = 1 ORDER BY a FOR UPDATE").fixed())
        .isEqualTo(Map.of("id", new Literal("1")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT v FROM t LIMIT 1 FOR UPDATE",
        "SELECT v FROM t OFFSET ? FOR UPDATE",
        "SELECT v FROM t FETCH FIRST ROW ONLY FOR UPDATE",
        "SELECT v FROM t TABLESAMPLE SYSTEM (10) FOR UPDATE",
        "SELECT v FROM t WHERE a < random() FOR UPDATE",
        "SELECT v FROM t WHERE f(a) FOR UPDATE",
        "SELECT v FROM t WHERE id = (SELECT id FROM u LIMIT 1) FOR UPDATE",
        "SELECT v FROM t WHERE id IN (SELECT id FROM u) FOR UPDATE",
        "SELECT v FROM t WHERE id IN (TABLE u) FOR UPDATE",
        "SELECT v FROM t FOR UPDATE; SELECT 1",
        "INSERT INTO u SELECT v FROM t FOR UPDATE",
        "UPDATE u SET a = 1 WHERE id IN (SELECT v FROM t FOR UPDATE)",
        "WITH w AS (DELETE FROM u RETURNING a) SELECT v FROM t FOR UPDATE",
        "DECLARE c CURSOR FOR SELECT v FROM t FOR UPDATE",
        "PREPARE p AS SELECT v FROM t FOR UPDATE",
        "CREATE TABLE u AS SELECT v FROM t FOR UPDATE",
        "SELECT v INTO u FROM t FOR UPDATE",
        "SELECT v FROM t JOIN u ON t.id = u.id FOR UPDATE",
        "SELECT v FROM t, u FOR UPDATE",
        "SELECT DISTINCT v FROM (SELECT v FROM t FOR UPDATE) s",
        "SELECT v, abs(a) FROM t FOR UPDATE",
        "SELECT a FROM t FOR UPDATE",
        "SELECT *, a FROM t FOR UPDATE",
        "SELECT v FROM u FOR UPDATE",
        "(SELECT v FROM t FOR UPDATE) UNION SELECT 1"
      })
  void lockIsTakenAtOnceWhereItCannotBeConditional(String sql) {
    PlannedForm.Send form = inTransaction(sql);
    assertThat(form.postponed()).isNull();
    assertThat(form.sql()).contains("FOR UPDATE");
    assertThat(form.findings().get(0).reason()).contains("it was not postponed, because ");
  }

  @Test
  void deferredLocksNeedNoVersionsAndAreStrongerThanConditionalOnes() {
    assertThat(versions("SELECT a FROM d, t FOR SHARE OF d")).isNull();
    assertThat(versions("SELECT a FROM d JOIN u USING (id) FOR SHARE OF d")).isNull();
    assertThat(versions("SELECT a FROM d WHERE id IN (SELECT id FROM t) FOR UPDATE")).isNull();
  }

  @Test
  void aloneInItsTransactionAQueryHasNothingToPostpone() {
    Plan plan = new Rewriter(POLICY).plan("SELECT v FROM t FOR SHARE");
    assertThat(((PlannedForm.Send) plan.autocommit()).postponed()).isNull();
    assertThat(((PlannedForm.Send) plan.autocommit()).sql().strip()).isEqualTo("SELECT v FROM t");
  }
}
