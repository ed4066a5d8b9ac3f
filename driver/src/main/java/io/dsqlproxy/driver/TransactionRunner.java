package io.dsqlproxy.driver;

import io.dsqlproxy.driver.execution.Conflict;
import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.Retries;
import io.dsqlproxy.driver.execution.RetryDecision;
import io.dsqlproxy.driver.execution.WaitCancelledException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The attempts of {@link DsqlTransactions}, one after the other. Safe for use by many threads. */
final class TransactionRunner {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.retry");

  private final Retries retries;

  TransactionRunner(Retries retries) {
    this.retries = Objects.requireNonNull(retries, "retries");
  }

  /** See {@link DsqlTransactions#run(DataSource, TransactionWork)}. */
  <T, X extends Exception> T run(DataSource dataSource, TransactionWork<T, X> work)
      throws SQLException, X {
    RunningTransaction outer = RunningTransaction.of(dataSource);
    if (outer != null) {
      return outer.join(work);
    }
    List<Exception> earlier = new ArrayList<>();
    long start = retries.now();
    while (true) {
      TransactionAttempt attempt = new TransactionAttempt(dataSource);
      try {
        return attempt.run(work);
      } catch (Exception failure) {
        if (!attempt.isWholeTransaction() || !Conflict.invitesRepetition(failure)) {
          DsqlExceptions.suppress(earlier, failure);
          throw failure;
        }
        int executions = earlier.size() + 1;
        Optional<String> end = awaitNext(executions, start);
        if (end.isPresent()) {
          LOG.info("A conflict surfaces after {} executions: {}", executions, end.get());
          if (executions > 1 && failure instanceof SQLException last) {
            throw DsqlExceptions.retriesExhausted(
                last, earlier, executions, retries.since(start), end.get());
          }
          DsqlExceptions.suppress(earlier, failure);
          throw failure;
        }
        earlier.add(failure);
      }
    }
  }

  /** Returns when it is time for the next attempt, or why there is none. */
  private Optional<String> awaitNext(int executions, long start) {
    RetryDecision decision = retries.after(executions, retries.since(start));
    if (decision instanceof RetryDecision.Stop stop) {
      return Optional.of(stop.reason());
    }
    Duration delay = ((RetryDecision.Retry) decision).delay();
    LOG.debug("Conflict; execution {} follows in {}", executions + 1, delay);
    try {
      retries.sleeper().await(delay);
      return Optional.empty();
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      return Optional.of("the thread was interrupted");
    } catch (WaitCancelledException cancellation) {
      return Optional.of("the wait was cancelled");
    }
  }
}
