package io.dsqlproxy.driver.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WarningRateTest {

  private long now = Long.MAX_VALUE - Duration.ofSeconds(90).toNanos();
  private final WarningRate warnings = new WarningRate(Duration.ofMinutes(1), () -> now);

  @Test
  void theFirstIsDueAtOnceAndLaterOnesOnceInTheIntervalForAllThatWereWithheld() {
    assertThat(warnings.due()).isEqualTo(1);
    assertThat(warnings.due()).isZero();
    now += Duration.ofSeconds(59).toNanos();
    assertThat(warnings.due()).isZero();
    now += Duration.ofSeconds(1).toNanos();
    assertThat(warnings.due()).isEqualTo(3);
    // The clock has run over.
    now += Duration.ofMinutes(2).toNanos();
    assertThat(warnings.due()).isEqualTo(1);
    assertThat(warnings.due()).isZero();
  }
}
