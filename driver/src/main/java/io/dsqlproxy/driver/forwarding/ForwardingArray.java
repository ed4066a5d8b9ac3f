package io.dsqlproxy.driver.forwarding;

import java.sql.Array;
import java.sql.SQLException;
import java.util.Map;

/**
 * Hands every call over to another array. Every method of the interface is here, its default
 * methods included, except those that the decorated class has to decide about: they stay abstract,
 * so that the compiler asks for them. As safe for use by many threads as the delegate.
 */
public abstract class ForwardingArray implements Array {

  /** The object that every call goes to. */
  protected final Array delegate;

  protected ForwardingArray(Array delegate) {
    this.delegate = delegate;
  }

  // -------------------- java.sql.Array

  @Override
  public String getBaseTypeName() throws SQLException {
    return delegate.getBaseTypeName();
  }

  @Override
  public int getBaseType() throws SQLException {
    return delegate.getBaseType();
  }

  @Override
  public Object getArray() throws SQLException {
    return delegate.getArray();
  }

  @Override
  public Object getArray(Map<String, Class<?>> map) throws SQLException {
    return delegate.getArray(map);
  }

  @Override
  public Object getArray(long index, int count) throws SQLException {
    return delegate.getArray(index, count);
  }

  @Override
  public Object getArray(long index, int count, Map<String, Class<?>> map) throws SQLException {
    return delegate.getArray(index, count, map);
  }

  @Override
  public void free() throws SQLException {
    delegate.free();
  }
}
