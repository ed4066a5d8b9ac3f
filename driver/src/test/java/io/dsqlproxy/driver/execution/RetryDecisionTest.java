package io.dsqlproxy.driver.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
  void neverWaitsBeyondTheNearestLimit() {
    assertThat(
            RetryDecision.after(
                1,
                Duration.ofMillis(9_970),
                POLICY,
                GREATEST,
                TimeLimit.transactionAge(Duration.ofSeconds(299).plusMillis(980)),
                TimeLimit.queryTimeout(Duration.ofMillis(10))))
        .isEqualTo(new RetryDecision.Retry(Duration.ofMillis(10)));
    assertThat(
            RetryDecision.after(
                1,
                Duration.ZERO,
                POLICY,
                GREATEST,
                TimeLimit.queryTimeout(Duration.ofMillis(30)),
                TimeLimit.transactionAge(Duration.ofSeconds(299).plusMillis(980))))
        .isEqualTo(new RetryDecision.Retry(Duration.ofMillis(20)));
  }

  @ParameterizedTest
  @CsvSource({"0", "-1"})
  void stopsWhenALimitHasPassed(long left) {
    Duration passed = Duration.ofMillis(left);
    TimeLimit far = TimeLimit.queryTimeout(Duration.ofSeconds(1));
    assertThat(
            RetryDecision.after(
                1, Duration.ZERO, POLICY, GREATEST, far, TimeLimit.queryTimeout(passed)))
        .isEqualTo(new RetryDecision.Stop("the query timeout has passed"));
    assertThat(
            RetryDecision.after(
                1,
                Duration.ZERO,
                POLICY,
                GREATEST,
                TimeLimit.transactionAge(Duration.ofMinutes(5).minus(passed)),
                far))
        .isEqualTo(
            new RetryDecision.Stop(
                "the transaction is older than the 5 minutes that Aurora DSQL gives it"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noDelayIsNegativeOrBeyondItsBound(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 1_000; i++) {
      Duration left = Duration.ofNanos(1 + random.nextLong(200_000_000));
      RetryDecision decision =
          RetryDecision.after(
              1 + random.nextInt(4),
              Duration.ZERO,
              POLICY,
              random,
              new TimeLimit(left, "it is over"));
      Duration delay = ((RetryDecision.Retry) decision).delay();
      assertThat(delay).isBetween(Duration.ZERO, left).isLessThanOrEqualTo(Duration.ofMillis(150));
    }
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
