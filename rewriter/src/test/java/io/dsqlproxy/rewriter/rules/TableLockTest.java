package io.dsqlproxy.rewriter.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.LockRequest;
import io.dsqlproxy.rewriter.LockRequest.Scope;
import io.dsqlproxy.rewriter.LockRequest.Space;
import io.dsqlproxy.rewriter.Planned;
import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import io.dsqlproxy.rewriter.analysis.LockTableStatement.Mode;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableLockTest {

  /** PostgreSQL 16, table 13.2: with which modes each mode conflicts. */
  private static final Map<Mode, Set<Mode>> CONFLICTS =
      Map.of(
          Mode.ACCESS_SHARE, Set.of(Mode.ACCESS_EXCLUSIVE),
          Mode.ROW_SHARE, Set.of(Mode.EXCLUSIVE, Mode.ACCESS_EXCLUSIVE),
          Mode.ROW_EXCLUSIVE,
              Set.of(Mode.SHARE, Mode.SHARE_ROW_EXCLUSIVE, Mode.EXCLUSIVE, Mode.ACCESS_EXCLUSIVE),
          Mode.SHARE_UPDATE_EXCLUSIVE,
              Set.of(
                  Mode.SHARE_UPDATE_EXCLUSIVE,
                  Mode.SHARE,
                  Mode.SHARE_ROW_EXCLUSIVE,
                  Mode.EXCLUSIVE,
                  Mode.ACCESS_EXCLUSIVE),
          Mode.SHARE,
              Set.of(
                  Mode.ROW_EXCLUSIVE,
                  Mode.SHARE_UPDATE_EXCLUSIVE,
                  Mode.SHARE_ROW_EXCLUSIVE,
                  Mode.EXCLUSIVE,
                  Mode.ACCESS_EXCLUSIVE),
          Mode.SHARE_ROW_EXCLUSIVE,
              Set.of(
                  Mode.ROW_EXCLUSIVE,
                  Mode.SHARE_UPDATE_EXCLUSIVE,
                  Mode.SHARE,
                  Mode.SHARE_ROW_EXCLUSIVE,
                  Mode.EXCLUSIVE,
                  Mode.ACCESS_EXCLUSIVE),
          Mode.EXCLUSIVE,
              Set.of(
                  Mode.ROW_SHARE,
                  Mode.ROW_EXCLUSIVE,
                  Mode.SHARE_UPDATE_EXCLUSIVE,
                  Mode.SHARE,
                  Mode.SHARE_ROW_EXCLUSIVE,
                  Mode.EXCLUSIVE,
                  Mode.ACCESS_EXCLUSIVE),
          Mode.ACCESS_EXCLUSIVE, Set.of(Mode.values()));

  @Test
  void modesThatConflictInPostgresqlConflictHere() {
    CONFLICTS.forEach(
        (mode, others) ->
            others.forEach(
                other ->
                    assertThat(mode.isShared() && other.isShared())
                        .as("%s and %s", mode, other)
                        .isFalse()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          LOCK TABLE t | SELECT 't'::pg_catalog.regclass::oid | false
          lock t in share mode | SELECT 't'::pg_catalog.regclass::oid | false
          LOCK TABLE ONLY "My ""t" * IN ACCESS SHARE MODE NOWAIT; | SELECT '"My ""t"'::pg_catalog.regclass::oid | true
          LOCK TABLE s.a, b IN ROW EXCLUSIVE MODE | SELECT 's.a'::pg_catalog.regclass::oid, 'b'::pg_catalog.regclass::oid | true
          LOCK /* x */ TABLE lock IN SHARE ROW EXCLUSIVE MODE | SELECT 'lock'::pg_catalog.regclass::oid | false
          LOCK"t"IN EXCLUSIVE MODE | SELECT '"t"'::pg_catalog.regclass::oid | false
          LOCK TABLE "it's" IN ROW SHARE MODE | SELECT '"it''s"'::pg_catalog.regclass::oid | true
          """,
      quoteCharacter = '~')
  void aTableIsLockedByItsIdentityAndNothingIsSent(String sql, String query, boolean shared) {
    Planned planned = Planned.emulating(sql);
    LockRequest request = planned.request();
    assertThat(request.keys().query()).isEqualTo(query);
    assertThat(request.keys().space()).isEqualTo(Space.TABLE);
    assertThat(request.scope()).isEqualTo(Scope.TRANSACTION);
    assertThat(request.shared()).isEqualTo(shared);
    assertThat(request.answer().granted()).isEmpty();
    assertThat(planned.finding().verdict()).isEqualTo(Verdict.REWRITTEN_WITH_LOSS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LOCK TABLES t READ",
        "LOCK TABLE t READ",
        "LOCK TABLE",
        "LOCK TABLE t,",
        "LOCK TABLE t IN NO MODE",
        "LOCK TABLE t IN EXCLUSIVE MODE; SELECT 1",
        "LOCK TABLE t NOWAIT NOWAIT",
      })
  void anythingElseIsRefused(String sql) {
    assertThat(Planned.emulating(sql).refusal().rule()).isEqualTo(RuleId.LOCK_TABLE);
  }

  @Test
  void byDefaultItIsRefusedAndTheRefusalNamesTheProperty() {
    assertThat(Planned.byDefault("LOCK TABLE t IN EXCLUSIVE MODE").refusal().reason())
        .contains("lockEmulation=table");
  }
}
