package io.dsqlproxy.driver.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryBudgetTest {

  @Test
  void itBeginsWithAWholeBurst() {
    assertThat(drain(new RetryBudget(1))).isEqualTo(RetryBudget.BURST);
  }

  @Test
  void itNeverSavesMoreThanABurst() {
    RetryBudget budget = new RetryBudget(1000);
    start(budget, 10_000);
    assertThat(drain(budget)).isEqualTo(RetryBudget.BURST);
    start(budget, 10_000);
    assertThat(drain(budget)).isEqualTo(RetryBudget.BURST);
  }

  @ParameterizedTest
  @CsvSource({"1, 99, 0", "1, 100, 1", "20, 100, 20", "100, 7, 7", "1000, 3, 30", "150, 1, 1"})
  void transactionsAddTheirShare(int share, int transactions, int retries) {
    RetryBudget budget = new RetryBudget(share);
    drain(budget);
    start(budget, transactions);
    assertThat(drain(budget)).isEqualTo(retries);
  }

  @Test
  void aRefusedRetryCostsNothing() {
    RetryBudget budget = new RetryBudget(50);
    drain(budget);
    budget.transactionStarted();
    assertThat(budget.tryRetry()).isFalse();
    budget.transactionStarted();
    assertThat(budget.tryRetry()).isTrue();
  }

  @Test
  void anUnlimitedBudgetStaysSo() {
    RetryBudget budget = RetryBudget.unlimited();
    for (int i = 0; i < 10 * RetryBudget.BURST; i++) {
      budget.transactionStarted();
      assertThat(budget.tryRetry()).isTrue();
    }
  }

  @Test
  void aShareOfNothingIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new RetryBudget(0));
  }

  @Test
  void threadsTogetherGetNoMoreAndNoLessThanThereIs() throws Exception {
    RetryBudget budget = new RetryBudget(100);
    drain(budget);
    int rounds = 50_000;
    Callable<Integer> worker =
        () -> {
          int granted = 0;
          for (int i = 0; i < rounds; i++) {
            budget.transactionStarted();
            granted += budget.tryRetry() ? 1 : 0;
          }
          return granted;
        };
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      int granted = 0;
      for (Future<Integer> result :
          threads.invokeAll(Stream.generate(() -> worker).limit(4).toList())) {
        granted += result.get();
      }
      assertThat(granted + drain(budget)).isEqualTo(4 * rounds);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void start(RetryBudget budget, int transactions) {
    for (int i = 0; i < transactions; i++) {
      budget.transactionStarted();
    }
  }

  private static int drain(RetryBudget budget) {
    int retries = 0;
    while (budget.tryRetry()) {
      retries++;
    }
    return retries;
  }
}
