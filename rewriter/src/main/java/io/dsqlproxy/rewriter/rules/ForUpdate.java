package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import io.dsqlproxy.rewriter.analysis.LockStrength;

/**
 * {@code SELECT … FOR UPDATE} stays as it is: Aurora DSQL accepts it behind every query that
 * PostgreSQL accepts it behind, and it <em>is</em> the version check at COMMIT.
 */
final class ForUpdate implements LockingRule {

  @Override
  public RuleId id() {
    return RuleId.FOR_UPDATE;
  }

  @Override
  public boolean appliesTo(LockContext context) {
    return context.clause().strength() == LockStrength.FOR_UPDATE;
  }

  @Override
  public Decision apply(LockContext context) {
    return new Decision(
        Verdict.UNCHANGED,
        LockingRule.withWaitNote(
            context.clause(),
            "Aurora DSQL checks the row for conflicts at COMMIT instead of blocking others"));
  }
}
