package io.dsqlproxy.workload;

import io.dsqlproxy.workload.PersistenceException.Unavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Runs units of work as an application written for PostgreSQL does: a connection from the pool,
 * autocommit off, COMMIT at the end, ROLLBACK on any error. Safe for use by many threads.
 */
public final class Transactions {

  private final DataSource dataSource;

  /** Takes every connection from the data source. */
  public Transactions(DataSource dataSource) {
    this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
  }

  /** What is done on one connection. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it. */
    T on(Connection connection) throws SQLException;
  }

  /** Runs the work in one transaction; typed errors pass, SQL errors become Unavailable. */
  public <T> T inTransaction(String operation, Work<T> work) {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      T result;
      try {
        result = work.on(connection);
      } catch (SQLException | RuntimeException e) {
        rollback(connection, e);
        throw e;
      }
      connection.commit();
      return result;
    } catch (SQLException e) {
      throw new Unavailable(operation, e);
    }
  }

  /** Runs the work with every statement a transaction of its own. */
  public <T> T inAutocommit(String operation, Work<T> work) {
    try (Connection connection = dataSource.getConnection()) {
      return work.on(connection);
    } catch (SQLException e) {
      throw new Unavailable(operation, e);
    }
  }

  private static void rollback(Connection connection, Exception reason) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }
}
