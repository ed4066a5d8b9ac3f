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
 */
public record Plan(String sql, PlannedForm autocommit, PlannedForm inTransaction) {

  public Plan {
    Objects.requireNonNull(sql, "sql");
    Objects.requireNonNull(autocommit, "autocommit");
    Objects.requireNonNull(inTransaction, "inTransaction");
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
