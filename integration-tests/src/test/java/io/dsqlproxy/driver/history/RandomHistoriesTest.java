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
 * begins with the run that has this seed.
 */
@Timeout(3_600)
class RandomHistoriesTest {

  private static final Duration DURATION =
      Duration.ofSeconds(Integer.getInteger("history.seconds", 8));
  private static final int CHOICES = Profile.values().length * Policy.values().length;
  private static final long SEED =
      Long.getLong("history.seed", System.nanoTime() % 1_000_000 * CHOICES);

  @Test
  void whatApplicationsSawAndLeftBehindCanBeExplained() throws Exception {
    System.out.printf("histories: seed %d%n", SEED);
    Tally tally = new Tally();
    try (HistoryRun run = new HistoryRun()) {
      long end = System.nanoTime() + DURATION.toNanos();
      for (long seed = SEED; seed <= SEED + 1 || System.nanoTime() < end; seed++) {
        tally.add(checkedRun(run, seed));
      }
    }
    System.out.println("histories: " + tally);
    assertThat(tally.isAboutEverything()).as(tally.toString()).isTrue();
  }

  /** The seed says everything about a run: also which transactions, and which policy. */
  private static Result checkedRun(HistoryRun run, long seed) throws Exception {
    int choice = (int) (seed % CHOICES);
    Profile profile = Profile.values()[choice % Profile.values().length];
    Policy policy = Policy.values()[choice / Profile.values().length];
    Result result = run.run(seed, profile, policy.parameters());
    List<Finding> findings = Checker.check(result.history());
    assertThat(findings)
        .as("seed %d, %s, %s%n%s", seed, profile, policy, explain(result.history(), findings))
        .isEmpty();
    return result;
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
