package io.dsqlproxy.driver.journal;

import java.lang.ref.WeakReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import org.postgresql.PGResultSetMetaData;

/**
 * What the application has read of one result: the rows that it moved to, each with all columns or
 * with those that it read, and whether it has seen the end. Another result has the same outcome if
 * it starts with the same rows in the same order, and ends there if the application knows that.
 *
 * <p>Of a scrollable result everything counts as read. The rows themselves are not kept: an
 * application that has dropped its result set has dropped them. Not safe for use by several threads
 * at once.
 */
public final class RowsRead {

  /** What it takes in memory, approximately, in bytes. */
  static final int BYTES = 192;

  private final WeakReference<HeldResult> held;
  private final int columns;
  private final boolean binary;
  private final boolean scrollable;
  private final boolean byColumn;
  private final ValuesRead values;
  private int rows;
  private boolean ended;

  /** What the application was told at its position; null if that is nothing. */
  private Map<Question, Boolean> answers;

  private ResultSet again;

  /** Nothing is read yet, or everything if it is scrollable. All columns of a row count. */
  RowsRead(HeldResult held, ResultSet result) throws SQLException {
    this(new WeakReference<>(held), result, false);
  }

  private RowsRead(WeakReference<HeldResult> held, ResultSet result, boolean byColumn)
      throws SQLException {
    this.held = held;
    PGResultSetMetaData metaData = result.getMetaData().unwrap(PGResultSetMetaData.class);
    this.columns = result.getMetaData().getColumnCount();
    this.binary = hasBinaryColumn(metaData);
    this.scrollable = result.getType() != ResultSet.TYPE_FORWARD_ONLY;
    this.byColumn = byColumn;
    this.values = byColumn ? ValuesRead.byColumn(columns) : ValuesRead.ofRows(columns);
    if (scrollable) {
      readAll(result);
    }
  }

  /** The same, but only those columns count of which the application reads a value. */
  static RowsRead byColumn(HeldResult held, ResultSet result) throws SQLException {
    return new RowsRead(new WeakReference<>(held), result, true);
  }

  /** In a result without rows pgJDBC does not come back from a movement. */
  private void readAll(ResultSet result) throws SQLException {
    ended = true;
    if (result.isBeforeFirst()) {
      while (result.next()) {
        values.add(result);
        rows++;
      }
      result.beforeFirst();
    }
  }

  private boolean hasBinaryColumn(PGResultSetMetaData metaData) throws SQLException {
    for (int i = 1; i <= columns; i++) {
      if (metaData.getFormat(i) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether the values came in PostgreSQL's binary format, which a digest does not compare. */
  boolean isBinary() {
    return binary;
  }

  /** The transaction is over: what is read from now on is of no interest. */
  void stopRecording() {
    HeldResult holder = held.get();
    if (holder != null) {
      holder.stopRecording();
    }
  }

  /**
   * The application has moved to the next row, or knows now that there is none. What it was told
   * before says no more than that.
   *
   * @param result at its new position
   */
  public void moved(ResultSet result, boolean toRow) throws SQLException {
    if (scrollable) {
      return;
    }
    answers = null;
    if (toRow) {
      values.add(result);
      rows++;
    } else {
      ended = true;
    }
  }

  /** The application was told something about the rows that it has not read. */
  public boolean answered(Question question, boolean answer) {
    if (!scrollable) {
      if (answers == null) {
        answers = new EnumMap<>(Question.class);
      }
      answers.put(question, answer);
    }
    return answer;
  }

  /** Whether the values of single columns count, and not whole rows. */
  public boolean isByColumn() {
    return byColumn;
  }

  /** Whether the values of a column count. */
  public boolean countsColumn(int column) {
    return values.counts(column);
  }

  /** The application is about to read a value of the column; always true. */
  public boolean readsColumn(int column) {
    values.count(column);
    return true;
  }

  /** Reads as much of another result, and leaves it at the same position. */
  void verify(ResultSet other) throws SQLException, OutcomeDiffers {
    RowsRead fresh = new RowsRead(held, other, byColumn);
    if (fresh.columns != columns || fresh.binary != binary) {
      throw new OutcomeDiffers("its columns changed");
    }
    if (scrollable) {
      require(fresh.rows == rows, "the number of its rows changed");
      requireSameValues(fresh, other);
    } else {
      readAsFar(fresh, other);
    }
    again = other;
  }

  private void requireSameValues(RowsRead fresh, ResultSet other)
      throws SQLException, OutcomeDiffers {
    if (!values.equalTo(fresh.values)) {
      String column = TransactionTime.of(other).columnIn(other, values);
      throw column == null ? OutcomeDiffers.byValue() : OutcomeDiffers.byTransactionTime(column);
    }
  }

  private void readAsFar(RowsRead fresh, ResultSet other) throws SQLException, OutcomeDiffers {
    while (fresh.rows < rows) {
      require(other.next(), "a row that was read is not there any more");
      fresh.moved(other, true);
    }
    requireSameValues(fresh, other);
    if (ended) {
      require(!other.next(), "there is a further row");
      fresh.moved(other, false);
    }
    if (answers != null) {
      for (Map.Entry<Question, Boolean> answer : answers.entrySet()) {
        boolean answerAgain = answer.getKey().ask(other);
        require(answerAgain == answer.getValue(), "the number of its rows changed");
      }
    }
  }

  private static void require(boolean holds, String difference) throws OutcomeDiffers {
    if (!holds) {
      throw new OutcomeDiffers(difference);
    }
  }

  /**
   * Lets the application read on in the result that was verified last; one that it has closed, or
   * dropped, nobody can read on in.
   */
  void adopt() throws SQLException {
    ResultSet verified = again;
    again = null;
    if (verified == null) {
      return;
    }
    HeldResult holder = held.get();
    if (holder == null || holder.isClosed()) {
      verified.close();
    } else {
      holder.continueOn(verified);
    }
  }

  boolean isReadFrom(Statement statement) throws SQLException {
    HeldResult holder = held.get();
    return holder != null && holder.isReadFrom(statement);
  }

  void closeWithReplayed() throws SQLException {
    HeldResult holder = held.get();
    if (holder != null) {
      holder.closeWithReplayed();
    }
  }

  /** What can be asked of a result without moving in it. */
  public enum Question {
    /** {@link ResultSet#isBeforeFirst()}, which is false if there are no rows. */
    IS_BEFORE_FIRST,
    /** {@link ResultSet#isLast()}. */
    IS_LAST,
    /** {@link ResultSet#isAfterLast()}, which is false if there are no rows. */
    IS_AFTER_LAST;

    /** Asks it. */
    public boolean ask(ResultSet result) throws SQLException {
      return switch (this) {
        case IS_BEFORE_FIRST -> result.isBeforeFirst();
        case IS_LAST -> result.isLast();
        case IS_AFTER_LAST -> result.isAfterLast();
      };
    }
  }
}
