package io.dsqlproxy.driver.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.history.HistoryRun.Result;
import io.dsqlproxy.driver.history.PlanGenerator.Profile;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random transactions on several connections, while conflicts and lost connections are scattered
 * among them: whatever the driver runs again, what its applications saw and left behind can be
 * explained. The system property {@code history.seconds} makes a soak of it; {@code history.seed}
 * begins with the same choices again, of which the first round is the one that failed.
 */
@Timeout(3_600)
class RandomHistoriesTest {

  private static final Duration DURATION =
      Duration.ofSeconds(Integer.getInteger("history.seconds", 8));
  private static final long SEED = Long.getLong("history.seed", System.nanoTime() % 1_000_000);

  /** Patience is not what is tested. */
  private static final String QUICK_RETRIES = "&retryBaseDelay=2ms&retryMaxDelay=50ms";

  @Test
  void whatApplicationsSawAndLeftBehindCanBeExplained() throws Exception {
    System.out.printf("histories: seed %d%n", SEED);
    Tally tally = new Tally();
    try (HistoryRun run = new HistoryRun(QUICK_RETRIES)) {
      long end = System.nanoTime() + DURATION.toNanos();
      for (long seed = SEED; System.nanoTime() < end; seed++) {
        for (Profile profile : Profile.values()) {
          Result result = run.run(seed, profile);
          tally.add(result);
          List<Finding> findings = Checker.check(result.history());
          if (Boolean.getBoolean("history.verbose")) {
            System.out.println("histories: " + tally);
          }
          assertThat(findings)
              .as("seed %d, %s%n%s", seed, profile, explain(result.history(), findings))
              .isEmpty();
        }
      }
    }
    System.out.println("histories: " + tally);
    assertThat(tally.isAboutEverything()).as(tally.toString()).isTrue();
  }

  private static String explain(History history, List<Finding> findings) {
    return findings.stream()
        .limit(5)
        .map(
            finding ->
                finding
                    + history.transactions().stream()
                        .filter(one -> finding.transactions().contains(one.id()))
                        .map(one -> "\n  " + one.describe())
                        .collect(Collectors.joining()))
        .collect(Collectors.joining("\n"));
  }
}
