package io.dsqlproxy.driver.programs;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the calls of a program on one connection, and says what each of them gave. The same calls
 * on two connections that behave alike give the same. Confined to a thread.
 */
final class Machine implements AutoCloseable {

  /** The table that all is about. */
  static final String TABLE =
      "CREATE TABLE t (k int PRIMARY KEY, v int, b bytea, at timestamp, note text)";

  static final String FILL =
      "INSERT INTO t SELECT n * 2, n, NULL, NULL, CASE WHEN n = 3 THEN 'x' END"
          + " FROM generate_series(1, 7) n";

  private static final int KEYS = 16;
  private static final int STATEMENTS = 3;
  private static final String[] LOCKS = {"", "", " FOR UPDATE", " FOR SHARE", " FOR KEY SHARE"};

  private final Connection connection;
  private final Statement[] statements = new Statement[STATEMENTS];
  private final ResultSet[] results = new ResultSet[STATEMENTS + 1];
  private final List<Savepoint> savepoints = new ArrayList<>();
  private final byte[] buffer = new byte[4];
  private PreparedStatement insert;
  private PreparedStatement update;
  private PreparedStatement query;

  Machine(Connection connection) throws SQLException {
    this.connection = connection;
    for (int i = 0; i < STATEMENTS; i++) {
      statements[i] = statement(i);
    }
    prepare();
  }

  private Statement statement(int slot) throws SQLException {
    return switch (slot) {
      case 0 -> connection.createStatement();
      case 1 ->
          connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
      default ->
          connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
    };
  }

  private void prepare() throws SQLException {
    insert = connection.prepareStatement("INSERT INTO t (k, v, b) VALUES (?, ?, ?)");
    update = connection.prepareStatement("UPDATE t SET v = v + ?, b = ? WHERE k = ?");
    query = connection.prepareStatement("SELECT k, v, b, at, note FROM t WHERE k > ? ORDER BY k");
  }

  /** What the call gave: values, or an SQLSTATE. */
  Answer make(Call call) {
    try {
      return new Answer(call(call), null);
    } catch (BatchUpdateException failure) {
      String counts = Arrays.toString(failure.getUpdateCounts());
      return new Answer(failure.getSQLState() + " " + counts, failure);
    } catch (SQLException failure) {
      return new Answer(String.valueOf(failure.getSQLState()), failure);
    }
  }

  /**
   * What a call gave.
   *
   * @param text equal where connections behave alike
   * @param failure null if it gave none
   */
  record Answer(String text, SQLException failure) {}

  private String call(Call call) throws SQLException {
    int a = call.a();
    int b = call.b();
    return switch (call.kind()) {
      case INSERT -> counted(a, "INSERT INTO t (k, v) VALUES (%d, %d)".formatted(key(a), b));
      case UPDATE -> counted(a, "UPDATE t SET v = v + %d WHERE k >= %d".formatted(b % 9, key(a)));
      case DELETE -> counted(a, "DELETE FROM t WHERE k = " + key(a));
      case QUERY -> queried(a % STATEMENTS, LOCKS[b % LOCKS.length]);
      case NEXT -> next(result(a));
      case MOVE -> move(result(a), b);
      case READ_AGAIN -> readAgain(result(a), b);
      case UPDATE_COLUMN -> updateColumn(results[2], b);
      case CHANGE_ROW -> changeRow(results[2], a, b);
      case PREPARED_INSERT -> prepared(insert, a, b);
      case PREPARED_UPDATE -> prepared(update, a, b);
      case PREPARED_QUERY -> preparedQuery(b);
      case PREPARED_BATCH -> counts((a % 2 == 0 ? insert : update).executeBatch());
      case GENERATED_KEYS -> generatedKeys(a, b);
      case SAVEPOINT -> savepoint(a, b);
      case ROLLBACK_TO -> rollBackTo(a);
      case RELEASE -> release(a);
      case SAVEPOINT_TEXT -> savepointText(a, b);
      case COMMIT, ROLLBACK, AUTO_COMMIT, TRANSACTION_TEXT -> end(call);
      case SEVERAL_STATEMENTS -> severalStatements(a, b);
      case BATCH_OF_TEXTS -> batchOfTexts(a, b);
      case META_DATA -> metaData(a, b);
      case FAILURE -> queriedText(a % STATEMENTS, b % 2 == 0 ? "SELECT 1 / 0" : "SELEC 1");
      case FETCH_SIZE -> fetchSize(a, b);
      case MAX_ROWS -> maxRows(a, b);
      case CLOSE_RESULT -> closeResult(a);
      case NEW_STATEMENT -> newStatement(a);
    };
  }

  private static int key(int a) {
    return a / 7 % KEYS;
  }

  // -------------------- statements

  private String counted(int a, String sql) throws SQLException {
    return "count " + statements[a % STATEMENTS].executeUpdate(sql);
  }

