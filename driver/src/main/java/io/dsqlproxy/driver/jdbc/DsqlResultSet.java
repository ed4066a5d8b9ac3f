package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.Conflict;
import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.Movement;
import io.dsqlproxy.driver.execution.RowChange;
import io.dsqlproxy.driver.fences.RowObserver;
import io.dsqlproxy.driver.forwarding.ForwardingResultSet;
import io.dsqlproxy.driver.journal.HeldResult;
import io.dsqlproxy.driver.journal.Obstacle;
import io.dsqlproxy.driver.journal.RowsRead;
import io.dsqlproxy.driver.journal.RowsRead.Question;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.Statement;
import java.util.Map;

/**
 * A result set that leads back to decorated objects. What is read in a transaction is recorded row
 * by row.
 *
 * <p>After a replay, which has given the same rows as far as they were read, it stays where it is,
 * with everything that the application has set on the row. A scrollable result has all of its rows
 * and stays for good. Another one goes on in the result of the replay when it moves to the next
 * row; generated keys, of which only the columns that were read are the same, do so at once.
 *
 * <p>Not safe for use by several threads at once, like pgJDBC's. But another thread may replay the
 * transaction at any time: what is recorded is read in the connection's turn.
 */
final class DsqlResultSet extends ForwardingResultSet implements HeldResult, Movement {

  private final DsqlConnection connection;
  private DsqlStatement statement;
  private volatile RowsRead read;
  private Movement recordedNext;
  private RowObserver observer;

  /** What it gave rows from before a replay; closing it may close its statement. */
  private ResultSet superseded;

  /** The same result in the last replay; null if there was none. */
  private ResultSet replayed;

  /** Whether it goes on in that one when it moves. */
  private boolean goesOn;

  /** Whether values were set that are not written yet. */
  private boolean unwritten;

  private boolean onInsertRow;

  /** Whether the current row was written, of which the result of the replay knows nothing. */
  private boolean rowChanged;

  /** Whether rows were inserted or deleted that the result of the replay has not, or still has. */
  private boolean hasOtherRows;

  /** Whether {@link #wasNull} says, until a value is read, what pgJDBC does not know any more. */
  private boolean keepsWasNull;

  private boolean keptWasNull;

  /** The result of a statement that the application has. */
  DsqlResultSet(DsqlConnection connection, DsqlStatement statement, ResultSet delegate) {
    super(delegate);
    this.connection = connection;
    this.statement = statement;
  }

  /** The result of a statement inside pgJDBC, which is decorated when somebody asks for it. */
  DsqlResultSet(DsqlConnection connection, ResultSet delegate) {
    this(connection, null, delegate);
  }

  boolean decorates(ResultSet other) {
    return delegate == other || replayed == other && other != null;
  }

  // -------------------- what the journal needs

  /** From now on what is read is recorded. */
  void record(RowsRead rows) throws SQLException {
    read = rows;
    recordedNext = this::toNextRow;
    keepWasNull(false);
  }

  /** From now on somebody else sees what is read, too; nobody if it is null. */
  void observe(RowObserver rows) {
    observer = rows;
  }

  @Override
  public void stopRecording() {
    read = null;
  }

  @Override
  public void continueOn(ResultSet other) throws SQLException {
    RowsRead rows = read;
    boolean elsewhere = isElsewhere(other);
    replayed = other;
    if (elsewhere && !isRowInWork() || rows != null && rows.isByColumn()) {
      goOn();
    } else {
      goesOn = elsewhere || !isScrollable(delegate);
    }
  }

  private boolean isElsewhere(ResultSet other) throws SQLException {
    return other.getStatement().getConnection() != delegate.getStatement().getConnection();
  }

  private static boolean isScrollable(ResultSet result) throws SQLException {
    return result.getType() != TYPE_FORWARD_ONLY;
  }

  private boolean isRowInWork() throws SQLException {
    return (unwritten || onInsertRow || hasOtherRows)
        && delegate.getConcurrency() == CONCUR_UPDATABLE;
  }

  /** Goes on in the result of the last replay, if it has to: it is about to move. */
  private void goOnIfDue() throws SQLException {
    if (!goesOn) {
      return;
    }
    if (isRowInWork()) {
      throw DsqlExceptions.rowNotWritten();
    }
    goOn();
  }

