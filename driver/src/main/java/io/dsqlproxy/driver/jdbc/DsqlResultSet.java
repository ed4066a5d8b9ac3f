package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.Conflict;
import io.dsqlproxy.driver.execution.Movement;
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
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.Statement;
import java.util.Map;

/**
 * A result set that leads back to decorated objects. Getters go straight to pgJDBC. What is read in
 * a transaction is recorded row by row, and after a replay the rows come from the replay. Not safe
 * for use by several threads at once, like pgJDBC's.
 */
final class DsqlResultSet extends ForwardingResultSet implements HeldResult, Movement {

  private final DsqlConnection connection;
  private DsqlStatement statement;
  private RowsRead read;
  private RowObserver observer;

  /** What it gave rows from before a replay; closing it may close its statement. */
  private ResultSet superseded;

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
    return delegate == other;
  }

  // -------------------- what the journal needs

  /** From now on what is read is recorded. */
  void record(RowsRead rows) {
    read = rows;
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
    if (other.getType() != TYPE_FORWARD_ONLY) {
      if (delegate.isAfterLast()) {
        other.afterLast();
      } else {
        other.absolute(delegate.getRow());
      }
    }
    if (superseded == null) {
      superseded = delegate;
    }
    delegate = other;
  }

  @Override
  public boolean move() throws SQLException {
    return delegate.next();
  }

  private void changesRows() throws SQLException {
    connection.gate().writesRows(Obstacle.ROWS_CHANGED.because());
  }

  private void readsLargeObject() {
    connection.gate().giveUpReplay(Obstacle.LARGE_OBJECT_READ.because());
  }

  // -------------------- java.sql.ResultSet: its position

  @Override
  public boolean next() throws SQLException {
    boolean toRow;
    try {
      toRow = delegate.next();
    } catch (SQLException failure) {
      toRow = afterFailure(failure, this);
    }
    if (read != null) {
      read.moved(delegate, toRow);
    }
    if (observer != null) {
      observer.moved(delegate, toRow);
    }
    return toRow;
  }

  private boolean answer(Question question) throws SQLException {
    boolean answer;
    try {
      answer = question.ask(delegate);
    } catch (SQLException failure) {
      answer = afterFailure(failure, () -> question.ask(delegate));
    }
    return read == null ? answer : read.answered(question, answer);
  }

  private boolean afterFailure(SQLException failure, Movement movement) throws SQLException {
    if (read == null) {
      if (!Conflict.isReportedBy(failure)) {
        throw failure;
      }
      connection.gate().giveUpReplay(Obstacle.ROWS_NOT_JOURNALED.because());
    }
    return connection.gate().moveAfter(failure, movement);
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
    if (superseded != null) {
      superseded.close();
    }
  }

  // -------------------- java.sql.ResultSet: what the journal cannot know

  @Override
  public void insertRow() throws SQLException {
    changesRows();
    delegate.insertRow();
  }

  @Override
  public void updateRow() throws SQLException {
    changesRows();
    delegate.updateRow();
  }

  @Override
  public void deleteRow() throws SQLException {
    changesRows();
    delegate.deleteRow();
  }

  @Override
  public void refreshRow() throws SQLException {
    changesRows();
    delegate.refreshRow();
  }

  @Override
  public Blob getBlob(int columnIndex) throws SQLException {
    readsLargeObject();
    return delegate.getBlob(columnIndex);
  }

  @Override
  public Blob getBlob(String columnLabel) throws SQLException {
    readsLargeObject();
    return delegate.getBlob(columnLabel);
  }

  @Override
  public Clob getClob(int columnIndex) throws SQLException {
    readsLargeObject();
    return delegate.getClob(columnIndex);
  }

  @Override
  public Clob getClob(String columnLabel) throws SQLException {
    readsLargeObject();
    return delegate.getClob(columnLabel);
  }

  // -------------------- java.sql.ResultSet: objects that lead back

  @Override
  public Statement getStatement() throws SQLException {
    Statement undecorated = delegate.getStatement();
    if (statement == null && undecorated != null) {
      statement = new DsqlStatement(connection, undecorated, this);
    }
    return statement;
  }

  @Override
  public Object getObject(int columnIndex) throws SQLException {
    return connection.decorated(delegate.getObject(columnIndex));
  }

  @Override
  public Object getObject(String columnLabel) throws SQLException {
    return connection.decorated(delegate.getObject(columnLabel));
  }

  @Override
  public Object getObject(int columnIndex, Map<String, Class<?>> map) throws SQLException {
    return connection.decorated(delegate.getObject(columnIndex, map));
  }

  @Override
  public Object getObject(String columnLabel, Map<String, Class<?>> map) throws SQLException {
    return connection.decorated(delegate.getObject(columnLabel, map));
  }

  @Override
  public <T> T getObject(int columnIndex, Class<T> type) throws SQLException {
    return connection.decorated(delegate.getObject(columnIndex, type), type);
  }

  @Override
  public <T> T getObject(String columnLabel, Class<T> type) throws SQLException {
    return connection.decorated(delegate.getObject(columnLabel, type), type);
  }

  @Override
  public Array getArray(int columnIndex) throws SQLException {
    return connection.decorated(delegate.getArray(columnIndex));
  }

  @Override
  public Array getArray(String columnLabel) throws SQLException {
    return connection.decorated(delegate.getArray(columnLabel));
  }

  @Override
  public void updateArray(int columnIndex, Array x) throws SQLException {
    delegate.updateArray(columnIndex, DsqlArray.undecorated(x));
  }

  @Override
  public void updateArray(String columnLabel, Array x) throws SQLException {
    delegate.updateArray(columnLabel, DsqlArray.undecorated(x));
  }

  @Override
  public void updateObject(int columnIndex, Object x) throws SQLException {
    delegate.updateObject(columnIndex, DsqlArray.undecorated(x));
  }

  @Override
  public void updateObject(int columnIndex, Object x, int scaleOrLength) throws SQLException {
    delegate.updateObject(columnIndex, DsqlArray.undecorated(x), scaleOrLength);
  }

  @Override
  public void updateObject(String columnLabel, Object x) throws SQLException {
    delegate.updateObject(columnLabel, DsqlArray.undecorated(x));
  }

  @Override
  public void updateObject(String columnLabel, Object x, int scaleOrLength) throws SQLException {
    delegate.updateObject(columnLabel, DsqlArray.undecorated(x), scaleOrLength);
  }

  @Override
  public void updateObject(int columnIndex, Object x, SQLType targetSqlType, int scaleOrLength)
      throws SQLException {
    delegate.updateObject(columnIndex, DsqlArray.undecorated(x), targetSqlType, scaleOrLength);
  }

  @Override
  public void updateObject(String columnLabel, Object x, SQLType targetSqlType, int scaleOrLength)
      throws SQLException {
    delegate.updateObject(columnLabel, DsqlArray.undecorated(x), targetSqlType, scaleOrLength);
  }

  @Override
  public void updateObject(int columnIndex, Object x, SQLType targetSqlType) throws SQLException {
    delegate.updateObject(columnIndex, DsqlArray.undecorated(x), targetSqlType);
  }

  @Override
  public void updateObject(String columnLabel, Object x, SQLType targetSqlType)
      throws SQLException {
    delegate.updateObject(columnLabel, DsqlArray.undecorated(x), targetSqlType);
  }

  // -------------------- java.sql.Wrapper

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
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
