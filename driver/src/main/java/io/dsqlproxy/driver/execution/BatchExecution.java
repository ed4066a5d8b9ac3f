package io.dsqlproxy.driver.execution;

import java.sql.SQLException;

/**
 * One way to execute a batch. Stateless, so that one instance serves all executions.
 *
 * @param <S> the statement that holds the batch
 * @param <T> what the application gets
 */
@FunctionalInterface
public interface BatchExecution<S, T> {

  /** Sends the batch, and waits for the answers. */
  T run(S statement) throws SQLException;
}