  private void goOn() throws SQLException {
    goesOn = false;
    rowChanged = false;
    ResultSet next = replayed;
    if (isScrollable(next)) {
      if (delegate.isAfterLast()) {
        next.afterLast();
      } else {
        next.absolute(delegate.getRow());
      }
    }
    if (next.getFetchSize() != delegate.getFetchSize()) {
      next.setFetchSize(delegate.getFetchSize());
    }
    if (next.getFetchDirection() != delegate.getFetchDirection()) {
      next.setFetchDirection(delegate.getFetchDirection());
    }
    if (delegate.getWarnings() == null) {
      next.clearWarnings();
    }
    boolean before = wasNull();
    if (superseded == null) {
      superseded = delegate;
    }
    delegate = next;
    keepWasNull(before);
  }

  @Override
  public boolean isReadFrom(Statement other) throws SQLException {
    return !delegate.isClosed() && delegate.getStatement() == other;
  }

  @Override
  public void closeWithReplayed() throws SQLException {
    if (replayed != null && replayed.isClosed()) {
      close();
    }
  }

  /** To record values is to read them. */
  private void keepWasNull(boolean before) throws SQLException {
    keepsWasNull = delegate.wasNull() != before;
    keptWasNull = before;
  }

  @Override
  public boolean move() throws SQLException {
    goOnIfDue();
    return delegate.next();
  }

  private void readsLargeObject() {
    connection.gate().giveUpReplay(Obstacle.LARGE_OBJECT_READ.because());
  }

  // -------------------- java.sql.ResultSet: its values

  @Override
  protected ResultSet source(int columnIndex) throws SQLException {
    if (keepsWasNull && isOnRow()) {
      keepsWasNull = false;
    }
    RowsRead rows = read;
    if (rows != null && rows.isByColumn() && !rows.countsColumn(columnIndex)) {
      connection.gate().move(() -> rows.readsColumn(columnIndex));
    }
    return delegate;
  }

  @Override
  protected ResultSet source(String columnLabel) throws SQLException {
    RowsRead rows = read;
    return source(rows != null && rows.isByColumn() ? findColumn(columnLabel) : 0);
  }

  @Override
  public boolean wasNull() throws SQLException {
    boolean known = delegate.wasNull();
    return keepsWasNull ? keptWasNull : known;
  }

  @Override
  protected ResultSet target() throws SQLException {
    ResultSet target = beforeChange();
    unwritten |= isOnRow();
    return target;
  }

  /** A change begins, if it can, in the result that the next rows come from. */
  private ResultSet beforeChange() throws SQLException {
    if (goesOn && !rowChanged && !isRowInWork()) {
      inTurn(
          () -> {
            goOnIfDue();
            return true;
          });
    }
    return delegate;
  }

  /** Elsewhere no value can be read or set. */
  private boolean isOnRow() throws SQLException {
    return onInsertRow || delegate.getRow() > 0;
  }

  // -------------------- java.sql.ResultSet: its position

  @Override
  public boolean next() throws SQLException {
    return read == null ? toNextRow() : connection.gate().move(recordedNext);
  }

  private boolean toNextRow() throws SQLException {
    boolean toRow;
    try {
      toRow = move();
    } catch (SQLException failure) {
      toRow = afterFailure(failure, this);
    }
    RowsRead rows = read;
    if (rows == null && observer == null) {
      return toRow;
    }
    boolean before = wasNull();
    if (rows != null) {
      rows.moved(delegate, toRow);
    }
    if (observer != null) {
      observer.moved(delegate, toRow);
    }
    keepWasNull(before);
    return toRow;
  }

  /** Moves in its rows, which it has all. */
  private boolean scroll(Movement movement) throws SQLException {
    boolean toRow =
        inTurn(
            () -> {
              goOnIfDue();
              return movement.move();
            });
    onInsertRow = false;
    return toRow;
  }

  private boolean inTurn(Movement movement) throws SQLException {
    return read == null ? movement.move() : connection.gate().move(movement);
  }

  @Override
  public boolean previous() throws SQLException {
    return scroll(() -> delegate.previous());
  }

  @Override
  public boolean absolute(int row) throws SQLException {
    return scroll(() -> delegate.absolute(row));
  }

  @Override
  public boolean relative(int rows) throws SQLException {
    return scroll(() -> delegate.relative(rows));
  }

  @Override
  public boolean first() throws SQLException {
    return scroll(() -> delegate.first());
  }

  @Override
  public boolean last() throws SQLException {
    return scroll(() -> delegate.last());
  }

  @Override
  public void beforeFirst() throws SQLException {
    scroll(
        () -> {
          delegate.beforeFirst();
          return false;
        });
  }

  @Override
  public void afterLast() throws SQLException {
    scroll(
        () -> {
          delegate.afterLast();
          return false;
        });
  }

