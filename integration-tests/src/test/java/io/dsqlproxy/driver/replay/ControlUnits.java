package io.dsqlproxy.driver.replay;

import io.dsqlproxy.driver.replay.MatrixState.Change;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;

/** The units with a savepoint, or with a setting of the session. */
final class ControlUnits {

  private static final String ONE_ROW = "SELECT /* unit */ balance FROM account WHERE id = 1";

  private ControlUnits() {}

  /** One row of the accounts. */
  abstract static class OneRow extends MatrixUnit {

    final String read(Connection connection) throws SQLException {
      ResultSet rows = keep(connection.createStatement()).executeQuery(ONE_ROW);
      return rows.next() ? rows.getString(1) : "no row";
    }

    @Override
    List<String> seenAtFirst(MatrixState state) {
      return List.of(String.valueOf(state.get(accountsAfterwards() + " 1")));
    }

    @Override
    Change rowRead() {
      return Change.adds(accountsAfterwards() + " 1");
    }

    @Override
    Change rowNotRead() {
      return Change.adds(accountsAfterwards() + " 3");
    }
  }

  /** A read, and a write that is undone: which replays the read, where the fault strikes. */
  static final class UndoneWrite extends OneRow {

    private static final String UNDONE = "UPDATE account SET balance = 0 WHERE id = 2";

    private final boolean byText;

    UndoneWrite(boolean byText) {
      this.byText = byText;
    }

    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      seen.add(read(connection));
      Statement statement = keep(connection.createStatement());
      if (byText) {
        statement.execute("SAVEPOINT before");
        statement.executeUpdate(UNDONE);
        statement.execute("ROLLBACK TO SAVEPOINT before");
      } else {
        Savepoint savepoint = connection.setSavepoint("before");
        statement.executeUpdate(UNDONE);
        connection.rollback(savepoint);
      }
    }

    @Override
    Change rowNotRead() {
      return Change.adds("account 2");
    }

    @Override
    int statements() {
      return byText ? 4 : 2;
    }

    @Override
    boolean goesBack() {
      return true;
    }

    @Override
    boolean isStruckWhenItGoesBack() {
      return true;
    }
  }

  /** A read that is undone, as far as a read can be: the application still knows what it told. */
  static final class UndoneRead extends OneRow {
    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      Savepoint savepoint = connection.setSavepoint();
      seen.add(read(connection));
      connection.rollback(savepoint);
    }

    @Override
    boolean goesBack() {
      return true;
    }
  }

  /** Something that the server refuses, so that the application goes back to before it. */
  abstract static class UndoneFailure extends MatrixUnit {

    static final String REFUSED = "INSERT /* unit */ INTO account VALUES (2, 0)";
    private static final String UNIQUE_VIOLATION = "23505";

    private final boolean byText;

    UndoneFailure(boolean byText) {
      this.byText = byText;
    }

    /** Always fails. */
    abstract void fail(Statement statement) throws SQLException;

    /** What the application sees of the failure beside its SQLSTATE. */
    String details(SQLException failure) {
      return "";
    }

    @Override
    final void begin(Connection connection, List<String> seen) throws SQLException {
      Statement statement = keep(connection.createStatement());
      Savepoint savepoint = byText ? null : connection.setSavepoint();
      if (byText) {
        statement.execute("SAVEPOINT before");
      }
      try {
        fail(statement);
      } catch (SQLException failure) {
        if (!failure.getSQLState().equals(UNIQUE_VIOLATION)) {
          throw failure;
        }
        seen.add(UNIQUE_VIOLATION + details(failure));
        if (byText) {
          statement.execute("ROLLBACK TO before");
        } else {
          connection.rollback(savepoint);
        }
      }
    }

    @Override
    List<String> seenAtFirst(MatrixState state) {
      return List.of(UNIQUE_VIOLATION);
    }

    /** The row is in the way whatever is in it. */
    @Override
    Change rowNotRead() {
      return Change.adds("account 2");
    }

    @Override
    boolean goesBack() {
      return true;
    }
  }

  /** A statement that the server refuses. */
  static final class UndoneStatement extends UndoneFailure {

    UndoneStatement() {
      super(false);
    }

    @Override
    void fail(Statement statement) throws SQLException {
      statement.executeUpdate(REFUSED);
    }
  }

  /** A batch of which the server refuses the second entry. */
  static final class UndoneBatch extends UndoneFailure {

    private final boolean byText;

    UndoneBatch(boolean byText) {
      super(byText);
      this.byText = byText;
    }

    @Override
    void fail(Statement statement) throws SQLException {
      statement.addBatch("UPDATE account SET balance = 0 WHERE id = 1");
      statement.addBatch(REFUSED);
      statement.executeBatch();
    }

    @Override
    String details(SQLException failure) {
      return Arrays.toString(((BatchUpdateException) failure).getUpdateCounts());
    }

    @Override
    List<String> seenAtFirst(MatrixState state) {
      return List.of("23505[-3, -3]");
    }

    @Override
    int statements() {
      return byText ? 4 : 2;
    }

    @Override
    int statementsToTheFault() {
      return byText ? 3 : 2;
    }
  }

  /** The accounts of another schema, which the rest of the transaction stays in. */
  static final class OtherSchema extends OneRow {

    private final boolean byText;

    OtherSchema(boolean byText) {
      this.byText = byText;
    }

    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      if (byText) {
        keep(connection.createStatement()).execute("SET search_path TO second");
      } else {
        connection.setSchema("second");
      }
      seen.add(read(connection));
    }

    @Override
    int statements() {
      return byText ? 2 : 1;
    }

    @Override
    int unitsBefore() {
      return 1;
    }

    @Override
    String accountsAfterwards() {
      return "second";
    }
  }
}
