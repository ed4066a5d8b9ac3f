package io.dsqlproxy.driver.execution;

import io.dsqlproxy.rewriter.PlannedForm;
import java.sql.SQLException;

/**
 * One way to execute a statement. Stateless, so that one instance serves all executions.
 *
 * @param <S> the statement that is executed
 * @param <T> what the application gets
 */
@FunctionalInterface
public interface Execution<S, T> {

  /** Sends the statement in the given form, and waits for the answer. */
  T run(S statement, PlannedForm.Send form) throws SQLException;
}
