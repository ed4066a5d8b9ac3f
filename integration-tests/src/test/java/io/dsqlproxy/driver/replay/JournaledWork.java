package io.dsqlproxy.driver.replay;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What applications do in transactions, each in a way that a journal has to remember. */
enum JournaledWork {
  UPDATE_BY_A_STATEMENT_OF_ITS_OWN(800) {
    @Override
    void run(Connection connection, int i) throws SQLException {
      try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
        update.setString(1, "some text " + i);
        update.setInt(2, i);
        update.executeUpdate();
      }
    }
  },
  STATEMENT_THAT_IS_NEVER_CLOSED(100) {
    @Override
    void run(Connection connection, int i) throws SQLException {
      ResultSet rows = connection.prepareStatement(MANY_ROWS).executeQuery();
      while (rows.next()) {
        rows.getString(2);
      }
    }
  },
  TEXT_WITH_A_LONG_LITERAL(200) {
    @Override
    void run(Connection connection, int i) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate("UPDATE t SET a = '" + "x".repeat(1000) + "' WHERE b = " + i);
      }
    }
  },
  LONG_TEXT_THAT_IS_PREPARED(200) {
    @Override
    void run(Connection connection, int i) throws SQLException {
      try (PreparedStatement update =
          connection.prepareStatement(UPDATE + " OR b = 0".repeat(100) + " OR b = " + i)) {
        update.setString(1, "text");
        update.setInt(2, i);
        update.executeUpdate();
      }
    }
  },
  QUERY_OF_ONE_ROW(800) {
    @Override
    void run(Connection connection, int i) throws SQLException {
      try (PreparedStatement query = connection.prepareStatement("SELECT a FROM t WHERE b = ?")) {
        query.setInt(1, i);
        try (ResultSet rows = query.executeQuery()) {
          rows.next();
        }
      }
    }
  },
  BATCH(20) {
    @Override
    void run(Connection connection, int i) throws SQLException {
      try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
        for (int entry = 0; entry < 100; entry++) {
          update.setString(1, "some text " + i);
          update.setInt(2, entry);
          update.addBatch();
        }
        update.executeBatch();
      }
    }
  },
  LARGE_PARAMETERS(10) {
    @Override
    void run(Connection connection, int i) throws SQLException {
      try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
        update.setArray(1, connection.createArrayOf("text", new Object[] {"y".repeat(5_000)}));
        update.setObject(2, new int[5_000]);
        update.executeUpdate();
        update.setObject(1, "z".repeat(5_000));
        update.setBytes(2, new byte[20_000]);
        update.executeUpdate();
      }
    }
  },
  SETTING(4_000) {
    @Override
    void run(Connection connection, int i) throws SQLException {
      connection.setSchema("public");
    }
  };

  private static final String UPDATE = "UPDATE t SET a = ? WHERE b = ?";
  private static final String MANY_ROWS = "SELECT a, b, c, d, e FROM t LIMIT 100";

  private final int times;

  JournaledWork(int times) {
    this.times = times;
  }

  /** Does it once; every time with other values. */
  abstract void run(Connection connection, int i) throws SQLException;

  /** How often it can be done before a journal is asked to remember a few hundred kilobytes. */
  int times() {
    return times;
  }
}
