package io.dsqlproxy.driver.replay;

import io.dsqlproxy.driver.replay.MatrixState.Change;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.jdbc.PgResultSet;

/** The units that only read. */
final class QueryUnits {

  private static final String TWO_ROWS =
      "SELECT /* unit */ id, balance FROM account WHERE id IN (1, 2) ORDER BY id";
  private static final String END = "end";

  private QueryUnits() {}

  /** Two rows, of which the first is read at once. */
  abstract static class TwoRows extends MatrixUnit {

    private ResultSet rows;

    abstract ResultSet open(Connection connection) throws SQLException;

    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      rows = open(connection);
      seen.add(next());
    }

    final ResultSet rows() {
      return rows;
    }

    /** Moves, and reads. */
    final String next() throws SQLException {
      return rows.next() ? current() : END;
    }

    final String current() throws SQLException {
      return rows.getInt(1) + " has " + rows.getInt(2);
    }

    /** Where it stands, and the rows behind it. */
    final void readToTheEnd(List<String> seen) throws SQLException {
      seen.add(current());
      for (String row = next(); !row.equals(END); row = next()) {
        seen.add(row);
      }
      seen.add(END);
    }

    static String row(MatrixState state, int id) {
      return id + " has " + state.get("account " + id);
    }

    static List<String> rowsToTheEnd(MatrixState state) {
      List<String> rows = new ArrayList<>();
      rows.add(row(state, 1));
      if (state.has("account 2")) {
        rows.add(row(state, 2));
      }
      rows.add(END);
      return rows;
    }

    @Override
    List<String> seenAtFirst(MatrixState state) {
      return List.of(row(state, 1));
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
      return Change.deletes("account 2");
    }
  }

  /** All rows are read at once. */
  static final class FullyRead extends TwoRows {
    @Override
    ResultSet open(Connection connection) throws SQLException {
      return keep(connection.prepareStatement(TWO_ROWS)).executeQuery();
    }

    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      super.begin(connection, seen);
      readToTheEnd(seen);
    }

    @Override
    List<String> seenAtFirst(MatrixState state) {
      List<String> seen = new ArrayList<>(super.seenAtFirst(state));
      seen.addAll(rowsToTheEnd(state));
      return seen;
    }

    @Override
    Change rowNotRead() {
      return Change.adds("account 3");
    }
  }

  /** The second row is read only when the transaction is over. */
  static final class PartlyRead extends TwoRows {
    @Override
    ResultSet open(Connection connection) throws SQLException {
      return keep(connection.prepareStatement(TWO_ROWS)).executeQuery();
    }

    @Override
    void readAfterTheEnd(List<String> seen) throws SQLException {
      readToTheEnd(seen);
    }

    @Override
    List<String> seenAfterTheEnd(MatrixState state) {
      return rowsToTheEnd(state);
    }
  }

  /** The second row is read after other statements; all rows are at the client. */
  static class ReadOn extends TwoRows {
    @Override
    ResultSet open(Connection connection) throws SQLException {
      return keep(connection.createStatement()).executeQuery(TWO_ROWS);
    }

    @Override
    void readOn(List<String> seen) throws SQLException {
      readToTheEnd(seen);
    }

    @Override
    List<String> seenLater(MatrixState state) {
      return rowsToTheEnd(state);
    }
  }

  /** The second row is still at the server when it is read. */
  static final class Cursor extends ReadOn {
    @Override
    ResultSet open(Connection connection) throws SQLException {
      PreparedStatement statement = keep(connection.prepareStatement(TWO_ROWS));
      statement.setFetchSize(1);
      return statement.executeQuery();
    }
  }

  /** The application can go anywhere in the rows, so that all of them count as read. */
  static final class Scrollable extends TwoRows {
    @Override
    ResultSet open(Connection connection) throws SQLException {
      return keep(connection.createStatement(
              ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY))
          .executeQuery(TWO_ROWS);
    }

    @Override
    void readOn(List<String> seen) throws SQLException {
      seen.add(rows().isFirst() + " " + current());
      seen.add(rows().absolute(2) ? current() : END);
      seen.add(rows().previous() + " " + current());
    }

    @Override
    List<String> seenLater(MatrixState state) {
      String first = "true " + row(state, 1);
      return List.of(first, state.has("account 2") ? row(state, 2) : END, first);
    }

    @Override
    List<String> told(MatrixState state, Progress progress) {
      return progress == Progress.NOTHING ? List.of() : rowsToTheEnd(state);
    }

    @Override
    Change rowNotRead() {
      return Change.adds("account 3");
    }
  }

  /** The application reads where the driver cannot see it. */
  static final class Unwrapped extends TwoRows {
    @Override
    ResultSet open(Connection connection) throws SQLException {
      return keep(connection.createStatement()).executeQuery(TWO_ROWS).unwrap(PgResultSet.class);
    }

    @Override
    String obstacle() {
      return "a result was unwrapped";
    }
  }

  /** The result of a function. */
  static final class Call extends MatrixUnit {
    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      CallableStatement call = keep(connection.prepareCall("{? = call balance_of(?)}"));
      call.registerOutParameter(1, Types.INTEGER);
      call.setInt(2, 1);
      call.execute();
      seen.add(String.valueOf(call.getInt(1)));
    }

    @Override
    List<String> seenAtFirst(MatrixState state) {
      return List.of(String.valueOf(state.get("account 1")));
    }

    @Override
    String marker() {
      return "balance_of";
    }

    @Override
    Change rowRead() {
      return Change.adds("account 1");
    }
  }

  /** A value that is another one each time, and whose text says so. */
  static final class VolatileValue extends MatrixUnit {
    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      ResultSet rows =
          keep(connection.createStatement()).executeQuery("SELECT /* unit */ gen_random_uuid()");
      seen.add(rows.next() + " " + rows.getString(1).length());
    }

    @Override
    List<String> seenAtFirst(MatrixState state) {
      return List.of("true 36");
    }

    @Override
    String obstacle() {
      return "the application has read the value of gen_random_uuid()";
    }
  }
}
