package io.dsqlproxy.rewriter.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.lexical.Lexer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatementScannerTest {

  private static List<LockingClause> locks(String sql) {
    List<LockingClause> locks = new ArrayList<>();
    StatementScanner.scan(Lexer.tokenize(sql)).forEach(one -> locks.addAll(one.locks()));
    assertThat(locks.isEmpty() || StatementScanner.mayHoldLock(sql))
        .as("the cheap test may not deny a lock that is there")
        .isTrue();
    return locks;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT substring(x FOR update) FROM t",
        "SELECT substring(x FROM 1 FOR share) FROM t",
        "SELECT overlay(a PLACING b FROM 1 FOR update) FROM t",
        "SELECT substring((SELECT x FROM t) FOR update)",
        "SELECT t.for update FROM t",
        "CREATE POLICY p ON t FOR UPDATE USING (EXISTS (SELECT 1 FROM t))",
        "CREATE POLICY p ON t AS PERMISSIVE FOR UPDATE TO r WITH CHECK (true)",
        "CREATE USER MAPPING FOR update SERVER s",
        "CREATE TRANSFORM FOR share LANGUAGE sql (FROM SQL WITH FUNCTION f(internal))",
        "SECURITY LABEL FOR share ON TABLE t IS 'x'",
        "LOCK TABLE lock IN SHARE MODE",
        "LOCK lock IN SHARE MODE",
        "SELECT 'x FOR UPDATE' FROM t",
        "SELECT \"FOR UPDATE\" FROM t",
        "SELECT $$ FOR UPDATE $$ FROM t",
        "SELECT 1 -- FOR UPDATE",
        "SELECT 1 /* FOR UPDATE /* x */ FOR SHARE */",
        "SELECT a$$ FROM t WHERE b = 'FOR SHARE'",
        "SELECT E'\\' FOR UPDATE --' FROM t",
        "SELECT 'a' FROM t WHERE for_update = 1",
        "DECLARE c CURSOR FOR SELECT 1 FROM t",
        "SELECT * FROM generate_series(1, 2) AS x(lock) WHERE lock IN (1)"
      })
  void whatOnlyLooksLikeALockIsNone(String sql) {
    assertThat(locks(sql)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM t FOR SHARE",
        "select * from t for/**/share",
        "SELECT * FROM t FOR\n--x\nSHARE",
        "(SELECT * FROM t) FOR SHARE",
        "((SELECT * FROM t)) LIMIT 1 FOR SHARE",
        "TABLE t FOR SHARE",
        "WITH a AS (SELECT 1) SELECT * FROM t FOR SHARE",
        "WITH a AS (SELECT * FROM t FOR SHARE) DELETE FROM u USING a",
        "SELECT (SELECT a FROM t FOR SHARE), b FROM u",
        "SELECT ARRAY(SELECT a FROM t FOR SHARE)",
        "SELECT * FROM u, LATERAL (SELECT * FROM t FOR SHARE) x",
        "INSERT INTO u SELECT * FROM t FOR SHARE RETURNING *",
        "INSERT INTO u (SELECT * FROM t) FOR SHARE",
        "UPDATE u SET a = 1 FROM (SELECT * FROM t FOR SHARE) x WHERE u.id = x.id",
        "MERGE INTO u USING (SELECT * FROM t FOR SHARE) x ON x.id = u.id WHEN MATCHED THEN DELETE",
        "EXPLAIN ANALYZE SELECT * FROM t FOR SHARE",
        "PREPARE p (int) AS SELECT * FROM t FOR SHARE",
        "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM t FOR SHARE",
        "COPY (SELECT * FROM t FOR SHARE) TO STDOUT",
        "CREATE VIEW v AS SELECT * FROM t FOR SHARE",
        "CREATE TABLE x AS TABLE t FOR SHARE",
        "SELECT E'\\' || ' FROM t FOR SHARE --'",
        "SELECT a FROM t WHERE substring(a FOR 2) = 'x' FOR SHARE",
        "SELECT DISTINCT ON (a) a FROM t FOR SHARE",
        "DELETE FROM t\n\n\nWHERE id IN (SELECT id FROM t FOR SHARE)"
      })
  void aShareLockIsFoundWhereverAQueryMayHaveOne(String sql) {
    assertThat(locks(sql))
        .extracting(LockingClause::strength)
        .containsExactly(LockStrength.FOR_SHARE);
  }

  @ParameterizedTest
  @CsvSource({
    "FOR UPDATE, FOR_UPDATE",
    "for no  key update, FOR_NO_KEY_UPDATE",
    "For Share, FOR_SHARE",
    "FOR KEY SHARE, FOR_KEY_SHARE",
    "lock in share mode, LOCK_IN_SHARE_MODE"
  })
  void everyStrengthIsKnown(String clause, LockStrength strength) {
    assertThat(locks("SELECT * FROM t " + clause))
        .extracting(LockingClause::strength)
        .containsExactly(strength);
  }

  @Test
  void theWholeClauseIsCovered() {
    String sql = "SELECT * FROM t a, \"U\" FOR SHARE OF a, \"U\" SKIP LOCKED LIMIT 1";
    LockingClause lock = locks(sql).get(0);
    assertThat(lock.of()).extracting(QualifiedName::name).containsExactly("a", "U");
    assertThat(lock.waitPolicy()).isEqualTo(WaitPolicy.SKIP_LOCKED);
    assertThat(Lexer.tokenize(sql).text(lock.end())).isEqualTo("LIMIT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1 FROM t FOR SHARE OF U&\"!0061\" UESCAPE '!'",
        "SELECT 1 FROM t FOR SHARE OF t , U&\"a\"",
      })
  void aUnicodeNameBelongsToTheClauseWithItsEscape(String sql) {
    LockingClause lock = locks(sql).get(0);
    assertThat(lock.end()).isEqualTo(Lexer.tokenize(sql).size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1 FROM t FOR SHARE OF U&\"a\" UESCAPE ; DELETE FROM t",
        "SELECT 1 FROM t FOR SHARE OF a , ; DELETE FROM t",
        "SELECT 1 FROM t FOR SHARE OF ; DELETE FROM t"
      })
  void aBrokenListOfNamesTakesNothingThatIsNoName(String sql) {
    assertThat(StatementScanner.scan(Lexer.tokenize(sql))).hasSize(2);
    LockingClause lock = locks(sql).get(0);
    assertThat(Lexer.tokenize(sql).text(lock.end())).isIn("UESCAPE", ",", ";");
  }

  @Test
  void everyClauseOfAStatementIsFoundInOrder() {
    assertThat(locks("SELECT * FROM a, b FOR UPDATE OF a NOWAIT FOR SHARE OF b FOR KEY SHARE"))
        .extracting(LockingClause::strength)
        .containsExactly(
            LockStrength.FOR_UPDATE, LockStrength.FOR_SHARE, LockStrength.FOR_KEY_SHARE);
  }

  @Test
  void aTableCalledNowaitIsATable() {
    LockingClause lock = locks("SELECT * FROM nowait FOR UPDATE OF nowait NOWAIT").get(0);
    assertThat(lock.of()).extracting(QualifiedName::name).containsExactly("nowait");
    assertThat(lock.waitPolicy()).isEqualTo(WaitPolicy.NOWAIT);
  }

  @Test
  void semicolonsInsideParenthesesAndQuotesEndNothing() {
    assertThat(StatementScanner.scan(Lexer.tokenize("SELECT ';'; ; SELECT (1;2) ; SELECT $$;$$")))
        .hasSize(3);
  }

  @Test
  void aLockBehindASetOperationBelongsToNoSingleSelect() {
    assertThat(locks("SELECT a FROM t UNION SELECT a FROM u FOR SHARE").get(0).select())
        .isEqualTo(-1);
  }
}
