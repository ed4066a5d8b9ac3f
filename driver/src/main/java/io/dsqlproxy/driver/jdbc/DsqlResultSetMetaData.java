package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.forwarding.ForwardingResultSetMetaData;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import org.postgresql.PGResultSetMetaData;

/**
 * Metadata of a result, some of which pgJDBC asks the server for when it is needed: that is no part
 * of the application's transaction. As safe for use by many threads as the connection.
 */
final class DsqlResultSetMetaData extends ForwardingResultSetMetaData {

  private final DsqlConnection connection;
  private final PGResultSetMetaData pg;

  private DsqlResultSetMetaData(
      DsqlConnection connection, ResultSetMetaData delegate, PGResultSetMetaData pg) {
    super(delegate);
    this.connection = connection;
    this.pg = pg;
  }

  /** Metadata in front of pgJDBC's; null if it has none, as for a statement without a result. */
  static ResultSetMetaData of(DsqlConnection connection, ResultSetMetaData metaData)
      throws SQLException {
    return metaData == null
        ? null
        : new DsqlResultSetMetaData(
            connection, metaData, metaData.unwrap(PGResultSetMetaData.class));
  }

  // -------------------- java.sql.ResultSetMetaData: what pgJDBC asks the server for

  @Override
  public boolean isAutoIncrement(int column) throws SQLException {
    return connection.gate().ask(() -> delegate.isAutoIncrement(column));
  }

  @Override
  public int isNullable(int column) throws SQLException {
    return connection.gate().ask(() -> delegate.isNullable(column));
  }

  @Override
  public String getSchemaName(int column) throws SQLException {
    return connection.gate().ask(() -> delegate.getSchemaName(column));
  }

  @Override
  public String getTableName(int column) throws SQLException {
    return connection.gate().ask(() -> delegate.getTableName(column));
  }

  @Override
  public String getColumnTypeName(int column) throws SQLException {
    return connection.gate().ask(() -> delegate.getColumnTypeName(column));
  }

  // -------------------- org.postgresql.PGResultSetMetaData

  @Override
  public String getBaseColumnName(int column) throws SQLException {
    return connection.gate().ask(() -> pg.getBaseColumnName(column));
  }

  @Override
  public String getBaseTableName(int column) throws SQLException {
    return connection.gate().ask(() -> pg.getBaseTableName(column));
  }

  @Override
  public String getBaseSchemaName(int column) throws SQLException {
    return connection.gate().ask(() -> pg.getBaseSchemaName(column));
  }

  @Override
  public int getFormat(int column) throws SQLException {
    return pg.getFormat(column);
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
