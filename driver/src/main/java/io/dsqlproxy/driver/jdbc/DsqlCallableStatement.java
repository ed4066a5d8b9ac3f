package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.rewriter.Plan;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.SQLException;
import java.sql.SQLType;
import java.util.Map;

/**
 * A callable statement whose executions pass the gate. Its text is that of a transaction in every
 * situation. Not safe for use by several threads at once except for {@link #cancel()}, like
 * pgJDBC's.
 */
final class DsqlCallableStatement extends ForwardingCallableStatement {

  private final CallableStatement delegate;

  DsqlCallableStatement(DsqlConnection connection, CallableStatement delegate, Plan plan) {
    super(connection, delegate, plan);
    this.delegate = delegate;
  }

  @Override
  protected CallableStatement delegate() {
    return delegate;
  }

  // -------------------- java.sql.CallableStatement: objects that lead back

  @Override
  public Object getObject(int parameterIndex) throws SQLException {
    return connection().decorated(delegate.getObject(parameterIndex));
  }

  @Override
  public Object getObject(int parameterIndex, Map<String, Class<?>> map) throws SQLException {
    return connection().decorated(delegate.getObject(parameterIndex, map));
  }

  @Override
  public Object getObject(String parameterName) throws SQLException {
    return connection().decorated(delegate.getObject(parameterName));
  }

  @Override
  public Object getObject(String parameterName, Map<String, Class<?>> map) throws SQLException {
    return connection().decorated(delegate.getObject(parameterName, map));
  }

  @Override
  public <T> T getObject(int parameterIndex, Class<T> type) throws SQLException {
    return connection().decorated(delegate.getObject(parameterIndex, type), type);
  }

  @Override
  public <T> T getObject(String parameterName, Class<T> type) throws SQLException {
    return connection().decorated(delegate.getObject(parameterName, type), type);
  }

  @Override
  public Array getArray(int parameterIndex) throws SQLException {
    return connection().decorated(delegate.getArray(parameterIndex));
  }

  @Override
  public Array getArray(String parameterName) throws SQLException {
    return connection().decorated(delegate.getArray(parameterName));
  }

  // -------------------- java.sql.CallableStatement: parameters

  @Override
  public void setObject(String parameterName, Object x) throws SQLException {
    delegate.setObject(parameterName, undecorated(x));
  }

  @Override
  public void setObject(String parameterName, Object x, int targetSqlType) throws SQLException {
    delegate.setObject(parameterName, undecorated(x), targetSqlType);
  }

  @Override
  public void setObject(String parameterName, Object x, int targetSqlType, int scale)
      throws SQLException {
    delegate.setObject(parameterName, undecorated(x), targetSqlType, scale);
  }

  @Override
  public void setObject(String parameterName, Object x, SQLType targetSqlType) throws SQLException {
    delegate.setObject(parameterName, undecorated(x), targetSqlType);
  }

  @Override
  public void setObject(String parameterName, Object x, SQLType targetSqlType, int scaleOrLength)
      throws SQLException {
    delegate.setObject(parameterName, undecorated(x), targetSqlType, scaleOrLength);
  }
}
