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

  private final LongAdder statements = new LongAdder();
  private final LongAdder rewritten = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder conflicts = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder tokensSigned = new LongAdder();
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
    statements.increment();
  }

  /** A statement is about to be sent, or was refused, in a form that somebody decided about. */
  public void planApplied(String sql, PlannedForm form) {
    if (form instanceof PlannedForm.Refuse) {
      refused.increment();
      return;
    }
    PlannedForm.Send send = (PlannedForm.Send) form;
    if (send.sql() == sql) {
      return;
    }
    rewritten.increment();
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
    conflicts.increment();
  }

  /** A statement is run again after a conflict. */
  public void statementRetried() {
    retries.increment();
  }

  /** An authentication token was signed. */
  public void tokenSigned() {
    tokensSigned.increment();
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
        statements.sum(),
        rewritten.sum(),
        refused.sum(),
        conflicts.sum(),
        retries.sum(),
        tokensSigned.sum(),
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
   * @param retries executions after a conflict
   * @param tokensSigned authentication tokens signed
   * @param byRule what each rule changed; rules that changed nothing are absent
   */
  public record Snapshot(
      long statements,
      long rewritten,
      long refused,
      long conflicts,
      long retries,
      long tokensSigned,
      Map<RuleId, RuleChanges> byRule) {

    public Snapshot {
      byRule = Map.copyOf(byRule);
    }
  }
}
