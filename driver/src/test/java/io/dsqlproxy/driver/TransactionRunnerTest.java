package io.dsqlproxy.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.Retries;
import io.dsqlproxy.driver.execution.RetriesExhaustedException;
import io.dsqlproxy.driver.execution.RetryPolicy;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The database, the clock and the sleeper are the test's own here. */
class TransactionRunnerTest {

  private static final RetryPolicy THREE_EXECUTIONS =
      new RetryPolicy(3, Duration.ofMillis(5), Duration.ofMillis(5), Duration.ofSeconds(60));

  private final FakePool pool = new FakePool();
  private final List<Duration> delays = new ArrayList<>();
  private final TransactionRunner runner = runner(THREE_EXECUTIONS);
  private int executions;

  @Test
  void workIsCommittedOnceOnAConnectionThatIsGivenBackAsItWas() throws Exception {
    String result = run(connection -> connection.toString());
    assertThat(result).isEqualTo("connection 1");
    assertThat(pool.calls)
        .containsExactly("1:autocommit=false", "1:commit", "1:autocommit=true", "1:close");
    assertThat(delays).isEmpty();
  }

  @Test
  void aPoolWithoutAutocommitStaysSo() throws Exception {
    FakePool manual = new FakePool(false);
    runner.run(manual, connection -> 1);
    assertThat(manual.calls).containsExactly("1:commit", "1:close");
  }

  @Test
  void aConflictAtCommitIsAnsweredByRunningTheWorkAgainOnAnotherConnection() throws Exception {
    pool.fail("commit", conflict());
    String result = run(connection -> connection.toString());
    assertThat(result).isEqualTo("connection 2");
    assertThat(executions).isEqualTo(2);
    assertThat(delays).hasSize(1);
    assertThat(pool.calls)
        .containsExactly(
            "1:autocommit=false",
            "1:commit",
            "1:rollback",
            "1:autocommit=true",
            "1:close",
            "2:autocommit=false",
            "2:commit",
            "2:autocommit=true",
            "2:close");
  }

  @Test
  void aConflictIsKnownHoweverTheWorkWrapsIt() throws Exception {
    run(failingFirst(conflict()));
    run(failingFirst(new IllegalStateException("cannot acquire lock", conflict())));
    SQLException batch = new SQLException("batch", "XX000");
    batch.setNextException(conflict());
    run(failingFirst(new IOException("wrapped", batch)));
    assertThat(executions).isEqualTo(6);
  }

  @Test
  void everyOtherFailureOfTheWorkComesOutAsItIsAfterARollback() {
    for (Throwable failure :
        List.of(
            new IOException("checked"),
            new IllegalStateException("unchecked"),
            new StackOverflowError("error"),
            new SQLException("40001", "23505"))) {
      pool.calls.clear();
      executions = 0;
      assertThat(failureOf(failing(failure))).isSameAs(failure);
      assertThat(failure.getSuppressed()).isEmpty();
      assertThat(executions).isEqualTo(1);
      assertThat(pool.calls)
          .extracting(call -> call.substring(2))
          .containsExactly("autocommit=false", "rollback", "autocommit=true", "close");
    }
  }

  @Test
  void anUnknownOutcomeIsNeverRepeatedEvenIfAConflictCameBeforeIt() {
    SQLException cut = new SQLException("cut", "08006", conflict());
    SQLException unknown = DsqlExceptions.commitUnknown(cut);
    pool.fail("commit", unknown);
    assertThat(failureOf(connection -> 1)).isSameAs(unknown);
    assertThat(executions).isEqualTo(1);
  }

  @Test
  void aRemainingConflictKeepsItsWholeHistory() {
    SQLException[] conflicts = {conflict(), conflict(), conflict()};
    pool.fail("commit", conflicts);
    Throwable failure = failureOf(connection -> 1);
    assertThat(failure)
        .isInstanceOfSatisfying(
            RetriesExhaustedException.class,
            exhausted -> {
              assertThat(exhausted.executions()).isEqualTo(3);
              assertThat(exhausted.getSQLState()).isEqualTo("40001");
            })
        .hasCause(conflicts[2])
        .hasMessageContaining("the policy allows 3 executions");
    assertThat(failure.getSuppressed()).containsExactly(conflicts[0], conflicts[1]);
  }

