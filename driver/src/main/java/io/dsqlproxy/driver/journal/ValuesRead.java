package io.dsqlproxy.driver.journal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;

/**
 * The values of the rows that the application moved to. Not safe for use by several threads at
 * once.
 */
abstract class ValuesRead {

  /** All values of each row count. */
  static ValuesRead ofRows(int columns) {
    return new OfRows(columns);
  }

  /** Only the values of columns that were read count. */
  static ValuesRead byColumn(int columns) {
    return new ByColumn(columns);
  }

  /** Adds the current row. */
  abstract void add(ResultSet row) throws SQLException;

  /** Whether the values of a column count. */
  abstract boolean counts(int column);

  /** The values of a column count from now on, those of the rows before too. */
  abstract void count(int column);

  /** Whether those that count here are the same as those of another result. */
  abstract boolean equalTo(ValuesRead other);

  private static final class OfRows extends ValuesRead {

    private final int columns;
    private final RowDigest digest = new RowDigest();

    OfRows(int columns) {
      this.columns = columns;
    }

    @Override
    void add(ResultSet row) throws SQLException {
      for (int i = 1; i <= columns; i++) {
        digest.add(row.getBytes(i));
      }
      digest.add(columns);
    }

    @Override
    boolean counts(int column) {
      return true;
    }

    @Override
    void count(int column) {}

    @Override
    boolean equalTo(ValuesRead other) {
      return digest.equalTo(((OfRows) other).digest);
    }
  }

  private static final class ByColumn extends ValuesRead {

    private final RowDigest[] digests;
    private final BitSet counted = new BitSet();

    ByColumn(int columns) {
      this.digests = new RowDigest[columns];
      for (int i = 0; i < columns; i++) {
        digests[i] = new RowDigest();
      }
    }

    @Override
    void add(ResultSet row) throws SQLException {
      for (int i = 0; i < digests.length; i++) {
        digests[i].add(row.getBytes(i + 1));
      }
    }

    @Override
    boolean counts(int column) {
      return column < 1 || column > digests.length || counted.get(column);
    }

    @Override
    void count(int column) {
      counted.set(column);
    }

    @Override
    boolean equalTo(ValuesRead other) {
      RowDigest[] others = ((ByColumn) other).digests;
      return counted.stream().allMatch(column -> digests[column - 1].equalTo(others[column - 1]));
    }
  }
}
