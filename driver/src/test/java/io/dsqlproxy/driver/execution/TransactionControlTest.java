package io.dsqlproxy.driver.execution;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionControlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN",
        "begin; update t set a = 1; commit",
        "update t set a = 1; commit",
        "update t set a = 1; update t set a = 2",
        "  -- why\n  Commit",
        "-- why\rcommit",
        "/* outer /* inner */ still outer */ END",
        "start transaction read only",
        "ABORT;",
        "rollback",
        ";;commit",
        "call transfer(1, 2)",
        "{call transfer(?, ?)}",
        "{ ? = call transfer(?, ?)}",
        "do $$ begin end $$",
        "select ';' from t"
      })
  void textOfWhichAPartMayHaveBeenCommittedIsRecognised(String sql) {
    assertThat(TransactionControl.mayBeIn(sql)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "select 1",
        "select 1;",
        "select 1 ; \n ",
        "update t set a = 1",
        "(select begin from t)",
        "with commit as (select 1) insert into t select * from commit",
        "/* commit */ select 1",
        "endless",
        "-- commit",
        "/* never closed"
      })
  void oneStatementThatIsATransactionAsAWholeIsNotMistakenForMore(String sql) {
    assertThat(TransactionControl.mayBeIn(sql)).isFalse();
  }
}
