package io.dsqlproxy.driver.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.session.SessionCommand.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a text does to the session is known, or taken for something that cannot be done again. */
class SessionCommandTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ";",
        "select 1",
        "select settle, reset_at from temperature where attempt_config = 1",
        "update t set x = 1; ",
        "insert into t values ('a;b')",
        "SET LOCAL search_path = a",
        "set local role r",
        "set constraints all deferred",
        "set transaction read only",
        "SET transaction_isolation = 'repeatable read'",
        "reset role",
        "reset session authorization",
        "reset transaction_isolation",
        "discard temp",
        "deallocate all",
        "unlisten *",
        "declare c cursor for select 1",
        "prepare transaction 'x'",
        "select set_config('a.b', 'c', true)",
        "select pg_advisory_xact_lock(1)",
        "select temp from weather",
        "create table weather (temp int)",
        "create table t as select temp, temporary from weather",
        "select 1; select 2",
        "with x as (select 1) select * from x"
      })
  void ordinaryStatementLeavesNothingBehind(String sql) {
    assertThat(SessionCommand.of(sql)).isSameAs(SessionCommand.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SET search_path TO a, b|search_path",
        "/* c */ set session search_path = a|search_path",
        "set \"Search_Path\" to a|search_path",
        "SET x.y = 1|x.y",
        "set time zone 'UTC'|timezone",
        "set session time zone interval '1' hour to minute|timezone",
        "SET TimeZone = 'UTC'|timezone",
        "set names 'UTF8'|client_encoding",
        "set schema 'a'|search_path",
        "set xml option document|xmloption",
        "set session characteristics as transaction isolation level repeatable read"
            + "|default_transaction_isolation",
        "set session characteristics as transaction isolation level serializable"
            + "|default_transaction_isolation",
        "set session characteristics as transaction read only|default_transaction_read_only",
        "set session characteristics as transaction not deferrable"
            + "|default_transaction_deferrable",
        "set enable_seqscan = off;|enable_seqscan"
      })
  void parameterIsKnownByItsName(String sql, String parameter) {
    assertThat(SessionCommand.of(sql)).isEqualTo(new SessionCommand(Kind.SET, parameter));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RESET search_path|search_path",
        "reset X.y|x.y",
        "reset time zone|timezone",
        "set search_path to default|search_path",
        "SET x.y = DEFAULT|x.y",
        "set time zone local|timezone",
        "set time zone default|timezone"
      })
  void parameterThatIsResetIsKnownByItsName(String sql, String parameter) {
    assertThat(SessionCommand.of(sql)).isEqualTo(new SessionCommand(Kind.SET, parameter));
  }

  @ParameterizedTest
  @CsvSource({"reset all, RESET_ALL", "RESET ALL;, RESET_ALL", "discard all, DISCARD_ALL"})
  void everythingIsReset(String sql, Kind kind) {
    assertThat(SessionCommand.of(sql).kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prepare p as select 1|prepared with PREPARE",
        "listen c|listens",
        "load 'x'|LOAD",
        "do $$ begin perform 1; end $$|DO",
        "declare c cursor with hold for select 1|WITH HOLD",
        "create temp table t (a int)|temporary",
        "CREATE LOCAL TEMPORARY TABLE t (a int)|temporary",
        "create or replace temp view v as select 1|temporary",
        "create table pg_temp.t (a int)|temporary",
        "select 1 into temp t|temporary",
        "select 1 into temporary table t|temporary",
        "select set_config('search_path', 'a', false)|set_config",
        "select pg_catalog.set_config('search_path', 'a', $1)|set_config",
        "SELECT \"set_config\"('search_path', 'a', false)|set_config",
        "with x as (select Set_Config('a.b', 'c', false)) select 1|set_config",
        "{call set_config('a.b', 'c', false)}|set_config",
        "select pg_advisory_lock(1)|advisory lock",
        "select pg_try_advisory_lock_shared(1)|advisory lock",
        "set role r|role",
        "set session authorization u|session_authorization",
        "set session session authorization u|session_authorization",
        "set session_authorization = u|session_authorization",
        "set seed to 0.5|seed",
        "set search_path = ?|not understood",
        "set search_path|not understood",
        "set session characteristics as transaction read only, deferrable|not understood",
        "set x = 1; select 1|several statements",
        "select 1; listen c|several statements",
        "select ';'; reset all|several statements"
      })
  void whatAnotherConnectionCannotBeGivenIsNamed(String sql, String reason) {
    SessionCommand command = SessionCommand.of(sql);
    assertThat(command.kind()).isEqualTo(Kind.LASTING);
    assertThat(command.detail()).contains(reason);
  }
}
