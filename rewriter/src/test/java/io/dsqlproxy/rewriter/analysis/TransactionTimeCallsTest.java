package io.dsqlproxy.rewriter.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionTimeCallsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT now() | now()",
        "select Now ( ) | now()",
        "SELECT pg_catalog.transaction_timestamp() | transaction_timestamp()",
        "SELECT id FROM t WHERE at < statement_timestamp() | statement_timestamp()",
        "SELECT current_timestamp(3) | CURRENT_TIMESTAMP",
        "INSERT INTO t VALUES (1, localtime) RETURNING * | LOCALTIME",
        "current_date | CURRENT_DATE",
      })
  void theFirstTimeIsFound(String sql, String time) {
    assertThat(TransactionTimeCalls.firstIn(sql)).contains(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SELECT now FROM t",
        "SELECT my.now()",
        "SELECT \"current_date\" FROM t",
        "SELECT 'now()' -- current_date",
        "SELECT clock_timestamp()",
      })
  void nothingElseIsTakenForOne(String sql) {
    assertThat(TransactionTimeCalls.firstIn(sql)).isEmpty();
  }
}
