package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.LockForm;
import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import io.dsqlproxy.rewriter.analysis.LockStrength;

/**
 * What the rules for the five kinds of row lock have in common: the lock policy says which form
 * takes the lock's place. Aurora DSQL itself has {@code FOR UPDATE} and {@code FOR KEY SHARE}, and
 * refuses the others (SQLSTATE 0A000, "locking clauses other than FOR UPDATE/FOR KEY SHARE are not
 * supported").
 */
abstract class RowLock implements LockingRule {

  private final RuleId id;
  private final LockStrength strength;

  RowLock(RuleId id, LockStrength strength) {
    this.id = id;
    this.strength = strength;
  }

  /** Why {@code FOR UPDATE} in its place, or the lock itself, keeps the guarantee. */
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
    Decision decision = decide(context, context.target());
    String reason = LockingRule.withWaitNote(context.clause(), decision.reason());
    String obstacle = context.obstacleToPostponement();
    return new Decision(
        decision.verdict(),
        obstacle == null ? reason : reason + "; it was not postponed, because " + obstacle);
  }

  private Decision decide(LockContext context, LockForm form) {
    return switch (form) {
      case FOR_UPDATE -> forUpdate(context);
      case FOR_KEY_SHARE -> forKeyShare(context);
      case DEFERRED -> {
        context.removeClause();
        yield new Decision(
            Verdict.REWRITTEN,
            "the lock policy defers it: before the transaction's first write the same query is run"
                + " with its lock, and never if it writes nothing");
      }
      case CONDITIONAL -> {
        context.removeClause();
        yield new Decision(
            Verdict.REWRITTEN,
            "the lock policy makes it conditional: an UPDATE or DELETE of a row that was read asks"
                + " for the version that was read, and a row that is not written is locked before"
                + " COMMIT if the transaction wrote anything");
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

  private Decision forUpdate(LockContext context) {
    if (strength == LockStrength.FOR_UPDATE) {
      return new Decision(Verdict.UNCHANGED, whyForUpdate());
    }
    context.replaceStrength(LockStrength.FOR_UPDATE);
    return new Decision(Verdict.REWRITTEN, whyForUpdate());
  }

  private Decision forKeyShare(LockContext context) {
    if (strength == LockStrength.FOR_KEY_SHARE) {
      return new Decision(
          Verdict.UNCHANGED,
          "Aurora DSQL checks the row's existence and key for conflicts at COMMIT");
    }
    context.replaceStrength(LockStrength.FOR_KEY_SHARE);
    return new Decision(
        Verdict.REWRITTEN_WITH_LOSS,
        "the lock policy asks for it: another transaction may change the row's other columns"
            + " unnoticed");
  }
}
