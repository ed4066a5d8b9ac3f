package io.dsqlproxy.driver.history;

import io.dsqlproxy.driver.history.HistoryRun.Result;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What has happened in several runs. Confined to its thread. */
final class Tally {

  private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
  private final Map<String, Long> failures = new TreeMap<>();
  private long conflicts;
  private long replays;
  private long retries;
  private long cuts;

  void add(Result result) {
    for (ObservedTransaction transaction : result.history().transactions()) {
      outcomes.merge(transaction.outcome(), 1L, Long::sum);
      if (!transaction.detail().isEmpty()) {
        failures.merge(transaction.detail(), 1L, Long::sum);
      }
    }
    conflicts += result.statistics().conflicts();
    replays += result.statistics().replays();
    retries += result.statistics().retries();
    cuts += result.cuts();
  }

  /** Whether a run was worth its while. */
  boolean isAboutEverything() {
    return outcomes.keySet().containsAll(Set.of(Outcome.COMMITTED, Outcome.FAILED, Outcome.UNKNOWN))
        && conflicts > 0
        && replays > 0
        && cuts > 0;
  }

  @Override
  public String toString() {
    return String.format(
        "%s; %d conflicts, %d replays, %d statements run again, %d connections cut; failures %s",
        outcomes, conflicts, replays, retries, cuts, failures);
  }
}
