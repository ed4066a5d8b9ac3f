package io.dsqlproxy.driver.forwarding;

import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import org.postgresql.PGResultSetMetaData;

/**
 * Hands every call over to another result's metadata. Every method of the interface is here, except
 * those that the decorated class has to decide about: they stay abstract, so that the compiler asks
 * for them. As safe for use by many threads as the delegate.
 */
public abstract class ForwardingResultSetMetaData
    implements ResultSetMetaData, PGResultSetMetaData {

  /** The object that every call goes to. */
  protected final ResultSetMetaData delegate;

  /** Metadata in front of pgJDBC's. */
  protected ForwardingResultSetMetaData(ResultSetMetaData delegate) {
    this.delegate = delegate;
  }

  // -------------------- java.sql.ResultSetMetaData

  @Override
  public int getColumnCount() throws SQLException {
    return delegate.getColumnCount();
  }

  @Override
  public boolean isCaseSensitive(int column) throws SQLException {
    return delegate.isCaseSensitive(column);
  }

  @Override
  public boolean isSearchable(int column) throws SQLException {
    return delegate.isSearchable(column);
  }

  @Override
  public boolean isCurrency(int column) throws SQLException {
    return delegate.isCurrency(column);
  }

  @Override
  public boolean isSigned(int column) throws SQLException {
    return delegate.isSigned(column);
  }

  @Override
  public int getColumnDisplaySize(int column) throws SQLException {
    return delegate.getColumnDisplaySize(column);
  }

  @Override
  public String getColumnLabel(int column) throws SQLException {
    return delegate.getColumnLabel(column);
  }

  @Override
  public String getColumnName(int column) throws SQLException {
    return delegate.getColumnName(column);
  }

  @Override
  public int getPrecision(int column) throws SQLException {
    return delegate.getPrecision(column);
  }

  @Override
  public int getScale(int column) throws SQLException {
    return delegate.getScale(column);
  }

  @Override
  public String getCatalogName(int column) throws SQLException {
    return delegate.getCatalogName(column);
  }

  @Override
  public int getColumnType(int column) throws SQLException {
    return delegate.getColumnType(column);
  }

  @Override
  public boolean isReadOnly(int column) throws SQLException {
    return delegate.isReadOnly(column);
  }

  @Override
  public boolean isWritable(int column) throws SQLException {
    return delegate.isWritable(column);
  }

  @Override
  public boolean isDefinitelyWritable(int column) throws SQLException {
    return delegate.isDefinitelyWritable(column);
  }

  @Override
  public String getColumnClassName(int column) throws SQLException {
    return delegate.getColumnClassName(column);
  }
}
