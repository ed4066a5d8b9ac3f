package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import io.dsqlproxy.rewriter.analysis.LockingClause;

/** What is sent, inside a transaction, in the place of one kind of lock. Stateless. */
public interface LockingRule {

  /** The name under which findings and counters show the rule. */
  RuleId id();

  /** Whether the rule decides about this clause; the first rule that says so does. */
  boolean appliesTo(LockContext context);

  /** Makes its changes in the context's edits, or none. */
  Decision apply(LockContext context);

  /**
   * What a rule decided.
   *
   * @param verdict what became of the clause
   * @param reason why, in a sentence
   */
  record Decision(Verdict verdict, String reason) {}

  /**
   * What the finding adds about NOWAIT and SKIP LOCKED, which Aurora DSQL accepts as words only.
   */
  static String withWaitNote(LockingClause clause, String reason) {
    return switch (clause.waitPolicy()) {
      case WAIT -> reason;
      case NOWAIT -> reason + "; NOWAIT is accepted, but no statement ever waits";
      case SKIP_LOCKED ->
          reason + "; SKIP LOCKED is accepted, but no row is ever locked, so none is skipped";
    };
  }
}