  private boolean answer(Question question) throws SQLException {
    return inTurn(() -> answerInTurn(question));
  }

  private boolean answerInTurn(Question question) throws SQLException {
    Movement asking = () -> question.ask(asked());
    boolean answer;
    try {
      answer = asking.move();
    } catch (SQLException failure) {
      answer = afterFailure(failure, asking);
    }
    RowsRead rows = read;
    return rows == null ? answer : rows.answered(question, answer);
  }

  /** The result that the next rows come from, at the same position. The current row stays. */
  private ResultSet asked() throws SQLException {
    if (!goesOn || onInsertRow) {
      return delegate;
    }
    if (hasOtherRows) {
      throw DsqlExceptions.rowNotWritten();
    }
    return replayed;
  }

  private boolean afterFailure(SQLException failure, Movement movement) throws SQLException {
    if (read == null) {
      if (!Conflict.isReportedBy(failure)) {
        throw failure;
      }
      readsUnseen();
    }
    return connection.gate().moveAfter(failure, movement);
  }

  private void readsUnseen() {
    connection.gate().giveUpReplay(Obstacle.ROWS_NOT_JOURNALED.because());
  }

  @Override
  public boolean isBeforeFirst() throws SQLException {
    return answer(Question.IS_BEFORE_FIRST);
  }

  @Override
  public boolean isLast() throws SQLException {
    return answer(Question.IS_LAST);
  }

  @Override
  public boolean isAfterLast() throws SQLException {
    return answer(Question.IS_AFTER_LAST);
  }

  @Override
  public void close() throws SQLException {
    delegate.close();
    if (replayed != null) {
      replayed.close();
    }
    if (superseded != null) {
      superseded.close();
    }
  }

  // -------------------- java.sql.ResultSet: changes of rows

  /** Changes a row by its key, if it does: then pgJDBC reads the key's values. */
  private void changeRow(boolean byKey, RowChange change) throws SQLException {
    connection.gate().changeRow(Obstacle.ROWS_CHANGED.because(), change);
    unwritten = false;
    keepsWasNull &= !byKey;
  }

  /** Rows are changed through the connection that they came from, which may be lost. */
  private ResultSet changeable() throws SQLException {
    beforeChange();
    if (goesOn && isElsewhere(replayed)) {
      throw DsqlExceptions.rowNotWritten();
    }
    return delegate;
  }

  @Override
  public void insertRow() throws SQLException {
    changeRow(false, () -> changeable().insertRow());
    hasOtherRows |= goesOn;
  }

  @Override
  public void updateRow() throws SQLException {
    changeRow(unwritten, () -> changeable().updateRow());
    rowChanged |= goesOn;
  }

  @Override
  public void deleteRow() throws SQLException {
    changeRow(true, () -> changeable().deleteRow());
    hasOtherRows |= goesOn;
  }

  @Override
  public void refreshRow() throws SQLException {
    changeRow(true, () -> changeable().refreshRow());
    rowChanged |= goesOn;
  }

  @Override
  public void cancelRowUpdates() throws SQLException {
    delegate.cancelRowUpdates();
    unwritten = false;
  }

  @Override
  public void moveToInsertRow() throws SQLException {
    beforeChange().moveToInsertRow();
    onInsertRow = true;
    unwritten = false;
  }

  @Override
  public void moveToCurrentRow() throws SQLException {
    delegate.moveToCurrentRow();
    onInsertRow = false;
    unwritten = false;
  }

  // -------------------- java.sql.ResultSet: what the journal cannot know

  @Override
  public Blob getBlob(int columnIndex) throws SQLException {
    readsLargeObject();
    return super.getBlob(columnIndex);
  }

  @Override
  public Blob getBlob(String columnLabel) throws SQLException {
    readsLargeObject();
    return super.getBlob(columnLabel);
  }

  @Override
  public Clob getClob(int columnIndex) throws SQLException {
    readsLargeObject();
    return super.getClob(columnIndex);
  }

  @Override
  public Clob getClob(String columnLabel) throws SQLException {
    readsLargeObject();
    return super.getClob(columnLabel);
  }

  // -------------------- java.sql.ResultSet: objects that lead back

  @Override
  public Statement getStatement() throws SQLException {
    Statement undecorated = delegate.getStatement();
    if (statement == null && undecorated != null) {
      statement = new DsqlStatement(connection, undecorated, this);
    }
    return statement == null ? null : statement.forApplication();
  }

  /** pgJDBC opens the cursor that a value names, which the journal does not know. */
  private Object opened(Object value) {
    if (value instanceof ResultSet) {
      readsUnseen();
    }
    return connection.decorated(value);
  }

