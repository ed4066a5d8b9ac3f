package io.dsqlproxy.driver.replay;

import io.dsqlproxy.driver.replay.MatrixState.Change;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.util.ByteStreamWriter;

/** The units that write with one statement. */
final class WritingUnits {

  private static final String UPDATE = "UPDATE /* unit */ account SET balance = balance + 1 WHERE ";
  private static final String TWO_ROWS = UPDATE + "id IN (1, 2) AND balance > 0";
  private static final String COPY =
      "INSERT /* unit */ INTO copied (id, note) "
          + "SELECT id, balance FROM account WHERE id IN (1, 2) AND balance > 0 ORDER BY id";

  private WritingUnits() {}

  /** How many rows a statement changes that changes one only if its balance is positive. */
  static int matches(MatrixState state, int id) {
    return state.get("account " + id) > 0 ? 1 : 0;
  }

  /** Adds one to each of two rows if it is positive. */
  abstract static class Updates extends MatrixUnit {

    @Override
    void apply(MatrixState state) {
      for (int id = 1; id <= 2; id++) {
        state.add("account " + id, matches(state, id));
      }
    }

    @Override
    List<String> seenAtFirst(MatrixState state) {
      return List.of(String.valueOf(matches(state, 1) + matches(state, 2)));
    }

    /** It writes the row, and tells nothing of what was in it. */
    @Override
    Change rowNotRead() {
      return Change.adds("account 1");
    }

    @Override
    Change count() {
      return Change.negates("account 1");
    }
  }

