package io.dsqlproxy.driver.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryDecisionTest {

  private static final RetryPolicy POLICY =
      new RetryPolicy(5, Duration.ofMillis(50), Duration.ofMillis(150), Duration.ofSeconds(10));

  /** Always draws the greatest number that may be drawn. */
  private static final RandomGenerator GREATEST =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          throw new UnsupportedOperationException();
        }

        @Override
        public long nextLong(long bound) {
          return bound - 1;
        }
      };

  @ParameterizedTest
  @CsvSource({"1, 50", "2, 100", "3, 150", "4, 150"})
  void longestDelayDoublesUpToItsMaximum(int executions, long milliseconds) {
    assertThat(RetryDecision.after(executions, Duration.ZERO, POLICY, GREATEST))
        .isEqualTo(new RetryDecision.Retry(Duration.ofMillis(milliseconds)));
  }

  @Test
  void delayMayBeAsShortAsNothing() {
    RandomGenerator least = () -> 0L;
    assertThat(RetryDecision.after(4, Duration.ZERO, POLICY, least))
        .isEqualTo(new RetryDecision.Retry(Duration.ZERO));
  }

  @Test
  void stopsWhenThePolicyAllowsNoFurtherExecution() {
    assertThat(RetryDecision.after(5, Duration.ZERO, POLICY, GREATEST))
        .isEqualTo(new RetryDecision.Stop("the policy allows 5 executions"));
  }

  @Test
  void neverWaitsBeyondTheDeadline() {
    assertThat(RetryDecision.after(1, Duration.ofMillis(9_980), POLICY, GREATEST))
        .isEqualTo(new RetryDecision.Retry(Duration.ofMillis(20)));
  }

  @ParameterizedTest
  @CsvSource({"10000", "10001"})
  void stopsAtTheDeadline(long elapsed) {
    assertThat(RetryDecision.after(1, Duration.ofMillis(elapsed), POLICY, GREATEST))
        .isEqualTo(new RetryDecision.Stop("the deadline of 10000 ms has passed"));
  }

  @Test
  void doublingNeverOverflows() {
    RetryPolicy endless =
        new RetryPolicy(
            Integer.MAX_VALUE, Duration.ofNanos(1), Duration.ofHours(1), Duration.ofDays(10_000));
    assertThat(RetryDecision.after(Integer.MAX_VALUE - 1, Duration.ZERO, endless, GREATEST))
        .isEqualTo(new RetryDecision.Retry(Duration.ofHours(1)));
  }

  @Test
  void withoutABaseDelayThereIsNoDelay() {
    RetryPolicy eager =
        new RetryPolicy(
            Integer.MAX_VALUE, Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1));
    assertThat(RetryDecision.after(1_000_000_000, Duration.ZERO, eager, GREATEST))
        .isEqualTo(new RetryDecision.Retry(Duration.ZERO));
  }
}
