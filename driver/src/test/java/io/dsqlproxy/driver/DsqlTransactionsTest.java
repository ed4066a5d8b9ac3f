package io.dsqlproxy.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.dsqlproxy.driver.execution.RetryPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What a caller may write, and what it has to declare: half of this is checked by the compiler. */
class DsqlTransactionsTest {

  private static final RetryPolicy TWICE =
      new RetryPolicy(2, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(10));

  private final FakePool pool = new FakePool();

  @Test
  void workThatOnlyTheDatabaseFailsDeclaresOnlySqlException() throws SQLException {
    String text = DsqlTransactions.run(pool, connection -> connection.toString());
    assertThat(text).isEqualTo("connection 1");
    int number = DsqlTransactions.run(pool, TWICE, connection -> 2);
    assertThat(number).isEqualTo(2);
    DsqlTransactions.run(pool, Connection::toString);
    assertThat(pool.calls).contains("1:commit", "2:commit", "3:commit");
  }

  @Test
  void workWithoutAResultMayBeAnExpressionOrABlock() throws SQLException {
    StringBuilder seen = new StringBuilder();
    DsqlTransactions.runVoid(pool, connection -> seen.append(connection));
    DsqlTransactions.runVoid(
        pool,
        TWICE,
        connection -> {
          seen.append(", ");
          connection.clearWarnings();
        });
    DsqlTransactions.runVoid(pool, Connection::clearWarnings);
    assertThat(seen).hasToString("connection 1, ");
    assertThat(pool.calls).contains("1:commit", "2:commit", "3:clearWarnings", "3:commit");
  }

  @Test
  void aCheckedExceptionOfTheWorkIsTheCallersToHandle() throws SQLException {
    try {
      DsqlTransactions.run(pool, connection -> read());
    } catch (IOException expected) {
      assertThat(expected).hasMessage("unreadable");
    }
    try {
      DsqlTransactions.runVoid(pool, connection -> read());
    } catch (IOException expected) {
      assertThat(expected).hasMessage("unreadable");
    }
    try {
      DsqlTransactions.runVoid(
          pool,
          connection -> {
            if (connection.getAutoCommit()) {
              throw new TimeoutException();
            }
            read();
          });
    } catch (Exception expected) {
      assertThat(expected).isInstanceOf(IOException.class);
    }
    assertThat(pool.calls).contains("1:rollback", "2:rollback", "3:rollback");
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(
            () ->
                DsqlTransactions.run(
                    pool,
                    connection -> {
                      throw new UncheckedIOException(new IOException());
                    }));
  }

  private static int read() throws IOException {
    throw new IOException("unreadable");
  }

  @Test
  void theGivenPolicyHolds() {
    SQLException conflict = new SQLException("change conflicts", "40001");
    pool.fail("commit", conflict, new SQLException("change conflicts", "40001"));
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> DsqlTransactions.runVoid(pool, TWICE, Connection::clearWarnings))
        .withMessageContaining("the policy allows 2 executions")
        .satisfies(failure -> assertThat(failure.getSuppressed()).containsExactly(conflict));
  }

  @Test
  void nothingIsBorrowedForNothing() {
    assertThatNullPointerException().isThrownBy(() -> DsqlTransactions.run(pool, null));
    assertThatNullPointerException().isThrownBy(() -> DsqlTransactions.runVoid(pool, null));
    assertThatNullPointerException()
        .isThrownBy(() -> DsqlTransactions.run(pool, null, connection -> 1));
    assertThat(pool.calls).isEmpty();
  }
}
