package io.dsqlproxy.driver.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.execution.TransactionCommand.Kind;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionCommandTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ";",
        " ; ; ",
        "-- commit",
        "/* never closed",
        "select 1",
        "select 1;",
        "select 1 ; \n ",
        ";;select 1;; -- commit",
        "/* commit */ select 1",
        "-- commit\nselect 1",
        "select ';commit' from t",
        "select E'\\';commit' from t",
        "select $$;commit$$, $a$;commit$a$",
        "select 1 as \";commit\"",
        "select '\\' -- ;commit",
        "select 1 /* ; /* commit */ ; commit */",
        "(select begin from t)",
        "with commit as (select 1) insert into t select * from commit",
        "create rule r as on update to t do also (insert into a values (1); delete from b)",
        "endless",
        "beginning",
        "comment on table t is 'x'",
        "copy t from stdin",
        "prepare p as select 1",
        "prepare transaction_log as select 1",
        "execute commit",
        "analyze t",
        "drop table t",
        "reset all",
        "show all",
        "\"commit\""
      })
  void oneStatementWithoutControlIsOneTransactionAsAWhole(String sql) {
    TransactionCommand command = TransactionCommand.of(sql);
    assertThat(command).isSameAs(TransactionCommand.NONE);
    assertThat(command.kind()).isEqualTo(Kind.NONE);
    assertThat(command.name()).isEmpty();
    assertThat(command.severalStatements()).isFalse();
    assertThat(command.mayTakeEffectInPart()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BEGIN | BEGIN",
        "begin; | BEGIN",
        ";;begin work ;; | BEGIN",
        "/* a /* b */ c */ Begin -- why | BEGIN",
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ | BEGIN",
        "begin isolation level read uncommitted, read write not deferrable | BEGIN",
        "start transaction | BEGIN",
        "START TRANSACTION READ ONLY, DEFERRABLE | BEGIN",
        "start/**/transaction isolation level serializable | BEGIN",
        "COMMIT | COMMIT",
        "commit work | COMMIT",
        "COMMIT TRANSACTION AND NO CHAIN; | COMMIT",
        "end | COMMIT",
        "END WORK AND NO CHAIN | COMMIT",
        "ROLLBACK | ROLLBACK",
        "rollback transaction | ROLLBACK",
        "Abort work; | ROLLBACK",
        "ABORT AND NO CHAIN | ROLLBACK",
        "SET TRANSACTION READ ONLY | SET_TRANSACTION",
        "set local transaction isolation level repeatable read, read write; | SET_TRANSACTION",
        "/**/ Set Session Transaction not deferrable | SET_TRANSACTION",
      })
  void beginAndEndAreReadInAllTheirForms(String sql, Kind kind) {
    TransactionCommand command = TransactionCommand.of(sql);
    assertThat(command.kind()).isEqualTo(kind);
    assertThat(command.name()).isEmpty();
    assertThat(command.severalStatements()).isFalse();
    assertThat(command.mayTakeEffectInPart()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SAVEPOINT a | SAVEPOINT | a",
        "savepoint Mixed_1$; | SAVEPOINT | mixed_1$",
        "SAVEPOINT \"Mixed \"\"one\"\"\" | SAVEPOINT | Mixed \"one\"",
        "savepoint ÄB | SAVEPOINT | Äb",
        "savepoint savepoint | SAVEPOINT | savepoint",
        "RELEASE a | RELEASE | a",
        "release SAVEPOINT A | RELEASE | a",
        "release savepoint | RELEASE | savepoint",
        "RELEASE SAVEPOINT SAVEPOINT | RELEASE | savepoint",
        "ROLLBACK TO a | ROLLBACK_TO | a",
        "rollback to savepoint \"A;b\" | ROLLBACK_TO | A;b",
        "rollback work to A | ROLLBACK_TO | a",
        "ROLLBACK TRANSACTION TO SAVEPOINT a | ROLLBACK_TO | a",
        "rollback /* to b */ to \"\"\"\" -- c | ROLLBACK_TO | \"",
      })
  void savepointsHaveTheNameThatPostgresqlKnowsThemBy(String sql, Kind kind, String name) {
    TransactionCommand command = TransactionCommand.of(sql);
    assertThat(command.kind()).isEqualTo(kind);
    assertThat(command.name()).isEqualTo(name);
    assertThat(command.severalStatements()).isFalse();
    assertThat(command.mayTakeEffectInPart()).isTrue();
  }

  @Test
  void namesAreCutAfter63BytesButNotInsideACharacter() {
    assertThat(name("x".repeat(64))).isEqualTo("x".repeat(63));
    assertThat(name('"' + "X".repeat(70) + '"')).isEqualTo("X".repeat(63));
    assertThat(name("ä".repeat(40))).isEqualTo("ä".repeat(31));
    assertThat(name("x" + "日".repeat(30))).isEqualTo("x" + "日".repeat(20));
    assertThat(name("\uD83D\uDE00".repeat(16))).isEqualTo("\uD83D\uDE00".repeat(15));
  }

  private static String name(String written) {
    return TransactionCommand.of("savepoint " + written).name();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COMMIT AND CHAIN",
        "rollback and chain;",
        "end transaction and chain",
        "PREPARE TRANSACTION 'x'",
        "COMMIT PREPARED 'x'",
        "rollback prepared 'x'",
        "BEGIN ATOMIC",
        "begin read only,",
        "begin , read only",
        "begin not",
        "begin isolation level",
        "begin isolation level chaos",
        "start",
        "start slowly",
        "commit 'x'",
        "commit work transaction",
        "commit and no",
        "abort to a",
        "savepoint",
        "savepoint a b",
        "savepoint a.b",
        "savepoint 'a'",
        "savepoint \"\"",
        "savepoint U&\"d\\0061t\"",
        "savepoint ?",
        "release",
        "rollback to",
        "rollback to savepoint a b",
        "commit \"x"
      })
  void otherControlAndWhatPostgresqlWouldNotUnderstandIsUnclear(String sql) {
    TransactionCommand command = TransactionCommand.of(sql);
    assertThat(command.kind()).isEqualTo(Kind.UNCLEAR);
    assertThat(command.name()).isEmpty();
    assertThat(command.severalStatements()).isFalse();
    assertThat(command.mayTakeEffectInPart()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "begin; update t set a = 1; commit",
        "update t set a = 1; commit",
        "select E'\\''; commit",
        "select '\\'; commit -- '",
        "commit; begin",
        "savepoint a; savepoint b",
        "select 1); commit",
        "set transaction read only; x",
        "create function f() returns int begin atomic select 1; end; commit",
        "create table begin (atomic int); commit"
      })
  void controlAmongSeveralStatementsMakesAScript(String sql) {
    TransactionCommand command = TransactionCommand.of(sql);
    assertThat(command.isScript()).isTrue();
    assertThat(command.kind()).isEqualTo(Kind.UNCLEAR);
    assertThat(command.severalStatements()).isTrue();
    assertThat(command.mayTakeEffectInPart()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set transaction",
        "set transaction snapshot 'x'",
        "set transaction_read_only = on",
        "set session characteristics as transaction read only",
        "set search_path to a",
        "select 1 set transaction read only"
      })
  void otherSettingsAreNoneOfTheTransactions(String sql) {
    assertThat(TransactionCommand.of(sql).kind()).isEqualTo(Kind.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update t set a = 1; update t set a = 2",
        "select 1;;select 2;",
        "select ';';x",
        "update t set a = 1; call p()",
        "do $$ begin end $$; select 1"
      })
  void severalStatementsWithoutControlAreToldFromOne(String sql) {
    TransactionCommand command = TransactionCommand.of(sql);
    assertThat(command.isScript()).isFalse();
    assertThat(command.kind()).isEqualTo(Kind.NONE);
    assertThat(command.severalStatements()).isTrue();
    assertThat(command.mayTakeEffectInPart()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create function f() returns int language sql begin atomic select 1; select 2; end",
        "create or replace procedure p() begin atomic insert into t values (1); end;",
        "CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE a WHEN 1 THEN 2 END; END",
        "create function f() returns int begin atomic select 1 as end; select t.case from t; end"
      })
  void theBodyOfARoutineIsNoControl(String sql) {
    assertThat(TransactionCommand.of(sql)).isSameAs(TransactionCommand.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "call transfer(1, 2)",
        "-- why\nCALL transfer(1, 2);",
        "{call transfer(?, ?)}",
        "{ ? = call transfer(?, ?)}",
        "{?=call transfer(?, ?)}",
        "do $$ begin end $$"
      })
  void aProcedureIsNoControlButMayCommit(String sql) {
    TransactionCommand command = TransactionCommand.of(sql);
    assertThat(command.kind()).isEqualTo(Kind.NONE);
    assertThat(command.severalStatements()).isFalse();
    assertThat(command.mayTakeEffectInPart()).isTrue();
  }

  @Test
  void theMachinesLanguageChangesNothing() {
    Locale before = Locale.getDefault();
    Locale.setDefault(new Locale.Builder().setLanguage("tr").setRegion("TR").build());
    try {
      assertThat(TransactionCommand.of("commit").kind()).isEqualTo(Kind.COMMIT);
      assertThat(name("ID")).isEqualTo("id");
    } finally {
      Locale.setDefault(before);
    }
  }
}
