package io.dsqlproxy.rewriter.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.Finding;
import io.dsqlproxy.rewriter.Planned;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Aurora DSQL has one isolation level, and refuses to hear of the others. */
class IsolationLevelTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BEGIN ISOLATION LEVEL READ COMMITTED | BEGIN",
        "begin work isolation level read uncommitted; | begin work;",
        "START TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY"
            + " | START TRANSACTION READ ONLY",
        "BEGIN READ ONLY, ISOLATION LEVEL READ COMMITTED | BEGIN READ ONLY",
        "BEGIN READ ONLY ISOLATION LEVEL READ COMMITTED DEFERRABLE | BEGIN READ ONLY DEFERRABLE",
        "BEGIN READ ONLY, ISOLATION LEVEL READ COMMITTED, DEFERRABLE"
            + " | BEGIN READ ONLY DEFERRABLE",
        "BEGIN READ ONLY, ISOLATION LEVEL READ COMMITTED, ISOLATION LEVEL READ COMMITTED"
            + " | BEGIN READ ONLY",
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY | SET TRANSACTION READ ONLY",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY, ISOLATION LEVEL READ COMMITTED"
            + " | SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED | ''",
        "set session characteristics as transaction isolation level read uncommitted | ''",
        "BEGIN; SET LOCAL TRANSACTION ISOLATION LEVEL READ COMMITTED; SELECT 1"
            + " | BEGIN;; SELECT 1",
        "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT 1; COMMIT | BEGIN; SELECT 1; COMMIT",
      })
  void weakerLevelIsLeftOutAndOtherModesStay(String sql, String sent) {
    Planned planned = Planned.byDefault(sql);
    assertThat(planned.inTransaction()).isEqualTo(sent);
    assertThat(planned.autocommit()).isEqualTo(sent);
    assertThat(planned.plan().inTransaction().findings())
        .isNotEmpty()
        .allSatisfy(
            finding -> {
              assertThat(finding.rule()).isEqualTo(RuleId.ISOLATION_LEVEL);
              assertThat(finding.verdict()).isEqualTo(Verdict.REWRITTEN);
              assertThat(finding.before()).containsIgnoringCase("isolation level read ");
              assertThat(finding.after()).isEmpty();
              assertThat(finding.reason()).contains("REPEATABLE READ");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN ISOLATION LEVEL SERIALIZABLE",
        "start transaction read only, isolation level serializable",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SELECT 1; BEGIN ISOLATION LEVEL SERIALIZABLE; UPDATE t SET a = 1",
      })
  void serializableIsRefusedUnlessAWeakerLevelIsAllowed(String sql) {
    assertThat(Planned.byDefault(sql).plan().inTransaction())
        .isInstanceOfSatisfying(
            PlannedForm.Refuse.class,
            refused -> {
              assertThat(refused.refusal().rule()).isEqualTo(RuleId.ISOLATION_LEVEL);
              assertThat(refused.refusal().verdict()).isEqualTo(Verdict.REFUSED);
              assertThat(refused.refusal().reason()).contains("allowWeakerIsolation=true");
            });
    Planned allowed = Planned.allowingWeakerIsolation(sql);
    assertThat(allowed.inTransaction())
        .isEqualTo(
            sql.replace("SERIALIZABLE", "REPEATABLE READ")
                .replace("serializable", "repeatable read"));
    Finding finding = allowed.finding();
    assertThat(finding.verdict()).isEqualTo(Verdict.REWRITTEN_WITH_LOSS);
    assertThat(finding.after()).containsIgnoringCase("isolation level repeatable read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN ISOLATION LEVEL REPEATABLE READ",
        "BEGIN READ ONLY",
        "SET TRANSACTION READ ONLY",
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "BEGIN ISOLATION LEVEL CHAOS",
        "BEGIN ISOLATION LEVEL READ COMMITTED,",
        "SET TRANSACTION",
        "SET note = 'ISOLATION LEVEL READ COMMITTED'",
        "INSERT INTO t VALUES ('BEGIN ISOLATION LEVEL READ COMMITTED; x')",
        "SELECT 1 AS isolation; SELECT 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE'",
        "SELECT isolation FROM level",
      })
  void whatNeedsNoOtherLevelOrIsNotUnderstoodIsUntouched(String sql) {
    Planned.byDefault(sql).isUntouched();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT a FROM t FOR SHARE; COMMIT",
        "begin/**/isolation/**/level/**/read/**/committed;select a from t for share;commit"
      })
  void locksBesideItAreRewrittenToo(String sql) {
    assertThat(Planned.byDefault(sql).inTransaction())
        .doesNotContainIgnoringCase("committed")
        .containsIgnoringCase("for update")
        .doesNotContainIgnoringCase("share");
  }
}
