package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.LockForm;
import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import io.dsqlproxy.rewriter.analysis.LockStrength;

/**
 * What the rules for locks that Aurora DSQL refuses (SQLSTATE 0A000, "locking clauses other than
 * FOR UPDATE/FOR KEY SHARE are not supported") have in common: the lock policy says which form
 * takes the lock's place.
 */
abstract class UnsupportedLock implements LockingRule {

  private final RuleId id;
  private final LockStrength strength;

  UnsupportedLock(RuleId id, LockStrength strength) {
    this.id = id;
    this.strength = strength;
  }

  /** Why {@code FOR UPDATE} in its place keeps the guarantee, and what it costs. */
  abstract String whyForUpdate();

  @Override
  public final RuleId id() {
    return id;
  }

  @Override
  public final boolean appliesTo(LockContext context) {
    return context.clause().strength() == strength;
  }

  @Override
  public final Decision apply(LockContext context) {
    LockForm form = context.target();
    return switch (form) {
      case FOR_UPDATE -> {
        context.replaceStrength(LockStrength.FOR_UPDATE);
        yield new Decision(
            Verdict.REWRITTEN, LockingRule.withWaitNote(context.clause(), whyForUpdate()));
      }
      case FOR_KEY_SHARE -> {
        context.replaceStrength(LockStrength.FOR_KEY_SHARE);
        yield new Decision(
            Verdict.REWRITTEN_WITH_LOSS,
            LockingRule.withWaitNote(
                context.clause(),
                "the lock policy asks for it: another transaction may change the row's other"
                    + " columns unnoticed"));
      }
      case NONE -> {
        context.removeClause();
        yield new Decision(
            Verdict.REWRITTEN_WITH_LOSS,
            "the lock policy asks for it: another transaction may change or delete the row"
                + " unnoticed");
      }
    };
  }
}
