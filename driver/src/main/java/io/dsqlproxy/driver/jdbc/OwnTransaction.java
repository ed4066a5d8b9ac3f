package io.dsqlproxy.driver.jdbc;

import java.sql.SQLException;

/**
 * A transaction of a connection in autocommit, for one statement that the driver executes in
 * several steps. It is rolled back in the end: it only reads, and its result is whole by then.
 * Stateless.
 */
final class OwnTransaction {

  private OwnTransaction() {}

  /**
   * The steps.
   *
   * @param <T> what the application gets
   */
  @FunctionalInterface
  interface Steps<T> {

    T run() throws SQLException;
  }

  /** Executes the steps; afterwards the connection is in autocommit again. */
  static <T> T of(DsqlStatement statement, Steps<T> steps) throws SQLException {
    DsqlConnection connection = statement.connection();
    int fetchSize = statement.getFetchSize();
    // The rows that come later would be lost with the transaction.
    statement.setFetchSize(0);
    try {
      connection.setAutoCommit(false);
      T result = steps.run();
      end(connection);
      return result;
    } catch (SQLException | RuntimeException | Error failure) {
      try {
        end(connection);
      } catch (SQLException atEnd) {
        if (atEnd != failure) {
          failure.addSuppressed(atEnd);
        }
      }
      throw failure;
    } finally {
      if (!statement.isClosed()) {
        statement.setFetchSize(fetchSize);
      }
    }
  }

  private static void end(DsqlConnection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      try {
        connection.rollback();
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }
}
