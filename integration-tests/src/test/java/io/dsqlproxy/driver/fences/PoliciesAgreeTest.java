package io.dsqlproxy.driver.fences;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.execution.NotReplayableException;
import io.dsqlproxy.driver.execution.VersionChangedException;
import io.dsqlproxy.driver.fences.ScenarioCluster.Policy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random transactions, in the middle of which somebody else commits a change: whatever the lock
 * policy, they end as with {@code forUpdate}, which takes every lock where the application asks for
 * it. The system property {@code agree.seconds} makes a soak of it; {@code agree.seed} begins with
 * the scenario that has this seed.
 *
 * <p>The differences that the documentation admits have names: {@link #onlyReads}, {@link
 * #returnsInAnyOrder}, {@link #isNotReplayable}. {@link #isConflictSeenElsewhere} and {@link
 * #mayReadPastItsWrites} are about the simulator.
 */
@Timeout(3_600)
class PoliciesAgreeTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final Duration DURATION =
      Duration.ofSeconds(Integer.getInteger("agree.seconds", 5)).dividedBy(2);
  private static final long SEED = Long.getLong("agree.seed", System.nanoTime() % 1_000_000);
  private static final List<Policy> POSTPONED = List.of(Policy.DEFERRED, Policy.CONDITIONAL);
  private static final String OFF = "off";
  private static final String TRANSACTION = "transaction";

  private static ScenarioCluster scenarios;

  private final Map<String, Integer> tally = new TreeMap<>();

  @BeforeAll
  static void create() throws SQLException {
    scenarios = new ScenarioCluster(CLUSTER);
  }

  @AfterAll
  static void close() throws SQLException {
    scenarios.close();
  }

  /** Whether two ways to run a scenario agree. */
  @FunctionalInterface
  private interface Comparison {

    /** What they disagree about; null if nothing. */
    String disagreement(Scenario scenario) throws SQLException;
  }

  /** Until the time is over, and all that can happen has happened. */
  private void checkMany(
      String name, boolean savepoints, Comparison comparison, Set<String> happens)
      throws SQLException {
    System.out.printf("policies agree, %s: seed %d%n", name, SEED);
    long end = System.nanoTime() + DURATION.toNanos();
    long seed = SEED;
    while (System.nanoTime() < end || !tally.keySet().containsAll(happens)) {
      Scenario scenario = ScenarioGenerator.scenario(seed++);
      if (scenario.hasSavepoint() && !savepoints) {
        continue;
      }
      String disagreement = comparison.disagreement(scenario);
      if (disagreement != null) {
        Scenario smallest = shrunk(scenario, comparison);
        assertThat(comparison.disagreement(smallest))
            .as("seed %d%n%s%nbecause of%n%s%n%s", seed - 1, smallest, scenario, disagreement)
            .isNull();
      }
    }
    System.out.println("policies agree, " + name + ": " + tally);
  }

  /** Without the steps that do not matter. */
  private static Scenario shrunk(Scenario scenario, Comparison comparison) throws SQLException {
    Scenario smallest = scenario;
    int step = scenario.steps().size() - 1;
    while (step >= 0) {
      Scenario smaller = smallest.without(step);
      scenarios.disconnect();
      if (smaller.isWhole() && comparison.disagreement(smaller) != null) {
        smallest = smaller;
        step = smallest.steps().size();
      }
      step--;
    }
    return smallest;
  }

  private void count(String what) {
    tally.merge(what, 1, Integer::sum);
  }

  private static String describe(String why, Object... outcomes) {
    StringBuilder text = new StringBuilder(why);
    for (Object outcome : outcomes) {
      text.append("\n    ").append(outcome);
    }
    return text.toString();
  }

  // -------------------- the differences that are documented

  /**
   * A transaction that writes nothing needs no locks: postponed ones are never taken. It may be
   * committed although somebody has changed what it has read.
   */
  private static boolean onlyReads(Scenario scenario, Outcome outcome) {
    return scenario.onlyReads(outcome.observed());
  }

  /**
   * A transaction is run again only if its rows come in the same order, which RETURNING does not
   * promise.
   */
  private static boolean returnsInAnyOrder(Outcome outcome) {
    return outcome.failure().contains(" RETURNING ");
  }

  /**
   * Once the simulator has put what a transaction wrote out of somebody else's way, a statement
   * with a qualified name does not find it there. That happens only to one that will not commit.
   */
  private static boolean mayReadPastItsWrites(Scenario scenario, Outcome oracle) {
    return scenario.namesSchemas() && oracle.isConflict();
  }

  /** Rows that were changed through a result set are not journaled. */
  private static boolean isNotReplayable(Outcome outcome) {
    return outcome.failure().contains(NotReplayableException.class.getSimpleName());
  }

  /**
   * The simulator answers 40001 to a statement with a qualified name that comes after the conflict,
   * and only to that: the transaction does not reach what would go wrong later.
   */
  private static boolean isConflictSeenElsewhere(
      Scenario scenario, Outcome oracle, Outcome outcome) {
    return scenario.namesSchemas()
        && !outcome.isCommitted()
        && (oracle.isConflict() || outcome.isConflict());
  }

  // -------------------- without retries

  @Test
  void theSameIsCommittedAndTheSameIsAConflict() throws SQLException {
    checkMany("without retries", false, this::withoutRetries, Set.of("committed", "conflicts"));
  }

  private String withoutRetries(Scenario scenario) throws SQLException {
    Outcome oracle = scenarios.run(scenario, Policy.FOR_UPDATE, OFF);
    for (Policy policy : POSTPONED) {
      Outcome outcome = scenarios.run(scenario, policy, OFF);
      if (outcome.interfered() != oracle.interfered()) {
        count("the other failed");
        return null;
      }
      String disagreement = compare(scenario, oracle, outcome);
      if (disagreement != null) {
        return describe(policy + ": " + disagreement, oracle, outcome);
      }
    }
    count(oracle.isCommitted() ? "committed" : oracle.isConflict() ? "conflicts" : "errors");
    return null;
  }

  private String compare(Scenario scenario, Outcome oracle, Outcome outcome) {
    if (!outcome.observedTheSame(oracle) && !mayReadPastItsWrites(scenario, oracle)) {
      return "something else was read";
    }
    if (outcome.isLike(oracle)) {
      return null;
    }
    if (oracle.isConflict() && outcome.isCommitted() && onlyReads(scenario, outcome)) {
      count("only reads");
      return outcome.changes().equals(oracle.changes()) ? null : "something was written";
    }
    if (oracle.isCommitted()) {
      return "a false alarm";
    }
    if (outcome.isCommitted()) {
      return "a lock was lost";
    }
    if (isConflictSeenElsewhere(scenario, oracle, outcome)) {
      count("conflict seen elsewhere");
      return outcome.changes().equals(oracle.changes()) ? null : "something was written";
    }
    return "another failure, or at another place";
  }

  // -------------------- with retries

  @Test
  void whatIsRunAgainAfterAConflictIsCommittedAsForUpdateWouldCommitIt() throws SQLException {
    checkMany(
        "with retries",
        true,
        this::withRetries,
        Set.of("committed at once", "run again", "surfaced"));
  }

  private String withRetries(Scenario scenario) throws SQLException {
    Scenario kept = scenario.withoutUndone();
    Outcome first = scenarios.run(kept, Policy.FOR_UPDATE, OFF);
    Outcome after = scenarios.run(kept.at(0), Policy.FOR_UPDATE, OFF);
    Outcome oracle = scenarios.run(scenario, Policy.FOR_UPDATE, TRANSACTION);
    if (!first.interfered() || !after.interfered() || !oracle.interfered()) {
      count("the other failed");
      return null;
    }
    for (Policy policy : Policy.values()) {
      Outcome outcome =
          policy == Policy.FOR_UPDATE ? oracle : scenarios.run(scenario, policy, TRANSACTION);
      String disagreement =
          outcome.interfered() ? compare(scenario, first, after, oracle, outcome) : null;
      if (disagreement != null) {
        return describe(policy + ": " + disagreement, first, after, oracle, outcome);
      }
    }
    return null;
  }

  private String compare(
      Scenario scenario, Outcome first, Outcome after, Outcome oracle, Outcome outcome) {
    if (outcome.isCommitted()) {
      if (outcome.isLike(first)) {
        count("committed at once");
        return null;
      }
      if (outcome.isLike(after)) {
        count("run again");
        return null;
      }
      if (onlyReads(scenario, outcome)
          && outcome.observedTheSame(first)
          && outcome.changes().equals(first.changes())) {
        count("only reads");
        return null;
      }
      return "committed what it could not have done";
    }
    if (!scenario.hasSavepoint() && first.isCommitted()) {
      return "a false alarm";
    }
    if (!scenario.hasSavepoint() && outcome.isConflict() && isAbsorbable(after, outcome)) {
      return "a conflict that running again absorbs";
    }
    if (!scenario.namesSchemas() && isVersionChanged(outcome)) {
      return "a version that nobody could change in a snapshot has changed";
    }
    if (outcome.isConflict()) {
      count("surfaced");
      return null;
    }
    boolean known =
        outcome.state().equals(first.state())
            || outcome.state().equals(after.state())
            || outcome.state().equals(oracle.state());
    return known ? null : "another error";
  }

  private static boolean isVersionChanged(Outcome outcome) {
    return outcome.failure().contains(VersionChangedException.class.getSimpleName());
  }

  /** Whether the whole transaction would have read the same in the next snapshot. */
  private static boolean isAbsorbable(Outcome after, Outcome outcome) {
    return after.isCommitted()
        && outcome.observedTheSame(after)
        && !returnsInAnyOrder(outcome)
        && !isNotReplayable(outcome);
  }
}