  private String queried(int slot, String lock) throws SQLException {
    return queriedText(slot, "SELECT k, v, b, at, note FROM t ORDER BY k" + lock);
  }

  private String queriedText(int slot, String sql) throws SQLException {
    results[slot] = null;
    results[slot] = statements[slot].executeQuery(sql);
    return "rows";
  }

  private String generatedKeys(int a, int b) throws SQLException {
    Statement statement = statements[a % STATEMENTS];
    String sql = "INSERT INTO t (k, v) VALUES (%d, %d)".formatted(key(a), b);
    int count = statement.executeUpdate(sql, new String[] {"k", "v"});
    try (ResultSet keys = statement.getGeneratedKeys()) {
      return count + " with key " + (keys.next() ? keys.getInt(1) : "none");
    }
  }

  private String newStatement(int a) throws SQLException {
    int slot = a % STATEMENTS;
    statements[slot].close();
    results[slot] = null;
    statements[slot] = statement(slot);
    if (a % 5 == 0) {
      insert.close();
      update.close();
      query.close();
      results[STATEMENTS] = null;
      prepare();
    }
    return "new";
  }

  private String fetchSize(int a, int b) throws SQLException {
    if (a % 2 == 0) {
      statements[b % STATEMENTS].setFetchSize(b % 4);
      return "set";
    }
    ResultSet result = result(b);
    if (result != null) {
      result.setFetchSize(b % 4);
      return "set to " + result.getFetchSize();
    }
    return "no result";
  }

  private String maxRows(int a, int b) throws SQLException {
    statements[a % STATEMENTS].setMaxRows(b % 3 == 0 ? 3 : 0);
    return "at most " + statements[a % STATEMENTS].getMaxRows();
  }

  // -------------------- prepared statements

  /** The buffer is used again for the next call, as an application does that saves memory. */
  private String prepared(PreparedStatement statement, int a, int b) throws SQLException {
    Arrays.fill(buffer, (byte) b);
    if (statement == insert) {
      statement.setInt(1, key(a));
      statement.setInt(2, b);
      statement.setBytes(3, buffer);
    } else {
      statement.setInt(1, b % 5);
      statement.setBytes(2, buffer);
      statement.setInt(3, key(a));
    }
    Arrays.fill(buffer, (byte) 0);
    if (a % 3 == 0) {
      statement.addBatch();
      return "added";
    }
    return "count " + statement.executeUpdate();
  }

  private String preparedQuery(int b) throws SQLException {
    results[STATEMENTS] = null;
    query.setInt(1, b % KEYS);
    results[STATEMENTS] = query.executeQuery();
    return "rows";
  }

  private static String counts(int[] counts) {
    return Arrays.toString(counts);
  }

  // -------------------- results

  private ResultSet result(int a) {
    return results[a % results.length];
  }

  private String next(ResultSet result) throws SQLException {
    if (result == null) {
      return "no result";
    }
    return result.next() ? row(result) : "end";
  }

  private String move(ResultSet result, int b) throws SQLException {
    if (result == null) {
      return "no result";
    }
    boolean there =
        switch (b % 7) {
          case 0 -> result.previous();
          case 1 -> result.first();
          case 2 -> result.last();
          case 3 -> result.absolute(b / 7 % 6);
          case 4 -> result.relative(b / 7 % 5 - 2);
          case 5 -> result.isAfterLast();
          default -> {
            result.beforeFirst();
            yield false;
          }
        };
    return there && b % 7 != 5 ? row(result) : String.valueOf(there);
  }

  private static String row(ResultSet result) throws SQLException {
    StringBuilder row = new StringBuilder();
    row.append(result.getInt(1)).append(',').append(result.getInt(2));
    row.append(',').append(Arrays.toString(result.getBytes(3)));
    row.append(',').append(result.getTimestamp(4)).append(',').append(result.wasNull());
    return row.append(',').append(result.getRow()).toString();
  }

  private static String readAgain(ResultSet result, int b) throws SQLException {
    if (result == null) {
      return "no result";
    }
    return switch (b % 5) {
      case 0 -> "was null " + result.wasNull();
      case 1 -> "row " + result.getRow();
      case 2 -> result.getString(5) + " " + result.wasNull();
      case 3 -> "closed " + result.isClosed();
      default -> "v " + result.getObject(2);
    };
  }

  private static String updateColumn(ResultSet result, int b) throws SQLException {
    if (result == null) {
      return "no result";
    }
    if (b % 2 == 0) {
      result.updateInt(2, b);
    } else {
      result.updateString(5, "n" + b);
    }
    return "updated";
  }

