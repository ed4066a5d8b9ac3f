package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import io.dsqlproxy.rewriter.analysis.LockStrength;

/**
 * {@code SELECT 1 FOR SHARE} stays as it is, whatever the strength: a clause that reaches no table
 * locks nothing, and Aurora DSQL accepts it, as PostgreSQL does.
 */
final class LockWithoutTable implements LockingRule {

  @Override
  public RuleId id() {
    return RuleId.LOCK_WITHOUT_TABLE;
  }

  @Override
  public boolean appliesTo(LockContext context) {
    return !context.clause().hasFrom()
        && context.clause().strength() != LockStrength.LOCK_IN_SHARE_MODE;
  }

  @Override
  public Decision apply(LockContext context) {
    return new Decision(Verdict.UNCHANGED, "the query reads no table, so nothing is locked");
  }
}
