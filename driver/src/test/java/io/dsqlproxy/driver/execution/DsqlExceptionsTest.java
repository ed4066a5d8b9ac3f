package io.dsqlproxy.driver.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DsqlExceptionsTest {

  private static final SQLException FIRST = new SQLException("first", "40001");
  private static final SQLException SECOND = new SQLException("second", "40001");
  private static final Duration ELAPSED = Duration.ofMillis(40);

  static Stream<ConflictException> everyConflict() {
    SQLException last = new SQLException("change conflicts", "40001", 7);
    List<SQLException> earlier = List.of(FIRST, SECOND);
    return Stream.of(
        DsqlExceptions.retriesExhausted(last, earlier, 3, ELAPSED, "that is it"),
        DsqlExceptions.dataChanged(last, earlier, 3, ELAPSED, 2, "select 1", "it had one row more"),
        DsqlExceptions.notReplayable(last, earlier, 3, ELAPSED, "it ran COPY"));
  }

  @ParameterizedTest
  @MethodSource("everyConflict")
  void everyConflictIsARollbackWithItsWholeHistory(ConflictException failure) {
    assertThat((Throwable) failure).isInstanceOf(SQLTransactionRollbackException.class);
    assertThat(failure.getSQLState()).isEqualTo("40001");
    assertThat(failure.getErrorCode()).isEqualTo(7);
    assertThat(failure.executions()).isEqualTo(3);
    assertThat(failure.elapsed()).isEqualTo(ELAPSED);
    assertThat(failure.getCause()).hasMessage("change conflicts");
    assertThat(failure.getSuppressed()).containsExactly(FIRST, SECOND);
    assertThat(failure.getMessage()).contains("3 executions in 40 ms", "change conflicts");
    assertThat(Conflict.isReportedBy(failure)).isTrue();
  }

  @Test
  void aConflictWhoseServersErrorHasAnotherSqlstateIsOneAllTheSame() {
    SQLException outer = new SQLException("outer", "XX000", FIRST);
    assertThat(
            DsqlExceptions.retriesExhausted(outer, List.of(), 1, ELAPSED, "that is it")
                .getSQLState())
        .isEqualTo("40001");
  }

  @Test
  void exhaustedRetriesSayWhyThereIsNoFurtherOne() {
    assertThat(
            DsqlExceptions.retriesExhausted(FIRST, List.of(), 1, ELAPSED, "the time is up")
                .getMessage())
        .isEqualTo("The conflict remains after 1 execution in 40 ms, and the time is up: first");
  }

  @Test
  void changedDataNamesTheStatementAndWhatDiffered() {
    DataChangedException failure =
        DsqlExceptions.dataChanged(
            FIRST,
            List.of(),
            2,
            ELAPSED,
            3,
            "update t set a = ?",
            "its update count was 1 and is 0");
    assertThat(failure.statement()).isEqualTo(3);
    assertThat(failure.sql()).isEqualTo("update t set a = ?");
    assertThat(failure.getMessage())
        .isEqualTo(
            "The transaction met a conflict and was run again, but statement 3 had another outcome:"
                + " its update count was 1 and is 0 (2 executions in 40 ms). Statement: update t"
                + " set a = ?. Conflict: first");
  }

  @Test
  void aLongStatementIsShownInPartAndKeptWhole() {
    String sql = "x".repeat(199) + "\uD83D\uDE00" + "y".repeat(1000);
    DataChangedException failure =
        DsqlExceptions.dataChanged(FIRST, List.of(), 2, ELAPSED, 1, sql, "it differs");
    assertThat(failure.sql()).isEqualTo(sql);
    assertThat(failure.getMessage()).contains(": " + "x".repeat(199) + " …. ");
    String shown = "x".repeat(200);
    assertThat(
            DsqlExceptions.dataChanged(FIRST, List.of(), 2, ELAPSED, 1, shown, "it differs")
                .getMessage())
        .contains(": " + shown + ". ");
  }

  @Test
  void whatCannotBeReplayedSaysWhy() {
    NotReplayableException failure =
        DsqlExceptions.notReplayable(FIRST, List.of(), 1, ELAPSED, "it ran COPY");
    assertThat(failure.reason()).isEqualTo("it ran COPY");
    assertThat(failure.getMessage())
        .isEqualTo(
            "The transaction met a conflict and cannot be run again, because it ran COPY"
                + " (1 execution in 40 ms). Conflict: first");
  }

  @Test
  void valuesInTheMessageOfABatchAreNotRepeated() {
    BatchUpdateException asNext =
        new BatchUpdateException("Batch entry 0 ('geheim') was aborted", "40001", new int[0]);
    asNext.setNextException(FIRST);
    BatchUpdateException asCause =
        new BatchUpdateException("('geheim')", "40001", 0, new int[0], FIRST);
    BatchUpdateException alone = new BatchUpdateException("('geheim')", "40001", new int[0]);
    assertThat(messageAbout(asNext)).endsWith(": first");
    assertThat(messageAbout(asCause)).endsWith(": first");
    assertThat(messageAbout(alone)).doesNotContain("geheim");
  }

  private static String messageAbout(SQLException failure) {
    return DsqlExceptions.notReplayable(failure, List.of(), 1, ELAPSED, "it ran COPY").getMessage();
  }

  @Test
  void anAbortedTransactionIsAnsweredAsTheServerWould() {
    SQLException failure = DsqlExceptions.transactionAborted(FIRST);
    assertThat((Throwable) failure)
        .hasCause(FIRST)
        .hasMessage(
            "current transaction is aborted, commands ignored until end of transaction block");
    assertThat(failure.getSQLState()).isEqualTo("25P02");
  }

  @Test
  void anUnknownOutcomeInvitesNobodyToRepeatIt() {
    SQLException cut = new SQLException("An I/O error occurred", "08006");
    SQLException failure = DsqlExceptions.commitUnknown(cut);
    assertThat((Throwable) failure)
        .isInstanceOf(CommitOutcomeUnknownException.class)
        .isInstanceOf(SQLNonTransientConnectionException.class)
        .isNotInstanceOfAny(SQLTransientException.class, SQLRecoverableException.class)
        .hasCause(cut)
        .hasMessageContaining("may or may not have taken effect");
    assertThat(failure.getSQLState()).isEqualTo("08007");
  }
}
