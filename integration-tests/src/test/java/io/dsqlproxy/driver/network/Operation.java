package io.dsqlproxy.driver.network;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What an application does as one unit. Each leaves a row for each of its parts in {@code effect},
 * with its number, in the same transaction as everything else. Stateless.
 */
enum Operation {

  /** Two accounts are locked and read, and money goes from one to the other. */
  TRANSFER(1) {
    @Override
    void run(Connection connection, long number, int key) throws SQLException {
      connection.setAutoCommit(false);
      read(connection, "SELECT balance FROM account WHERE id = ? FOR UPDATE", key);
      read(connection, "SELECT balance FROM account WHERE id = ? FOR SHARE", other(key));
      update(connection, "UPDATE account SET balance = balance - 7 WHERE id = ?", key);
      update(connection, "UPDATE account SET balance = balance + 7 WHERE id = ?", other(key));
      leaveEffect(connection, number, 0);
      connection.commit();
    }
  },

  /** A counter that is never read goes up; the transaction ends with a text. */
  COUNT(1) {
    @Override
    void run(Connection connection, long number, int key) throws SQLException {
      connection.setAutoCommit(false);
      update(connection, "UPDATE counter SET n = n + 1 WHERE id = ?", key);
      leaveEffect(connection, number, 0);
      execute(connection, "COMMIT");
    }
  },

  /** A row in autocommit. */
  SINGLE_ROW(1) {
    @Override
    void run(Connection connection, long number, int key) throws SQLException {
      connection.setAutoCommit(true);
      leaveEffect(connection, number, 0);
    }
  },

  /** Several rows in a batch, with a part that is rolled back to a savepoint. */
  BATCH(3) {
    @Override
    void run(Connection connection, long number, int key) throws SQLException {
      connection.setAutoCommit(false);
      try (PreparedStatement insert = connection.prepareStatement(INSERT_EFFECT)) {
        for (int part = 0; part < 3; part++) {
          bind(insert, number, part);
          insert.addBatch();
        }
        insert.executeBatch();
      }
      execute(connection, "SAVEPOINT undone");
      leaveEffect(connection, number, 3);
      execute(connection, "ROLLBACK TO undone");
      connection.setAutoCommit(true);
    }
  },

  /** A transaction that one text begins and ends. */
  TEXT(2) {
    @Override
    void run(Connection connection, long number, int key) throws SQLException {
      connection.setAutoCommit(true);
      execute(
          connection,
          "BEGIN; INSERT INTO effect (number, part) VALUES (%d, 0); %s; COMMIT"
              .formatted(
                  number, "INSERT INTO effect (number, part) VALUES (%d, 1)".formatted(number)));
    }
  },

  /** A batch that ends its transaction and begins another one, which is rolled back. */
  BATCH_WITH_COMMIT(2) {
    @Override
    void run(Connection connection, long number, int key) throws SQLException {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        for (int part = 0; part < 2; part++) {
          statement.addBatch(
              "INSERT INTO effect (number, part) VALUES (%d, %d)".formatted(number, part));
        }
        statement.addBatch("COMMIT");
        statement.executeBatch();
      }
      connection.rollback();
    }
  };

  private static final String INSERT_EFFECT = "INSERT INTO effect (number, part) VALUES (?, ?)";

  static final int KEYS = 16;

  private final int parts;

  Operation(int parts) {
    this.parts = parts;
  }

  /** The rows that it leaves. */
  int parts() {
    return parts;
  }

  abstract void run(Connection connection, long number, int key) throws SQLException;

  private static int other(int key) {
    return (key + 5) % KEYS;
  }

  private static void read(Connection connection, String query, int key) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setInt(1, key);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        row.getInt(1);
      }
    }
  }

  private static void update(Connection connection, String update, int key) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(update)) {
      statement.setInt(1, key);
      statement.executeUpdate();
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void leaveEffect(Connection connection, long number, int part)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT_EFFECT)) {
      bind(insert, number, part);
      insert.executeUpdate();
    }
  }

  private static void bind(PreparedStatement insert, long number, int part) throws SQLException {
    insert.setLong(1, number);
    insert.setInt(2, part);
  }
}
