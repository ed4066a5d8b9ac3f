package io.dsqlproxy.driver.execution;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;

/**
 * A conflict in a transaction that was run again, and then saw other data than the application saw:
 * what the application made of it may be wrong now, so only the application can repeat it. SQLSTATE
 * 40001. Immutable.
 */
public final class DataChangedException extends ConflictException {

  private final int statement;
  private final String sql;

  DataChangedException(
      String message,
      SQLException conflict,
      int executions,
      Duration elapsed,
      int statement,
      String sql) {
    super(message, conflict, executions, elapsed);
    this.statement = statement;
    this.sql = Objects.requireNonNull(sql, "sql");
  }

  /** The first statement whose outcome differed: its place in the transaction, from 1. */
  public int statement() {
    return statement;
  }

  /** The whole text of that statement, without the values of its parameters. */
  public String sql() {
    return sql;
  }
}
