package io.dsqlproxy.driver.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.replay.ContendedCounter.Outcome;
import io.dsqlproxy.driver.replay.ContendedCounter.Transaction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An application without retry logic, on a driver with its default settings: sixteen threads that
 * update one row without reading it see no conflict, and none of their updates is lost or repeated.
 * The system property {@code counter.rounds} says how often each thread adds one.
 */
@Timeout(600)
class ContendedCounterTest {

  private static final int THREADS = 16;
  private static final int ROUNDS = Integer.getInteger("counter.rounds", 12);
  private static final String DEFAULTS = "";

  private static ContendedCounter counter;

  @BeforeAll
  static void start() throws Exception {
    counter = new ContendedCounter();
  }

  @AfterAll
  static void stop() {
    counter.close();
  }

  @Test
  void updatesInAutocommitAreAllCountedOnceAndNoConflictSurfaces() throws Exception {
    assertAllCounted("autocommit", ContendedCounter::inAutocommit);
  }

  @Test
  void updatesInTransactionsAreAllCountedOnceAndNoConflictSurfaces() throws Exception {
    assertAllCounted("transactions", ContendedCounter::inTransaction);
  }

  @Test
  void updatesBesideAnInsertAreAllCountedOnceAndNoConflictSurfaces() throws Exception {
    int before = counter.rows();
    assertAllCounted("transactions with a row", ContendedCounter::withARow);
    assertThat(counter.rows() - before).isEqualTo(THREADS * ROUNDS);
  }

  private static void assertAllCounted(String name, Transaction transaction) throws Exception {
    Outcome outcome = counter.contend(DEFAULTS, THREADS, ROUNDS, transaction);
    System.out.println("contended counter, " + name + ": " + outcome);
    assertThat(outcome.surfaced()).isEmpty();
    assertThat(counter.count()).isEqualTo(THREADS * ROUNDS);
    assertThat(outcome.mostExecutions()).as("contention").isGreaterThan(1);
  }
}
