package io.dsqlproxy.driver.execution;

import io.dsqlproxy.driver.journal.Execution;
import io.dsqlproxy.driver.journal.StatementUnit;
import io.dsqlproxy.driver.journal.StatementUnit.Invocation;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One of JDBC's ways to execute a statement, and how the journal records it. Stateless apart from
 * what its parts captured.
 *
 * @param execution sends it
 * @param recording makes the journal's entry
 * @param <S> the application's statement
 * @param <T> what the application gets
 */
public record Operation<S extends Executable, T>(
    Execution<T> execution, Recording<S, T> recording) {

  /**
   * Makes the journal's entry of an execution.
   *
   * @param <S> the application's statement
   * @param <T> what the application gets
   */
  @FunctionalInterface
  public interface Recording<S, T> {

    /**
     * The entry.
     *
     * @param executed pgJDBC's statement
     * @param result null if the execution failed
     */
    StatementUnit<T> unit(S statement, Invocation<T> invocation, Statement executed, T result)
        throws SQLException;
  }
}
