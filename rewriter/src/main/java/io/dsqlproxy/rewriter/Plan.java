package io.dsqlproxy.rewriter;

import java.util.Objects;

/**
 * How one statement text is sent: one form for autocommit, where the statement is a whole
 * transaction, and one for use inside a transaction. Which of the two applies is the caller's to
 * decide when it executes, from the state of the transaction at that moment. Immutable.
 *
 * @param sql the text as the application gave it
 * @param autocommit the form for a statement that is a transaction of its own
 * @param inTransaction the form for a statement inside, or at the start of, a larger transaction
 * @param effect what it may change; known only where the lock policy postpones locks
 */
public record Plan(String sql, PlannedForm autocommit, PlannedForm inTransaction, Effect effect) {

  public Plan {
    Objects.requireNonNull(sql, "sql");
    Objects.requireNonNull(autocommit, "autocommit");
    Objects.requireNonNull(inTransaction, "inTransaction");
    Objects.requireNonNull(effect, "effect");
  }

  /** A plan of a text of which nobody needs to know what it changes. */
  public Plan(String sql, PlannedForm autocommit, PlannedForm inTransaction) {
    this(sql, autocommit, inTransaction, Effect.ANYTHING);
  }

  /** The plan of a text that is sent as it is, the same String object, in every situation. */
  public static Plan unchanged(String sql) {
    PlannedForm form = PlannedForm.Send.unchanged(sql);
    return new Plan(sql, form, form);
  }

  /** True if both situations have the same form, so that it need not be chosen at execution. */
  public boolean sameInEverySituation() {
    return autocommit == inTransaction;
  }
}
