package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.forwarding.ForwardingArray;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;

/**
 * An array whose result sets lead back to decorated objects. As safe for use by many threads as
 * pgJDBC's.
 */
final class DsqlArray extends ForwardingArray {

  private final DsqlConnection connection;

  DsqlArray(DsqlConnection connection, Array delegate) {
    super(delegate);
    this.connection = connection;
  }

  /** What pgJDBC is given in place of a value: its own array in place of a decorated one. */
  static Object undecorated(Object value) {
    return value instanceof DsqlArray array ? array.delegate : value;
  }

  /** What pgJDBC is given in place of an array. */
  static Array undecorated(Array value) {
    return value instanceof DsqlArray array ? array.delegate : value;
  }

  // -------------------- java.sql.Array

  @Override
  public ResultSet getResultSet() throws SQLException {
    return connection.decorated(delegate.getResultSet());
  }

  @Override
  public ResultSet getResultSet(Map<String, Class<?>> map) throws SQLException {
    return connection.decorated(delegate.getResultSet(map));
  }

  @Override
  public ResultSet getResultSet(long index, int count) throws SQLException {
    return connection.decorated(delegate.getResultSet(index, count));
  }

  @Override
  public ResultSet getResultSet(long index, int count, Map<String, Class<?>> map)
      throws SQLException {
    return connection.decorated(delegate.getResultSet(index, count, map));
  }

  // -------------------- java.lang.Object

  @Override
  public String toString() {
    return delegate.toString();
  }
}
