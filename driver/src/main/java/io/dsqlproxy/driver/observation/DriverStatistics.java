package io.dsqlproxy.driver.observation;

import io.dsqlproxy.rewriter.Finding;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what the driver does on the application's behalf. Safe for use by many threads; counters
 * only grow.
 */
public final class DriverStatistics {

  private static final DriverStatistics GLOBAL = new DriverStatistics();

  static {
    GLOBAL.listeners.addServices();
  }

  private final Listeners listeners = new Listeners();
  private final Counters counters = new Counters(listeners);
  private final ConnectionStatistics connections = new ConnectionStatistics(counters);
  private final LongAdder[] changesByRule = new LongAdder[RuleId.values().length];
  private final AtomicReferenceArray<Example> exampleByRule =
      new AtomicReferenceArray<>(RuleId.values().length);

  /** Statistics of their own, for one data source or one test. */
  public DriverStatistics() {
    for (int i = 0; i < changesByRule.length; i++) {
      changesByRule[i] = new LongAdder();
    }
  }

  /** What all connections of this JVM count in, unless they were given statistics of their own. */
  public static DriverStatistics global() {
    return GLOBAL;
  }

  /** A statement was handed over for execution; a batch counts each of its entries. */
  public void statementExecuted() {
    counters.count(DriverEvent.STATEMENT);
  }

  /** A statement is about to be sent, or was refused, in a form that somebody decided about. */
  public void planApplied(String sql, PlannedForm form) {
    if (form instanceof PlannedForm.Refuse) {
      counters.happened(DriverEvent.STATEMENT_REFUSED);
      return;
    }
    PlannedForm.Send send = (PlannedForm.Send) form;
    if (send.sql() == sql) {
      return;
    }
    counters.happened(DriverEvent.STATEMENT_REWRITTEN);
    for (Finding finding : send.findings()) {
      if (finding.verdict() != Verdict.UNCHANGED) {
        int rule = finding.rule().ordinal();
        changesByRule[rule].increment();
        if (exampleByRule.get(rule) == null) {
          exampleByRule.compareAndSet(rule, null, new Example(sql, send.sql()));
        }
      }
    }
  }

  /** The server answered SQLSTATE 40001. */
  public void conflictSeen() {
    counters.happened(DriverEvent.CONFLICT);
  }

  /** A statement is run again after a conflict. */
  public void statementRetried() {
    counters.happened(DriverEvent.RETRY);
  }

  /** A transaction is run again, after a conflict or to go back to a savepoint. */
  public void transactionReplayed() {
    counters.happened(DriverEvent.REPLAY);
  }

  /** A conflict surfaced because it was not run again any more. */
  public void retriesExhausted() {
    counters.happened(DriverEvent.RETRIES_EXHAUSTED);
  }

  /** A conflict surfaced because a replay had another outcome. */
  public void dataChanged() {
    counters.happened(DriverEvent.DATA_CHANGED);
  }

  /** A conflict surfaced because its transaction could not be run again. */
  public void notReplayable() {
    counters.happened(DriverEvent.NOT_REPLAYABLE);
  }

  /** Nobody knows what became of a COMMIT. */
  public void commitUnknown() {
    counters.happened(DriverEvent.COMMIT_UNKNOWN);
  }

  /** What happens until a physical connection is open. */
  public ConnectionStatistics connections() {
    return connections;
  }

  /** How often something happened. */
  public long count(DriverEvent event) {
    return counters.of(event);
  }

  /** How long something took. */
  public TimingSummary timing(DriverTiming timing) {
    return counters.of(timing);
  }

  /**
   * Something took so long.
   *
   * @param nanoseconds negative times count as 0
   */
  public void took(DriverTiming timing, long nanoseconds) {
    counters.took(timing, nanoseconds);
  }

  /** From now on the listener hears what happens. */
  public void addListener(DriverListener listener) {
    listeners.add(listener);
  }

  /** The listener hears nothing any more; without effect if it did not. */
  public void removeListener(DriverListener listener) {
    listeners.remove(listener);
  }

  /** The counters at this moment; each is exact, together they are not one instant. */
  public Snapshot snapshot() {
    Map<RuleId, RuleChanges> rules = new EnumMap<>(RuleId.class);
    for (RuleId rule : RuleId.values()) {
      Example example = exampleByRule.get(rule.ordinal());
      if (example != null) {
        rules.put(rule, new RuleChanges(changesByRule[rule.ordinal()].sum(), example));
      }
    }
    return new Snapshot(
        counters.of(DriverEvent.STATEMENT),
        counters.of(DriverEvent.STATEMENT_REWRITTEN),
        counters.of(DriverEvent.STATEMENT_REFUSED),
        counters.of(DriverEvent.CONFLICT),
        counters.of(DriverEvent.RETRY),
        counters.of(DriverEvent.REPLAY),
        counters.of(DriverEvent.RETRIES_EXHAUSTED),
        counters.of(DriverEvent.DATA_CHANGED),
        counters.of(DriverEvent.NOT_REPLAYABLE),
        counters.of(DriverEvent.COMMIT_UNKNOWN),
        connections.snapshot(),
        rules);
  }

  /**
   * The first statement that a rule changed.
   *
   * @param before the application's text
   * @param after the text that was sent
   */
  public record Example(String before, String after) {}

  /**
   * What one rule changed.
   *
   * @param constructs how many constructs, in executed statements
   * @param example the first one
   */
  public record RuleChanges(long constructs, Example example) {}

  /**
   * A reading of all counters.
   *
   * @param statements executed, each batch entry counted
   * @param rewritten executed with a changed text
   * @param refused not sent
   * @param conflicts answers with SQLSTATE 40001
   * @param retries executions of one statement in autocommit after a conflict
   * @param replays transactions run again, after a conflict or to go back to a savepoint
   * @param exhausted conflicts that surfaced because nothing was run again any more
   * @param dataChanged conflicts that surfaced because a replay had another outcome
   * @param notReplayable conflicts that surfaced because the transaction could not be run again
   * @param commitsUnknown COMMITs whose outcome nobody knows
   * @param connections what happened until physical connections were open
   * @param byRule what each rule changed; rules that changed nothing are absent
   */
  public record Snapshot(
      long statements,
      long rewritten,
      long refused,
      long conflicts,
      long retries,
      long replays,
      long exhausted,
      long dataChanged,
      long notReplayable,
      long commitsUnknown,
      ConnectionStatistics.Snapshot connections,
      Map<RuleId, RuleChanges> byRule) {

    public Snapshot {
      byRule = Map.copyOf(byRule);
    }

    /** What was counted after an earlier reading; rules that changed nothing since are absent. */
    public Snapshot since(Snapshot before) {
      Map<RuleId, RuleChanges> rules = new EnumMap<>(RuleId.class);
      byRule.forEach(
          (rule, changes) -> {
            RuleChanges earlier = before.byRule.get(rule);
            long constructs = changes.constructs() - (earlier == null ? 0 : earlier.constructs());
            if (constructs > 0) {
              rules.put(rule, new RuleChanges(constructs, changes.example()));
            }
          });
      return new Snapshot(
          statements - before.statements,
          rewritten - before.rewritten,
          refused - before.refused,
          conflicts - before.conflicts,
          retries - before.retries,
          replays - before.replays,
          exhausted - before.exhausted,
          dataChanged - before.dataChanged,
          notReplayable - before.notReplayable,
          commitsUnknown - before.commitsUnknown,
          connections.since(before.connections),
          rules);
    }
  }
}
