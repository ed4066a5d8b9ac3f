package io.dsqlproxy.rewriter.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.LockPolicy;
import io.dsqlproxy.rewriter.Planned;
import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One nested class for each rule: what it changes, and what it leaves untouched. */
class LockingRulesTest {

  @Nested
  class ForShareRule {

    @Test
    void becomesForUpdateInATransactionAndGoesInAutocommit() {
      Planned planned =
          Planned.byDefault("SELECT range_id FROM shards WHERE shard_id = ? FOR SHARE");
      assertThat(planned.inTransaction())
          .isEqualTo("SELECT range_id FROM shards WHERE shard_id = ? FOR UPDATE");
      assertThat(planned.autocommit()).isEqualTo("SELECT range_id FROM shards WHERE shard_id = ?");
      assertThat(planned.finding().rule()).isEqualTo(RuleId.FOR_SHARE);
      assertThat(planned.finding().verdict()).isEqualTo(Verdict.REWRITTEN);
      assertThat(planned.finding().before()).isEqualTo("FOR SHARE");
      assertThat(planned.finding().after()).isEqualTo("FOR UPDATE");
      assertThat(planned.finding().place()).hasToString("line 1, column 48");
    }

    @Test
    void keepsOfAndWaitOptionsCommentsAndCase() {
      Planned planned =
          Planned.byDefault(
              "select * from t a for /* fence */ share of a -- x\n skip locked limit 1");
      assertThat(planned.inTransaction())
          .isEqualTo("select * from t a for /* fence */ update of a -- x\n skip locked limit 1");
      assertThat(planned.finding().reason())
          .contains("SKIP LOCKED is accepted")
          .contains("none is");
    }

    @Test
    void leavesAQueryWithoutATableUntouched() {
      Planned.byDefault("SELECT 1 FOR SHARE").isUntouched();
    }
  }

  @Nested
  class ForNoKeyUpdateRule {

    @Test
    void becomesForUpdateInATransactionAndGoesInAutocommit() {
      Planned planned = Planned.byDefault("SELECT * FROM t FOR NO KEY UPDATE NOWAIT");
      assertThat(planned.inTransaction()).isEqualTo("SELECT * FROM t FOR UPDATE NOWAIT");
      assertThat(planned.autocommit()).isEqualTo("SELECT * FROM t");
      assertThat(planned.finding().rule()).isEqualTo(RuleId.FOR_NO_KEY_UPDATE);
      assertThat(planned.finding().after()).isEqualTo("FOR UPDATE NOWAIT");
    }

    @Test
    void staysReadableWhenALineCommentStandsInside() {
      assertThat(
              Planned.byDefault("SELECT * FROM t FOR NO -- x\n  KEY UPDATE OF t").inTransaction())
          .isEqualTo("SELECT * FROM t FOR UPDATE -- x\n OF t");
    }
  }

  @Nested
  class LockInShareModeRule {

    @Test
    void becomesForUpdateInATransactionAndGoesInAutocommit() {
      Planned planned =
          Planned.byDefault("SELECT range_id FROM shards WHERE shard_id = ? LOCK IN SHARE MODE");
      assertThat(planned.inTransaction())
          .isEqualTo("SELECT range_id FROM shards WHERE shard_id = ? FOR UPDATE");
      assertThat(planned.autocommit()).isEqualTo("SELECT range_id FROM shards WHERE shard_id = ?");
    }

    @Test
    void isRewrittenEvenWithoutATableForItIsNoPostgresSyntax() {
      assertThat(Planned.byDefault("SELECT 1 LOCK IN SHARE MODE").inTransaction())
          .isEqualTo("SELECT 1 FOR UPDATE");
    }
  }

  @Nested
  class LocksThatDsqlHas {