  static final class Update extends Updates {
    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      PreparedStatement update =
          keep(connection.prepareStatement(UPDATE + "id IN (1, 2) AND balance > ?"));
      update.setInt(1, 0);
      seen.add(String.valueOf(update.executeUpdate()));
      // A replay needs what was sent, and not what is bound meanwhile.
      update.setInt(1, 1_000_000);
    }
  }

  static final class LargeUpdate extends Updates {
    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      seen.add(String.valueOf(keep(connection.createStatement()).executeLargeUpdate(TWO_ROWS)));
    }
  }

  /** pgJDBC complains that it gives no rows when the server has executed it. */
  static final class FailedQuery extends Updates {
    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      try {
        keep(connection.createStatement()).executeQuery(TWO_ROWS);
        seen.add("succeeded");
      } catch (SQLException failure) {
        seen.add(failure.getSQLState());
        if (!failure.getSQLState().equals("02000")) {
          throw failure;
        }
      }
    }

    @Override
    List<String> seenAtFirst(MatrixState state) {
      return List.of("02000");
    }
  }

  /** Copies two rows, and is given the copies. */
  abstract static class Copies extends MatrixUnit {

    private ResultSet rows;

    abstract ResultSet open(Connection connection, List<String> seen) throws SQLException;

    @Override
    final void begin(Connection connection, List<String> seen) throws SQLException {
      rows = open(connection, seen);
      seen.add(next());
    }

    @Override
    final void readOn(List<String> seen) throws SQLException {
      seen.add(rows.getString("note"));
      seen.add(next());
    }

    private String next() throws SQLException {
      return rows.next() ? rows.getString("note") : "end";
    }

    @Override
    List<String> seenAtFirst(MatrixState state) {
      return List.of(String.valueOf(state.get("account 1")));
    }

    @Override
    List<String> seenLater(MatrixState state) {
      return List.of(
          String.valueOf(state.get("account 1")),
          matches(state, 2) > 0 ? String.valueOf(state.get("account 2")) : "end");
    }

    @Override
    void apply(MatrixState state) {
      for (int id = 1; id <= 2; id++) {
        if (matches(state, id) > 0) {
          state.put("copied " + id, state.get("account " + id));
        }
      }
    }

    @Override
    Change rowRead() {
      return Change.adds("account 1");
    }

    @Override
    Change rowNotRead() {
      return Change.adds("account 2");
    }

    @Override
    Change count() {
      return Change.negates("account 2");
    }
  }

  static final class GeneratedKeys extends Copies {
    @Override
    ResultSet open(Connection connection, List<String> seen) throws SQLException {
      Statement statement = keep(connection.createStatement());
      seen.add(statement.executeUpdate(COPY, new String[] {"note"}) + " copied");
      return statement.getGeneratedKeys();
    }

    @Override
    List<String> seenAtFirst(MatrixState state) {
      List<String> seen = new ArrayList<>();
      seen.add(matches(state, 1) + matches(state, 2) + " copied");
      seen.addAll(super.seenAtFirst(state));
      return seen;
    }
  }

  static final class Returning extends Copies {
    @Override
    ResultSet open(Connection connection, List<String> seen) throws SQLException {
      return keep(connection.prepareStatement(COPY + " RETURNING note")).executeQuery();
    }
  }

  /** A key that the server draws behind the text's back, read after other statements. */
  static final class DrawnKey extends MatrixUnit {

    private Statement statement;

    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      statement = keep(connection.createStatement());
      seen.add(
          String.valueOf(
              statement.executeUpdate(
                  "INSERT /* unit */ INTO copied (id, note) VALUES (1, 0)",
                  new String[] {"stamp"})));
    }

    @Override
    void readOn(List<String> seen) throws SQLException {
      ResultSet keys = statement.getGeneratedKeys();
      seen.add(keys.next() + " " + keys.getString(1).length());
    }

    @Override
    List<String> seenAtFirst(MatrixState state) {
      return List.of("1");
    }

    @Override
    List<String> seenLater(MatrixState state) {
      return List.of("true 36");
    }

    @Override
    void apply(MatrixState state) {
      state.put("copied 1", 0);
    }

    @Override
    boolean drawsTheRest() {
      return true;
    }
  }

  /** A parameter that can be sent once. */
  static final class UnrepeatableParameter extends Updates {
    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      PreparedStatement update =
          keep(connection.prepareStatement(TWO_ROWS + " AND length(?::bytea) > 0"));
      update.setObject(1, ByteStreamWriter.of(ByteBuffer.wrap(new byte[] {1})));
      seen.add(String.valueOf(update.executeUpdate()));
    }

    @Override
    String obstacle() {
      return "a parameter is a ByteStreamWriter";
    }

    @Override
    boolean isObstacleToItself() {
      return true;
    }
  }

  /** A read, a write and a read of what was written, in one text. */
  static final class SeveralResults extends MatrixUnit {

    private Statement statement;

    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      statement = keep(connection.createStatement());
      boolean hasRows =
          statement.execute(
              "SELECT /* unit */ balance FROM account WHERE id = 1; "
                  + "UPDATE account SET balance = balance + 1 WHERE id = 2 AND balance > 0; "
                  + "SELECT balance FROM account WHERE id = 2");
      seen.add(hasRows + " " + next());
      seen.add(statement.getMoreResults() + " " + statement.getUpdateCount());
    }

    @Override
    void readOn(List<String> seen) throws SQLException {
      seen.add(statement.getMoreResults() + " " + next());
      seen.add(statement.getMoreResults() + " " + statement.getUpdateCount());
    }

    private String next() throws SQLException {
      ResultSet rows = statement.getResultSet();
      return rows.next() ? rows.getString(1) : "no row";
    }

    @Override
    List<String> seenAtFirst(MatrixState state) {
      return List.of("true " + state.get("account 1"), "false " + matches(state, 2));
    }

    @Override
    List<String> seenLater(MatrixState state) {
      return List.of("true " + (state.get("account 2") + matches(state, 2)), "false -1");
    }

    @Override
    void apply(MatrixState state) {
      state.add("account 2", matches(state, 2));
    }

    @Override
    Change rowRead() {
      return Change.adds("account 1");
    }

    @Override
    Change rowNotRead() {
      return Change.adds("account 2");
    }

    @Override
    Change count() {
      return Change.negates("account 2");
    }
  }
}
