package io.dsqlproxy.driver.history;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;

/**
 * What a step acts with: the connection, and the recording of what it does. Confined to its thread.
 */
record Actor(Connection connection, Recording recording) {

  /**
   * Something to execute, prepared or with the values in its text.
   *
   * @param parameters integers or strings
   */
  record Sql(boolean prepared, String text, Object... parameters) {

    private String withValues() {
      StringBuilder filled = new StringBuilder();
      int next = 0;
      for (char c : text.toCharArray()) {
        if (c != '?') {
          filled.append(c);
        } else if (parameters[next] instanceof String string) {
          filled.append('\'').append(string).append('\'');
          next++;
        } else {
          filled.append(parameters[next]);
          next++;
        }
      }
      return filled.toString();
    }

    /** The values of one execution. */
    void bindTo(PreparedStatement statement) throws SQLException {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
    }
  }

  /** What is done with a result. */
  @FunctionalInterface
  interface Reader {
    void read(ResultSet rows) throws SQLException;
  }

  /**
   * Runs a query.
   *
   * @param fetchSize 0 for all rows at once
   */
  void query(Sql sql, int fetchSize, Reader reader) throws SQLException {
    if (sql.prepared()) {
      try (PreparedStatement statement = connection.prepareStatement(sql.text())) {
        sql.bindTo(statement);
        statement.setFetchSize(fetchSize);
        try (ResultSet rows = statement.executeQuery()) {
          reader.read(rows);
        }
      }
    } else {
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(fetchSize);
        try (ResultSet rows = statement.executeQuery(sql.withValues())) {
          reader.read(rows);
        }
      }
    }
  }

  /** Executes a command. */
  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Changes rows; returns how many. */
  int update(Sql sql) throws SQLException {
    if (sql.prepared()) {
      try (PreparedStatement statement = connection.prepareStatement(sql.text())) {
        sql.bindTo(statement);
        return statement.executeUpdate();
      }
    }
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql.withValues());
    }
  }

  /** Changes rows, and reads the named columns of them as generated keys. */
  void updateReturning(Sql sql, Reader reader, String... columns) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql.text(), columns)) {
      sql.bindTo(statement);
      statement.executeUpdate();
      try (ResultSet keys = statement.getGeneratedKeys()) {
        reader.read(keys);
      }
    }
  }

  /** What a savepoint is good for; the recording follows it. */
  interface Point {
    /** Undoes what was done since. */
    void rollBack() throws SQLException;

    /** Forgets the savepoint. */
    void release() throws SQLException;
  }

  /**
   * Sets a savepoint: through JDBC, which has none for a transaction that was begun as text, or as
   * SQL.
   */
  Point savepoint(boolean asText, String name) throws SQLException {
    Savepoint savepoint =
        asText || connection.getAutoCommit() ? null : connection.setSavepoint(name);
    if (savepoint == null) {
      execute("SAVEPOINT " + name);
    }
    int position = recording.position();
    return new Point() {
      @Override
      public void rollBack() throws SQLException {
        if (savepoint == null) {
          execute("ROLLBACK TO SAVEPOINT " + name);
        } else {
          connection.rollback(savepoint);
        }
        recording.undoFrom(position);
      }

      @Override
      public void release() throws SQLException {
        if (savepoint == null) {
          execute("RELEASE SAVEPOINT " + name);
        } else {
          connection.releaseSavepoint(savepoint);
        }
      }
    };
  }

  /** An update that was to change a number of rows, and did not. */
  static void expect(int expected, int count, Object what) {
    if (count != expected) {
      throw new IllegalStateException(
          count + " rows instead of " + expected + " were changed: " + what);
    }
  }
}