    @ParameterizedTest
    @ValueSource(
        strings = {
          "SELECT * FROM t FOR UPDATE",
          "SELECT * FROM t FOR KEY SHARE",
          "SELECT * FROM t, u WHERE t.a = u.a FOR UPDATE OF t NOWAIT",
          "SELECT * FROM t ORDER BY a LIMIT 10 FOR UPDATE SKIP LOCKED"
        })
    void areSentAsTheyAreInATransactionAndGoInAutocommit(String sql) {
      Planned planned = Planned.byDefault(sql);
      assertThat(planned.inTransaction()).isSameAs(sql);
      assertThat(planned.finding().verdict()).isEqualTo(Verdict.UNCHANGED);
      assertThat(planned.autocommit()).doesNotContain("FOR ").startsWith("SELECT * FROM t");
    }
  }

  @Nested
  class LockBesideAggregateRule {

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "SELECT MAX(id) FROM q WHERE type = ? FOR UPDATE"
              + "| SELECT MAX(id) FROM (SELECT * FROM q WHERE type = ? FOR UPDATE) AS q",
          "select max(x.id) from q x where x.a = ? order by 1 limit 1 for share of x nowait"
              + "| select max(x.id) from (select * from q x where x.a = ?"
              + " for update of x nowait) AS x order by 1 limit 1",
          "SELECT a, count(*) FROM s.t GROUP BY a HAVING count(*) > ? LOCK IN SHARE MODE"
              + "| SELECT a, count(*) FROM (SELECT * FROM s.t FOR UPDATE) AS \"t\""
              + " GROUP BY a HAVING count(*) > ?",
          "SELECT DISTINCT a FROM \"T\" WHERE b IS DISTINCT FROM c FOR NO KEY UPDATE"
              + "| SELECT DISTINCT a FROM (SELECT * FROM \"T\" WHERE b IS DISTINCT FROM c"
              + " FOR UPDATE) AS \"T\"",
          "SELECT coalesce(max(id), ?) + 1 FROM q WHERE t = ? FOR UPDATE"
              + "| SELECT coalesce(max(id), ?) + 1 FROM (SELECT * FROM q WHERE t = ?"
              + " FOR UPDATE) AS q",
          "SELECT t.from, max(t.limit) FROM t GROUP BY t.from FOR UPDATE"
              + "| SELECT t.from, max(t.limit) FROM (SELECT * FROM t FOR UPDATE) AS t"
              + " GROUP BY t.from",
          "SELECT max(id) FROM app . From FOR UPDATE"
              + "| SELECT max(id) FROM (SELECT * FROM app . From FOR UPDATE) AS \"from\"",
          "SELECT t.from, count(*) FROM t GROUP BY t.from FOR UPDATE"
              + "| SELECT t.from, count(*) FROM (SELECT * FROM t FOR UPDATE) AS t GROUP BY t.from",
          "SELECT a IS NOT DISTINCT FROM b, count(*) FROM t GROUP BY 1 FOR UPDATE"
              + "| SELECT a IS NOT DISTINCT FROM b, count(*) FROM (SELECT * FROM t FOR UPDATE) AS t"
              + " GROUP BY 1",
          "SELECT max(id) FROM t AS U&\"!0061\" UESCAPE '!' FOR UPDATE"
              + "| SELECT max(id) FROM (SELECT * FROM t AS U&\"!0061\" UESCAPE '!' FOR UPDATE)"
              + " AS U&\"!0061\" UESCAPE '!'",
          "SELECT pg_catalog.max(id) FROM t FOR UPDATE"
              + "| SELECT pg_catalog.max(id) FROM (SELECT * FROM t FOR UPDATE) AS t",
          "SELECT a FROM t ORDER BY rank() OVER (ORDER BY b) FETCH FIRST ROW ONLY FOR UPDATE"
              + "| SELECT a FROM (SELECT * FROM t FOR UPDATE) AS t"
              + " ORDER BY rank() OVER (ORDER BY b) FETCH FIRST ROW ONLY",
          "INSERT INTO m SELECT max(id) + 1 FROM m FOR UPDATE"
              + "| INSERT INTO m SELECT max(id) + 1 FROM (SELECT * FROM m FOR UPDATE) AS m"
        })
    void movesTheLockIntoASubQuery(String sql, String expected) {
      Planned planned = Planned.byDefault(sql);
      assertThat(planned.inTransaction()).isEqualTo(expected);
      assertThat(planned.finding().rule()).isEqualTo(RuleId.LOCK_BESIDE_AGGREGATE);
    }

    @Test
    void leavesTheWholeQueryWithoutALockInAutocommit() {
      assertThat(Planned.byDefault("SELECT MAX(id) FROM q WHERE type = ? FOR UPDATE").autocommit())
          .isEqualTo("SELECT MAX(id) FROM q WHERE type = ?");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "SELECT * FROM q WHERE id >= (SELECT max(id) FROM q) FOR UPDATE",
          "SELECT (SELECT count(*) FROM u), a FROM q FOR UPDATE",
          "SELECT lower(a) FROM q FOR UPDATE",
          "SELECT app.max(id) FROM q ORDER BY id LIMIT 1 FOR UPDATE",
          "SELECT * FROM q max(a, b) LIMIT 1 FOR UPDATE",
          "SELECT * FROM q WHERE a = q.having LIMIT 1 FOR UPDATE",
          "SELECT * FROM q ORDER BY q.having LIMIT 1 FOR UPDATE",
          "SELECT count(*) FROM q JOIN u ON q.id = u.id FOR UPDATE"
        })
    void leavesOtherQueriesUntouched(String sql) {
      assertThat(Planned.byDefault(sql).inTransaction()).isSameAs(sql);
    }
  }

  @Nested
  class WithALockPolicy {

    @Test
    void aWeakerFormIsReportedAsALoss() {
      Planned keyShare =
          Planned.by(LockPolicy.parse("forKeyShare"), "SELECT * FROM t FOR SHARE OF t");
      assertThat(keyShare.inTransaction()).isEqualTo("SELECT * FROM t FOR KEY SHARE OF t");
      assertThat(keyShare.finding().verdict()).isEqualTo(Verdict.REWRITTEN_WITH_LOSS);
      Planned none = Planned.by(LockPolicy.parse("none"), "SELECT * FROM t FOR SHARE");
      assertThat(none.inTransaction()).isEqualTo("SELECT * FROM t");
      assertThat(none.finding().verdict()).isEqualTo(Verdict.REWRITTEN_WITH_LOSS);
    }

    @Test
    void anExclusiveLockIsWeakenedOnlyByItsName() {
      String sql = "SELECT * FROM t FOR NO KEY UPDATE";
      assertThat(Planned.by(LockPolicy.parse("none"), sql).inTransaction()).endsWith("FOR UPDATE");
      assertThat(Planned.by(LockPolicy.parse("forNoKeyUpdate:none"), sql).inTransaction())
          .isEqualTo("SELECT * FROM t");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "SELECT * FROM audit FOR SHARE | SELECT * FROM audit",
          "SELECT * FROM public.Audit a FOR SHARE OF a | SELECT * FROM public.Audit a",
          "SELECT * FROM \"Audit\" FOR SHARE | SELECT * FROM \"Audit\" FOR UPDATE",
          "SELECT * FROM audit, shards FOR SHARE | SELECT * FROM audit, shards FOR UPDATE",
          "SELECT * FROM audit a JOIN shards s ON a.id = s.id FOR SHARE OF a"
              + "| SELECT * FROM audit a JOIN shards s ON a.id = s.id",
          "SELECT * FROM (SELECT * FROM audit) x FOR SHARE"
              + "| SELECT * FROM (SELECT * FROM audit) x FOR UPDATE",
          "(SELECT * FROM audit) FOR SHARE | (SELECT * FROM audit) FOR UPDATE",
          "SELECT max(id) FROM audit FOR SHARE | SELECT max(id) FROM audit"
        })
    void aRuleForATableFitsOnlyWhereEveryLockedTableIsKnownToBeIt(String sql, String expected) {
      assertThat(Planned.by(LockPolicy.parse("audit:none"), sql).inTransaction())
          .isEqualTo(expected);
    }
  }
}
