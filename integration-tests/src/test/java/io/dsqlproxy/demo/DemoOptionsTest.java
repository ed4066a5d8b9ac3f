package io.dsqlproxy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line means what it says, or nothing. */
class DemoOptionsTest {

  @Test
  void withoutArgumentsLocksAreRewrittenForAMinute() {
    assertThat(DemoOptions.parse()).isEqualTo(new DemoOptions(Duration.ofMinutes(1), true));
  }

  @Test
  void bothSpellingsOfTheTimeAreUnderstood() {
    assertThat(DemoOptions.parse("--seconds=7", "--rewrite=off"))
        .isEqualTo(new DemoOptions(Duration.ofSeconds(7), false))
        .isEqualTo(DemoOptions.parse("--rewrite=off", "--seconds", "7"));
  }

  @ParameterizedTest
  @CsvSource({
    "--seconds=soon, whole number",
    "--seconds, whole number",
    "--seconds=2, 3 to 3600",
    "--seconds=3601, 3 to 3600",
    "--rewrite=perhaps, unknown argument: --rewrite=perhaps",
    "60, unknown argument: 60"
  })
  void anythingElseIsRefusedWithTheReason(String argument, String reason) {
    assertThatThrownBy(() -> DemoOptions.parse(argument))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }
}
