package io.dsqlproxy.driver.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.observation.DriverEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The page about renewing tokens says what the driver does. */
class RenewingTokensPageTest {

  private static final Duration LIFETIME = Duration.ofMinutes(15);

  private static String page() throws IOException {
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    return Files.readString(module.resolve("docs/renewing-tokens.md")).replaceAll("\\s+", " ");
  }

  private static long percentUntilRenewal(double chance) {
    Token token = Token.of("", Instant.EPOCH, LIFETIME, chance);
    return token.renewAt().getEpochSecond() * 100 / LIFETIME.toSeconds();
  }

  @Test
  void itNamesTheTimesOfTheTokens() throws IOException {
    Token token = Token.of("", Instant.EPOCH, LIFETIME, 0);
    long margin = LIFETIME.toSeconds() - token.uselessAt().getEpochSecond();
    assertThat(page())
        .contains("Between " + percentUntilRenewal(0) + " and " + percentUntilRenewal(1) + " %")
        .contains("not used in its last " + margin + " seconds (the last tenth, if that is less)");
  }

  @Test
  void itSaysWhatToWatchForEveryEventOfTokensAndLogins() throws IOException {
    assertThat(page())
        .contains(
            Arrays.stream(DriverEvent.values())
                .map(DriverEvent::key)
                .filter(key -> key.startsWith("tokens.") || key.startsWith("connects."))
                .filter(key -> !key.equals("connects.attempted"))
                .map(key -> "| `" + key + "` |")
                .toList());
  }
}