  private SQLException whileOpening(SQLException failure) {
    try {
      if (Conflict.isReportedBy(failure)) {
        readsUnseen();
        connection.gate().moveAfter(failure, () -> false);
      }
    } catch (SQLException surfacing) {
      return surfacing;
    }
    return failure;
  }

  @Override
  public Object getObject(int columnIndex) throws SQLException {
    try {
      return opened(source(columnIndex).getObject(columnIndex));
    } catch (SQLException failure) {
      throw whileOpening(failure);
    }
  }

  @Override
  public Object getObject(String columnLabel) throws SQLException {
    return getObject(findColumn(columnLabel));
  }

  @Override
  public Object getObject(int columnIndex, Map<String, Class<?>> map) throws SQLException {
    try {
      return opened(source(columnIndex).getObject(columnIndex, map));
    } catch (SQLException failure) {
      throw whileOpening(failure);
    }
  }

  @Override
  public Object getObject(String columnLabel, Map<String, Class<?>> map) throws SQLException {
    return getObject(findColumn(columnLabel), map);
  }

  @Override
  public <T> T getObject(int columnIndex, Class<T> type) throws SQLException {
    if (type != null && (Blob.class.isAssignableFrom(type) || Clob.class.isAssignableFrom(type))) {
      readsLargeObject();
    }
    return connection.decorated(source(columnIndex).getObject(columnIndex, type), type);
  }

  @Override
  public <T> T getObject(String columnLabel, Class<T> type) throws SQLException {
    return getObject(findColumn(columnLabel), type);
  }

  @Override
  public Array getArray(int columnIndex) throws SQLException {
    return connection.decorated(source(columnIndex).getArray(columnIndex));
  }

  @Override
  public Array getArray(String columnLabel) throws SQLException {
    return connection.decorated(source(columnLabel).getArray(columnLabel));
  }

  @Override
  public void updateArray(int columnIndex, Array x) throws SQLException {
    target().updateArray(columnIndex, DsqlArray.undecorated(x));
  }

  @Override
  public void updateArray(String columnLabel, Array x) throws SQLException {
    target().updateArray(columnLabel, DsqlArray.undecorated(x));
  }

  @Override
  public void updateObject(int columnIndex, Object x) throws SQLException {
    target().updateObject(columnIndex, DsqlArray.undecorated(x));
  }

  @Override
  public void updateObject(int columnIndex, Object x, int scaleOrLength) throws SQLException {
    target().updateObject(columnIndex, DsqlArray.undecorated(x), scaleOrLength);
  }

  @Override
  public void updateObject(String columnLabel, Object x) throws SQLException {
    target().updateObject(columnLabel, DsqlArray.undecorated(x));
  }

  @Override
  public void updateObject(String columnLabel, Object x, int scaleOrLength) throws SQLException {
    target().updateObject(columnLabel, DsqlArray.undecorated(x), scaleOrLength);
  }

  @Override
  public void updateObject(int columnIndex, Object x, SQLType targetSqlType, int scaleOrLength)
      throws SQLException {
    target().updateObject(columnIndex, DsqlArray.undecorated(x), targetSqlType, scaleOrLength);
  }

  @Override
  public void updateObject(String columnLabel, Object x, SQLType targetSqlType, int scaleOrLength)
      throws SQLException {
    target().updateObject(columnLabel, DsqlArray.undecorated(x), targetSqlType, scaleOrLength);
  }

  @Override
  public void updateObject(int columnIndex, Object x, SQLType targetSqlType) throws SQLException {
    target().updateObject(columnIndex, DsqlArray.undecorated(x), targetSqlType);
  }

  @Override
  public void updateObject(String columnLabel, Object x, SQLType targetSqlType)
      throws SQLException {
    target().updateObject(columnLabel, DsqlArray.undecorated(x), targetSqlType);
  }

  @Override
  public ResultSetMetaData getMetaData() throws SQLException {
    return DsqlResultSetMetaData.of(connection, delegate.getMetaData());
  }

  // -------------------- java.sql.Wrapper

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (!type.isInstance(this)) {
      goOnIfDue();
    }
    T unwrapped = Unwrapping.unwrap(this, delegate, type);
    if (unwrapped != this) {
      String reason = Obstacle.RESULT_UNWRAPPED.because(type.getName());
      connection.gate().giveUpReplay(reason);
      connection.session().stay(reason);
    }
    return unwrapped;
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return Unwrapping.isWrapperFor(this, delegate, type);
  }
}
