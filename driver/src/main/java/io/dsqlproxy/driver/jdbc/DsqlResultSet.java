package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.forwarding.ForwardingResultSet;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.Statement;
import java.util.Map;

/**
 * A result set that leads back to decorated objects. Getters go straight to pgJDBC. Not safe for
 * use by several threads at once, like pgJDBC's.
 */
final class DsqlResultSet extends ForwardingResultSet {

  private final DsqlConnection connection;
  private DsqlStatement statement;

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

  // -------------------- java.sql.ResultSet

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
    return Unwrapping.unwrap(this, delegate, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return Unwrapping.isWrapperFor(this, delegate, type);
  }
}
