package io.dsqlproxy.rewriter.rules;

import java.util.List;

/** The rules for locking clauses, in order: the first that applies to a clause decides about it. */
public final class LockingRules {

  private static final List<LockingRule> IN_ORDER =
      List.of(
          new LockWithoutTable(),
          new LockBesideAggregate(),
          new ForUpdate(),
          new ForNoKeyUpdate(),
          new ForShare(),
          new LockInShareMode(),
          new ForKeyShare());

  private LockingRules() {}

  /** The rule that decides about a clause; every strength has one. */
  public static LockingRule ruleFor(LockContext context) {
    for (LockingRule rule : IN_ORDER) {
      if (rule.appliesTo(context)) {
        return rule;
      }
    }
    throw new IllegalStateException("no rule for " + context.clause().strength());
  }
}
