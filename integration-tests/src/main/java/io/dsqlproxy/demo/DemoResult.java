package io.dsqlproxy.demo;

import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.workload.WorkloadRun.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a demo run found out.
 *
 * @param phases the phases that were run, in order
 * @param driver what the driver counted during the run
 * @param server what the server saw
 */
public record DemoResult(
    List<PhaseResult> phases, DriverStatistics.Snapshot driver, ServerView server) {

  public DemoResult {
    phases = List.copyOf(phases);
  }

  /**
   * One phase.
   *
   * @param name what was run
   * @param outcome how it ended
   */
  public record PhaseResult(String name, Outcome outcome) {}

  /**
   * The server's own account.
   *
   * @param statements how many texts it was sent, to be run or prepared
   * @param lockingTexts the different texts among them that lock, by the strength of the lock
   * @param refusals how often it gave which refusal, by SQLSTATE and message
   * @param conflicts how often it answered 40001
   */
  public record ServerView(
      long statements, Map<String, Long> lockingTexts, Map<String, Long> refusals, long conflicts) {

    public ServerView {
      lockingTexts = Map.copyOf(lockingTexts);
      refusals = Map.copyOf(refusals);
    }
  }

  /** What ended the run before its time. */
  public Optional<RuntimeException> failure() {
    return phases.stream().flatMap(phase -> phase.outcome().failure().stream()).findFirst();
  }

  /** Whether every phase was run, every area got something done, and every invariant holds. */
  public boolean isGood() {
    return phases.size() == DemoRun.PHASES
        && phases.stream().allMatch(phase -> phase.outcome().isGood());
  }
}
