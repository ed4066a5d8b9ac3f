package io.dsqlproxy.driver.fences;

import io.dsqlproxy.driver.journal.Batch;
import io.dsqlproxy.driver.journal.Execution;
import io.dsqlproxy.driver.journal.StatementUnit.Invocation;
import io.dsqlproxy.rewriter.PlannedForm;
import java.sql.SQLException;

/** What fences need of a statement of the application's. As safe for use by threads as it says. */
public interface FencedStatement {

  /** How it was, or is about to be, executed, with the values that it has now. */
  <T> Invocation<T> invocation(PlannedForm.Send form, Execution<T> execution);

  /** Whether its text can have a parameter more. */
  default boolean isPrepared() {
    return false;
  }

  /** Whether the rows of its results are read in their order only. */
  default boolean isForwardOnly() throws SQLException {
    return true;
  }

  /** Whether its results may end before the query's rows do. */
  default boolean isCutOff() throws SQLException {
    return false;
  }

  /** What is executed, if that is a batch; null if not. */
  default Batch batchToExecute() {
    return null;
  }

  /** Another batch is executed in the place of its own, once. */
  default void executesInstead(Batch other) {}

  /** What is read of the result of the next execution is told to the observer. */
  default void observe(RowObserver observer) {}
}
