package io.dsqlproxy.rewriter;

/** Decides how a statement is sent. Implementations are safe for use by many threads. */
public interface Planner {

  /**
   * Plans one JDBC statement string, which may hold several statements.
   *
   * @param sql the text as the application gave it; never null
   * @return the plan; a text that cannot be understood gets the plan that is safe without
   *     understanding it, never null and never an exception
   */
  Plan plan(String sql);

  /**
   * Whether a text is sent as it is in every situation, and nothing about it is of interest: a
   * cheap test, so that its plan need not be remembered. False if that is not sure.
   */
  default boolean leavesAsItIs(String sql) {
    return false;
  }
}
