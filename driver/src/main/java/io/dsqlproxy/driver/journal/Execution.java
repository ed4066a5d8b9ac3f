package io.dsqlproxy.driver.journal;

import io.dsqlproxy.rewriter.PlannedForm;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One way to execute a statement. Stateless apart from what it captured, so that it can be run any
 * number of times.
 *
 * @param <T> what the application gets
 */
@FunctionalInterface
public interface Execution<T> {

  /**
   * Sends the statement in the given form, and waits for the answer.
   *
   * @param statement pgJDBC's, with its parameters bound
   */
  T run(Statement statement, PlannedForm.Send form) throws SQLException;
}