  private static String changeRow(ResultSet result, int a, int b) throws SQLException {
    if (result == null) {
      return "no result";
    }
    switch (a % 8) {
      case 0, 1 -> result.updateRow();
      case 2 -> {
        result.moveToInsertRow();
        result.updateInt(1, key(b));
        result.updateInt(2, b);
      }
      case 3 -> result.insertRow();
      case 4 -> result.moveToCurrentRow();
      case 5 -> result.deleteRow();
      case 6 -> result.refreshRow();
      default -> result.cancelRowUpdates();
    }
    return "done";
  }

  private String closeResult(int a) throws SQLException {
    ResultSet result = result(a);
    if (result == null) {
      return "no result";
    }
    result.close();
    return "closed " + result.isClosed();
  }

  // -------------------- transactions

  private String savepoint(int a, int b) throws SQLException {
    savepoints.add(a % 2 == 0 ? connection.setSavepoint() : connection.setSavepoint("s" + b % 3));
    return "savepoint";
  }

  private String rollBackTo(int a) throws SQLException {
    if (savepoints.isEmpty()) {
      return "no savepoint";
    }
    connection.rollback(savepoints.get(a % savepoints.size()));
    return "rolled back to it";
  }

  private String release(int a) throws SQLException {
    if (savepoints.isEmpty()) {
      return "no savepoint";
    }
    connection.releaseSavepoint(savepoints.get(a % savepoints.size()));
    return "released";
  }

  private String savepointText(int a, int b) throws SQLException {
    String name = "s" + b % 3;
    String text =
        switch (a % 4) {
          case 0, 1 -> "SAVEPOINT " + name;
          case 2 -> "ROLLBACK TO SAVEPOINT " + name;
          default -> "RELEASE " + name;
        };
    return "rows " + statements[0].execute(text);
  }

  private String end(Call call) throws SQLException {
    switch (call.kind()) {
      case COMMIT -> connection.commit();
      case ROLLBACK -> connection.rollback();
      case AUTO_COMMIT -> connection.setAutoCommit(call.a() % 3 == 1);
      default -> statements[0].execute(transactionText(call.a()));
    }
    return "auto-commit " + connection.getAutoCommit();
  }

  private static String transactionText(int a) {
    return switch (a % 5) {
      case 0 -> "BEGIN";
      case 1 -> "COMMIT";
      case 2 -> "ROLLBACK";
      case 3 -> "END";
      default -> "COMMIT AND NO CHAIN";
    };
  }

  private String severalStatements(int a, int b) throws SQLException {
    String first = "UPDATE t SET v = v + 1 WHERE k = " + key(a);
    String second = "INSERT INTO t (k, v) VALUES (%d, %d)".formatted(key(b), b);
    String text =
        switch (a % 6) {
          case 0 -> first + "; " + second;
          case 1 -> first + "; COMMIT; " + second;
          case 2 -> first + "; SAVEPOINT s0; " + second;
          case 3 -> "BEGIN; " + first + "; SELECT v FROM t ORDER BY k; COMMIT";
          case 4 -> second + "; ROLLBACK; " + first;
          default -> "SELECT k FROM t ORDER BY k; " + first + "; SELECT v FROM t ORDER BY k";
        };
    int slot = b % STATEMENTS;
    results[slot] = null;
    return everything(statements[slot], statements[slot].execute(text));
  }

  private static String everything(Statement statement, boolean hasRows) throws SQLException {
    StringBuilder all = new StringBuilder();
    boolean rows = hasRows;
    while (rows || statement.getUpdateCount() >= 0) {
      if (rows) {
        try (ResultSet result = statement.getResultSet()) {
          while (result.next()) {
            all.append(result.getInt(1)).append(' ');
          }
        }
      } else {
        all.append("count ").append(statement.getUpdateCount());
      }
      all.append("; ");
      rows = statement.getMoreResults();
    }
    return all.toString();
  }

  private String batchOfTexts(int a, int b) throws SQLException {
    Statement statement = statements[b % STATEMENTS];
    statement.addBatch("UPDATE t SET v = v + 1 WHERE k >= " + key(a));
    switch (a % 5) {
      case 0 -> statement.addBatch("COMMIT");
      case 1 -> statement.addBatch("SAVEPOINT s1");
      case 2 -> statement.addBatch("BEGIN");
      default -> statement.addBatch("DELETE FROM t WHERE k = " + key(b));
    }
    statement.addBatch("INSERT INTO t (k, v) VALUES (%d, %d)".formatted(key(b), a));
    results[b % STATEMENTS] = null;
    return counts(statement.executeBatch());
  }

  private String metaData(int a, int b) throws SQLException {
    ResultSet result = result(b);
    return switch (a % 5) {
      case 0 -> "catalog " + connection.getCatalog();
      case 1 -> "length " + connection.getMetaData().getMaxColumnNameLength();
      case 2 -> "type " + (result == null ? "" : result.getMetaData().getColumnTypeName(2));
      case 3 -> "key " + (result == null ? "" : result.getMetaData().isAutoIncrement(1));
      default -> "level " + (connection.getTransactionIsolation() > 0);
    };
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
