package io.dsqlproxy.driver.journal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGResultSetMetaData;

/**
 * What the application has read of one result: the rows that it moved to, each with all columns,
 * and whether it has seen the end. Another result has the same outcome if it starts with the same
 * rows in the same order, and ends there if the application knows that.
 *
 * <p>Of a scrollable result everything counts as read. Not safe for use by several threads at once.
 */
public final class RowsRead {

  private final HeldResult held;
  private final int columns;
  private final boolean binary;
  private final boolean scrollable;
  private final RowDigest digest = new RowDigest();
  private int rows;
  private boolean ended;
  private List<Answer> answers;
  private ResultSet again;

  /** Nothing is read yet, or everything if it is scrollable. */
  RowsRead(HeldResult held, ResultSet result) throws SQLException {
    this.held = held;
    PGResultSetMetaData metaData = result.getMetaData().unwrap(PGResultSetMetaData.class);
    this.columns = result.getMetaData().getColumnCount();
    this.binary = hasBinaryColumn(metaData);
    this.scrollable = result.getType() != ResultSet.TYPE_FORWARD_ONLY;
    if (scrollable) {
      while (result.next()) {
        addRow(result, digest);
        rows++;
      }
      ended = true;
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

  HeldResult held() {
    return held;
  }

  /**
   * The application has moved to the next row, or knows now that there is none.
   *
   * @param result at its new position
   */
  public void moved(ResultSet result, boolean toRow) throws SQLException {
    if (scrollable) {
      return;
    }
    if (toRow) {
      addRow(result, digest);
      rows++;
    } else {
      ended = true;
    }
  }

  /** The application was told something about the rows that it has not read. */
  public boolean answered(Question question, boolean answer) {
    if (!scrollable) {
      if (answers == null) {
        answers = new ArrayList<>(2);
      }
      answers.add(new Answer(rows, ended, question, answer));
    }
    return answer;
  }

  private void addRow(ResultSet result, RowDigest sum) throws SQLException {
    for (int i = 1; i <= columns; i++) {
      sum.add(result.getBytes(i));
    }
    sum.add(columns);
  }

  /** Reads as much of another result, and leaves it at the same position. */
  void verify(ResultSet other) throws SQLException, OutcomeDiffers {
    RowsRead fresh = new RowsRead(held, other);
    if (fresh.columns != columns || fresh.binary != binary) {
      throw new OutcomeDiffers("its columns changed");
    }
    if (scrollable) {
      require(fresh.rows == rows, "the number of its rows changed");
    } else {
      readAsFar(fresh, other);
    }
    require(digest.equalTo(fresh.digest), "a row that was read changed");
    again = other;
  }

  private void readAsFar(RowsRead fresh, ResultSet other) throws SQLException, OutcomeDiffers {
    requireAnswers(fresh, other);
    while (fresh.rows < rows) {
      require(other.next(), "a row that was read is not there any more");
      fresh.moved(other, true);
      requireAnswers(fresh, other);
    }
    if (ended) {
      require(!other.next(), "there is a further row");
      fresh.moved(other, false);
      requireAnswers(fresh, other);
    }
  }

  private void requireAnswers(RowsRead fresh, ResultSet other) throws SQLException, OutcomeDiffers {
    if (answers == null) {
      return;
    }
    for (Answer answer : answers) {
      if (answer.rows() == fresh.rows && answer.ended() == fresh.ended) {
        require(answer.question().ask(other) == answer.answer(), "the number of its rows changed");
      }
    }
  }

  private static void require(boolean holds, String difference) throws OutcomeDiffers {
    if (!holds) {
      throw new OutcomeDiffers(difference);
    }
  }

  /** Lets the application read on in the result that was verified last. */
  void adopt() throws SQLException {
    if (again != null && !held.isClosed()) {
      held.continueOn(again);
    }
    again = null;
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

  private record Answer(int rows, boolean ended, Question question, boolean answer) {}
}
