package io.dsqlproxy.driver.replay;

import io.dsqlproxy.driver.replay.MatrixCell.Place;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One transaction of an application that knows nothing of replays, and what it sees. Confined to
 * its thread.
 */
final class MatrixApplication implements AutoCloseable {

  private static final String FIRST =
      "UPDATE " + MatrixEvents.FIRST + " account SET balance = balance + 1 WHERE id = 5";
  private static final String LAST =
      "UPDATE " + MatrixEvents.LAST + " account SET balance = balance + 10 WHERE id = 4";

  private final MatrixCell cell;
  private final Connection connection;
  private final MatrixUnit unit;
  private final Statement statement;
  private final Map<Place, List<String>> seen = new EnumMap<>(Place.class);
  private Place place;
  private SQLException error;

  MatrixApplication(MatrixCell cell, Connection connection) throws SQLException {
    this.cell = cell;
    this.connection = connection;
    this.unit = cell.kind().unit();
    this.statement = connection.createStatement();
  }

  // -------------------- the transaction

  /** Runs the transaction, as far as it comes. */
  void run() {
    try {
      begin();
      at(Place.FIRST).add(executeUpdate(FIRST));
      ResultSet cursor = cell.hasCursor() ? openCursor() : null;
      unit.begin(connection, at(Place.UNIT));
      at(Place.BATCH).add(executeBatch());
      at(Place.LAST).add(executeUpdate(LAST));
      List<String> rest = at(Place.NEXT);
      if (cursor != null) {
        rest.add(cursor.next() + " " + cursor.getInt(1));
      }
      unit.readOn(rest);
      List<String> end = at(cell.end());
      end();
      unit.readAfterTheEnd(end);
    } catch (SQLException failure) {
      seen.remove(place);
      error = failure;
    }
  }

  private List<String> at(Place next) {
    place = next;
    return seen.computeIfAbsent(next, missing -> new ArrayList<>());
  }

  private void begin() throws SQLException {
    if (cell.kind().beginsByText()) {
      statement.execute("BEGIN");
    } else {
      connection.setAutoCommit(false);
    }
  }

  private String executeUpdate(String sql) throws SQLException {
    return String.valueOf(statement.executeUpdate(sql));
  }

  private ResultSet openCursor() throws SQLException {
    Statement reader = unit.keep(connection.createStatement());
    reader.setFetchSize(1);
    ResultSet cursor = reader.executeQuery("SELECT id FROM unchanging ORDER BY id");
    cursor.next();
    return cursor;
  }

  private String executeBatch() throws SQLException {
    statement.addBatch("UPDATE account SET balance = balance + 100 WHERE id = 6");
    statement.addBatch(
        "UPDATE " + MatrixEvents.BATCH + " account SET balance = balance + 100 WHERE id = 7");
    return Arrays.toString(statement.executeBatch());
  }

  /** Ends the transaction. */
  void end() throws SQLException {
    switch (cell.end()) {
      case TEXT_COMMIT -> statement.execute("COMMIT");
      case SET_AUTOCOMMIT -> connection.setAutoCommit(true);
      default -> connection.commit();
    }
  }

  // -------------------- what came of it

  /** What it saw in each place, but for the one where it saw an error. */
  Map<Place, List<String>> seen() {
    return seen;
  }

  /** Where it has come. */
  Place place() {
    return place;
  }

  /** Null if it came to the end. */
  SQLException error() {
    return error;
  }

  boolean isUsable() throws SQLException {
    return connection.isValid(1);
  }

  void executeSomething() throws SQLException {
    statement.executeQuery("SELECT 1");
  }

  void rollBack() throws SQLException {
    if (cell.kind().beginsByText()) {
      statement.execute("ROLLBACK");
    } else if (!connection.getAutoCommit()) {
      connection.rollback();
    }
  }

  /** The connection is as it was, if it still is one. */
  @Override
  public void close() throws SQLException {
    if (connection.isClosed()) {
      return;
    }
    unit.close();
    rollBack();
    statement.close();
    connection.setAutoCommit(true);
    if (!unit.accountsAfterwards().equals("account")) {
      connection.setSchema("public");
    }
  }
}
