package io.dsqlproxy.driver.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class ConflictTest {

  @Test
  void conflictIsKnownByItsSqlstate() {
    assertThat(Conflict.isReportedBy(new SQLException("anything", "40001"))).isTrue();
  }

  @Test
  void messageThatQuotesAConflictIsNone() {
    assertThat(Conflict.isReportedBy(new SQLException("40001 OC000 conflict", "23505"))).isFalse();
    assertThat(Conflict.isReportedBy(new SQLException("40001"))).isFalse();
    assertThat(Conflict.isReportedBy(new SQLException("deadlock", "40P01"))).isFalse();
  }

  @Test
  void conflictIsFoundAmongCausesAndNextExceptions() {
    SQLException conflict = new SQLException("conflict", "40001");
    assertThat(Conflict.isReportedBy(new SQLException("outer", new RuntimeException(conflict))))
        .isTrue();
    BatchUpdateException batch = new BatchUpdateException("batch", "XX000", new int[0]);
    batch.setNextException(new SQLException("first", "XX000"));
    batch.setNextException(conflict);
    assertThat(Conflict.isReportedBy(batch)).isTrue();
  }

  @Test
  void circularChainEnds() {
    SQLException a = new SQLException("a", "XX000");
    SQLException b = new SQLException("b", "XX000", a);
    a.initCause(b);
    assertThat(Conflict.isReportedBy(a)).isFalse();
  }
}
