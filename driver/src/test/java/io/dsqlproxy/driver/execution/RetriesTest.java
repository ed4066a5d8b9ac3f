package io.dsqlproxy.driver.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetriesTest {

  private static final RetryPolicy POLICY =
      new RetryPolicy(3, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1));

  private final RetryBudget budget = new RetryBudget(1);
  private final Retries retries =
      new Retries(POLICY, budget, () -> 0, Random::new, delay -> assertThat(delay).isZero());

  @Test
  void whatIsDecidedIsTakenFromTheBudgetUntilItIsUsedUp() {
    for (int i = 0; i < RetryBudget.BURST; i++) {
      assertThat(retries.after(1, Duration.ZERO)).isInstanceOf(RetryDecision.Retry.class);
    }
    assertThat(retries.after(1, Duration.ZERO))
        .isEqualTo(new RetryDecision.Stop("the retry budget of its URL is used up"));
  }

  @Test
  void whatIsNotRunAgainCostsNothing() {
    TimeLimit passed = TimeLimit.queryTimeout(Duration.ZERO);
    for (int i = 0; i < 10; i++) {
      retries.after(3, Duration.ZERO);
      retries.after(1, Duration.ofSeconds(1));
      retries.after(1, Duration.ZERO, passed);
    }
    assertThat(budget).hasToString("RetryBudget[" + RetryBudget.BURST + ']');
  }
}
