package io.dsqlproxy.driver.fences;

import io.dsqlproxy.driver.journal.Parameters;
import io.dsqlproxy.rewriter.Operand;
import io.dsqlproxy.rewriter.VersionedRead;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The rows that the application reads of the result of a query with a conditional lock, each with
 * its key and its version. Not safe for use by several threads at once.
 */
final class VersionedRows implements RowObserver {

  private final VersionedRead read;
  private final TableKey key;
  private final Map<String, String> fixed;
  private final Function<RowId, RowVersion> rows;
  private final List<RowVersion> found = new ArrayList<>();
  private final Set<RowId> ids = new HashSet<>();

  /** Those of the result's columns, if they are not known from the query's text. */
  private List<String> names;

  private boolean ended;
  private boolean unidentified;
  private boolean over;

  /**
   * Rows of which none is read yet.
   *
   * @param parameters those of the query
   * @param rows gives the place where a row's version is remembered, or null
   */
  VersionedRows(
      VersionedRead read, TableKey key, Parameters parameters, Function<RowId, RowVersion> rows) {
    this.read = read;
    this.key = key;
    this.fixed = fixedKey(key, read.fixed(), parameters);
    this.rows = rows;
  }

  /** Those columns of the key that the conditions of a statement fix, with their values. */
  static Map<String, String> fixedKey(
      TableKey key, Map<String, Operand> fixed, Parameters parameters) {
    Map<String, String> values = new HashMap<>();
    for (String column : key.types().keySet()) {
      Operand operand = fixed.get(column);
      String value = operand == null ? null : key.canonical(column, text(operand, parameters));
      if (value != null) {
        values.put(column, value);
      }
    }
    return values;
  }

  static String text(Operand operand, Parameters parameters) {
    if (operand instanceof Operand.Parameter parameter) {
      return parameters.text(parameter.number());
    }
    return operand instanceof Operand.Literal literal ? literal.text() : null;
  }

  /** Why rows of the result, or their versions, cannot be told, as a clause; null if they can. */
  String obstacle() {
    String type = key.columns().get(read.versionColumn());
    if (!key.columns().isEmpty() && type == null) {
      return "there is no column " + read.versionColumn() + " (property versionColumns)";
    }
    if (!key.columns().isEmpty() && !VersionType.isExact(type)) {
      return "versions of the type " + type + " cannot be compared exactly";
    }
    if (key.isComparable() && hasKey()) {
      return null;
    }
    return "the table needs a primary key of whole numbers, UUIDs, texts or bytea, and the result"
        + " or the WHERE has to hold it";
  }

  private boolean hasKey() {
    for (String column : key.types().keySet()) {
      if (!fixed.containsKey(column)
          && !read.columns().isEmpty()
          && !read.columns().contains(column)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the application has read all rows of the result, and each could be told. */
  boolean isComplete() {
    return !unidentified && (ended || found.size() == 1 && fixed.size() == key.types().size());
  }

  /** The places where the versions of its rows are remembered. */
  List<RowVersion> found() {
    return found;
  }

  /** The query has taken the lock of all rows. */
  void locked() {
    found.forEach(RowVersion::locked);
  }

  /** What is read from now on is of no interest. */
  void stop() {
    over = true;
  }

  /** The rows cannot be told any more. */
  void giveUp() {
    over = true;
    unidentified = true;
  }

  @Override
  public void moved(ResultSet result, boolean toRow) throws SQLException {
    if (over) {
      return;
    }
    if (!toRow) {
      ended = true;
      return;
    }
    int version = index(result, read.versionColumn());
    RowId id = version == 0 ? null : id(result);
    RowVersion row = id == null ? null : rows.apply(id);
    if (row == null) {
      unidentified = true;
      return;
    }
    if (!ids.add(id)) {
      // The key is not that of the table any more.
      unidentified = true;
    }
    row.read(VersionType.text(key.columns().get(read.versionColumn()), result, version));
    found.add(row);
  }

  /** Null if the row cannot be told. */
  private RowId id(ResultSet result) throws SQLException {
    Map<String, String> values = new HashMap<>();
    for (String column : key.types().keySet()) {
      String value = fixed.get(column);
      int index = value == null ? index(result, column) : 0;
      if (index > 0) {
        value = key.canonical(column, result.getString(index));
      }
      if (value == null) {
        return null;
      }
      values.put(column, value);
    }
    return new RowId(read.table(), values);
  }

  /** 0 if the result has no such column. */
  private int index(ResultSet result, String column) throws SQLException {
    if (!read.columns().isEmpty()) {
      return read.columns().indexOf(column) + 1;
    }
    if (names == null) {
      names = new ArrayList<>();
      ResultSetMetaData metadata = result.getMetaData();
      for (int i = 1; i <= metadata.getColumnCount(); i++) {
        names.add(metadata.getColumnLabel(i));
      }
    }
    return names.indexOf(column) + 1;
  }
}
