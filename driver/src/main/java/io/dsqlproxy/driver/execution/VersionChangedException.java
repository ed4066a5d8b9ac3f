package io.dsqlproxy.driver.execution;

import java.util.Objects;

/**
 * A row that the transaction has read with a conditional lock has another version now, or is gone,
 * when the transaction comes to write it. SQLSTATE 40001; the transaction was rolled back. It is
 * not run again: it would find the same. Immutable.
 */
public final class VersionChangedException extends ConflictException {

  private final String sql;

  VersionChangedException(String message, String sql) {
    super(message);
    this.sql = Objects.requireNonNull(sql, "sql");
  }

  /** The whole text of the statement as it was sent, without the values of its parameters. */
  public String sql() {
    return sql;
  }
}