  @Test
  void aRemainingConflictInTheWorksOwnExceptionComesOutInIt() {
    RuntimeException last = new IllegalStateException("third", conflict());
    SQLException first = conflict();
    RuntimeException second = new IllegalStateException("second", conflict());
    assertThat(failureOf(failing(first, second, last))).isSameAs(last);
    assertThat(last.getSuppressed()).containsExactly(first, second);
  }

  @Test
  void aPolicyOfOneExecutionSurfacesTheConflictItself() {
    SQLException conflict = conflict();
    pool.fail("commit", conflict);
    TransactionRunner once =
        runner(new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(60)));
    assertThat(catchThrowable(() -> once.run(pool, connection -> 1))).isSameAs(conflict);
  }

  @Test
  void anotherFailureAfterAConflictHasTheConflictInItsHistory() {
    SQLException conflict = conflict();
    IOException other = new IOException("other");
    assertThat(failureOf(failing(conflict, other))).isSameAs(other);
    assertThat(other.getSuppressed()).containsExactly(conflict);
  }

  @Test
  void aFailingRollbackMasksNothingAndCommitsNothing() {
    IOException failure = new IOException("checked");
    SQLException rollback = new SQLException("rollback", "08006");
    SQLException close = new SQLException("close", "08006");
    pool.fail("rollback", rollback);
    pool.fail("close", close);
    assertThat(failureOf(failing(failure))).isSameAs(failure);
    assertThat(failure.getSuppressed()).containsExactly(rollback, close);
    assertThat(pool.calls)
        .containsExactly("1:autocommit=false", "1:rollback", "1:abort", "1:close");
  }

  @Test
  void aFailureThatComesTwiceDoesNotSuppressItself() {
    SQLException closed = new SQLException("closed", "08003");
    pool.fail("rollback", closed);
    assertThat(failureOf(failing(closed))).isSameAs(closed);
    assertThat(closed.getSuppressed()).isEmpty();
  }

  @Test
  void whatFailsAfterTheCommitDoesNotLoseTheResult() throws Exception {
    SQLException broken = new SQLException("broken", "08006");
    int result =
        run(
            connection -> {
              // Not before: autocommit was switched off by then.
              pool.fail("setAutoCommit", broken);
              pool.fail("close", broken);
              return 7;
            });
    assertThat(result).isEqualTo(7);
    assertThat(pool.calls)
        .containsExactly("1:autocommit=false", "1:commit", "1:autocommit=true", "1:close");
  }

  @Test
  void autocommitThatCannotBeSwitchedOffIsAFailure() {
    SQLException failure = new SQLException("switch off", "08006");
    pool.fail("setAutoCommit", failure);
    assertThat(failureOf(connection -> 1)).isSameAs(failure);
    assertThat(executions).isZero();
  }

  @Test
  void anInterruptionEndsTheWaitAndStaysVisible() {
    SQLException conflict = conflict();
    pool.fail("commit", conflict, conflict());
    TransactionRunner interrupted =
        new TransactionRunner(
            new Retries(
                THREE_EXECUTIONS,
                () -> 0,
                Random::new,
                delay -> {
                  if (executions == 2) {
                    throw new InterruptedException();
                  }
                }));
    Throwable failure = catchThrowable(() -> interrupted.run(pool, counted(connection -> 1)));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure)
        .isInstanceOf(RetriesExhaustedException.class)
        .hasMessageContaining("the thread was interrupted");
    assertThat(failure.getSuppressed()).containsExactly(conflict);
    assertThat(executions).isEqualTo(2);
  }

  @Test
  void nestedWorkIsAPartOfTheTransactionAroundIt() throws Exception {
    String both = run(connection -> connection + " and " + run(inner -> inner.toString()));
    assertThat(both).isEqualTo("connection 1 and connection 1");
    assertThat(pool.calls).filteredOn(call -> call.endsWith("commit")).containsExactly("1:commit");
    assertThat(pool.calls).filteredOn(call -> call.endsWith("close")).containsExactly("1:close");
    run(connection -> 1);
    assertThat(pool.calls).contains("2:commit");
  }

  @Test
  void onlyTheOuterWorkIsRunAgainAfterAConflictOfTheInner() throws Exception {
    List<String> order = new ArrayList<>();
    TransactionWork<Integer, Exception> inner = failingFirst(conflict());
    runner.run(
        pool,
        connection -> {
          order.add("outer on " + connection);
          return run(
              innerConnection -> {
                order.add("inner on " + innerConnection);
                return inner.run(innerConnection);
              });
        });
    assertThat(order)
        .containsExactly(
            "outer on connection 1",
            "inner on connection 1",
            "outer on connection 2",
            "inner on connection 2");
    assertThat(pool.calls).filteredOn(call -> call.endsWith("commit")).containsExactly("2:commit");
  }

  @Test
  void theOuterWorkCannotCommitWhatTheInnerHasLeftHalfDone() {
    IOException inner = new IOException("inner");
    Throwable failure =
        failureOf(connection -> catchThrowable(() -> run(failing(inner))).getMessage());
    assertThat(failure).isInstanceOf(SQLException.class).hasCause(inner);
    assertThat(((SQLException) failure).getSQLState()).isEqualTo("25P02");
    assertThat(pool.calls).contains("1:rollback").doesNotContain("1:commit");
  }

  @Test
  void aConflictThatTheOuterWorkSwallowsIsAnsweredAllTheSame() throws Exception {
    TransactionWork<Integer, Exception> inner = failingFirst(conflict());
    runner.run(pool, connection -> catchThrowable(() -> run(inner)));
    assertThat(pool.calls).contains("1:rollback", "2:commit").doesNotContain("1:commit");
  }

  @Test
  void workOnAnotherDataSourceIsAnotherTransaction() throws Exception {
    FakePool other = new FakePool();
    other.fail("commit", conflict());
    int nested =
        run(
            connection ->
                runner.run(other, otherConnection -> run(again -> again == connection ? 1 : 0)));
    assertThat(nested).isEqualTo(1);
    assertThat(other.calls).contains("1:rollback", "2:commit");
    assertThat(pool.calls)
        .containsExactly("1:autocommit=false", "1:commit", "1:autocommit=true", "1:close");
  }

  @Test
  void afterAFailureTheThreadIsInNoTransaction() throws Exception {
    failureOf(failing(new IOException("checked")));
    pool.calls.clear();
    run(connection -> 1);
    assertThat(pool.calls).contains("2:commit", "2:close");
  }

  private <T> T run(TransactionWork<T, Exception> work) throws Exception {
    return runner.run(pool, counted(work));
  }

  private <T> Throwable failureOf(TransactionWork<T, Exception> work) {
    return catchThrowable(() -> run(work));
  }

  private <T> TransactionWork<T, Exception> counted(TransactionWork<T, Exception> work) {
    return connection -> {
      executions++;
      return work.run(connection);
    };
  }

  private TransactionWork<Integer, Exception> failingFirst(Throwable failure) {
    return failing(failure, null);
  }

  /** Fails with each of these in turn; null is a success. */
  private static TransactionWork<Integer, Exception> failing(Throwable... failures) {
    int[] next = {0};
    return connection -> {
      Throwable failure = failures[next[0]++];
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        throw (Exception) failure;
      }
      return 1;
    };
  }

  private TransactionRunner runner(RetryPolicy policy) {
    return new TransactionRunner(new Retries(policy, () -> 0, Random::new, delays::add));
  }

  private static SQLException conflict() {
    return new SQLException("change conflicts", "40001");
  }
}
