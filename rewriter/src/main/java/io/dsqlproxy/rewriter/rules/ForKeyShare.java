package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import io.dsqlproxy.rewriter.analysis.LockStrength;

/** {@code SELECT … FOR KEY SHARE} stays as it is: Aurora DSQL has it since August 2026. */
final class ForKeyShare implements LockingRule {

  @Override
  public RuleId id() {
    return RuleId.FOR_KEY_SHARE;
  }

  @Override
  public boolean appliesTo(LockContext context) {
    return context.clause().strength() == LockStrength.FOR_KEY_SHARE;
  }

  @Override
  public Decision apply(LockContext context) {
    return new Decision(
        Verdict.UNCHANGED,
        LockingRule.withWaitNote(
            context.clause(),
            "Aurora DSQL checks the row's existence and key for conflicts at COMMIT"));
  }
}
