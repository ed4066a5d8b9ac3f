package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.Execution;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlannedForm;
import java.io.InputStream;
import java.io.Reader;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLType;
import org.postgresql.util.ByteStreamWriter;

/**
 * A prepared statement whose executions pass the gate. Its text is the same in every situation, or
 * is refused in one of them. Not safe for use by several threads at once except for {@link
 * #cancel()}, like pgJDBC's.
 */
class DsqlPreparedStatement extends ForwardingPreparedStatement {

  private static final Execution<DsqlPreparedStatement, ResultSet> QUERY =
      (statement, form) -> statement.delegateFor(form).executeQuery();
  private static final Execution<DsqlPreparedStatement, Integer> UPDATE =
      (statement, form) -> statement.delegateFor(form).executeUpdate();
  private static final Execution<DsqlPreparedStatement, Long> LARGE_UPDATE =
      (statement, form) -> statement.delegateFor(form).executeLargeUpdate();
  private static final Execution<DsqlPreparedStatement, Boolean> ANY =
      (statement, form) -> statement.delegateFor(form).execute();

  private final PreparedStatement delegate;
  private final Plan plan;
  private boolean streamBound;

  DsqlPreparedStatement(DsqlConnection connection, PreparedStatement delegate, Plan plan) {
    super(connection, delegate);
    this.delegate = delegate;
    this.plan = plan;
  }

  @Override
  protected PreparedStatement delegate() {
    return delegate;
  }

  @Override
  PreparedStatement batchDelegate() {
    return delegate();
  }

  /** The statement that was prepared for a form. */
  PreparedStatement delegateFor(PlannedForm.Send form) throws SQLException {
    return delegate;
  }

  /** What is executed once cannot be executed again with the same parameters. */
  final void markStreamBound() {
    streamBound = true;
  }

  /** What pgJDBC is given in place of a parameter. */
  final Object undecorated(Object parameter) {
    if (parameter instanceof InputStream
        || parameter instanceof Reader
        || parameter instanceof ByteStreamWriter) {
      markStreamBound();
      return parameter;
    }
    return DsqlArray.undecorated(parameter);
  }

  /**
   * Binds a parameter that is read when the statement is executed, or now.
   *
   * @param length how much of it is to be read; {@link Long#MAX_VALUE} for all
   */
  void bindStream(InputStream stream, long length, StreamBinding<InputStream> binding)
      throws SQLException {
    markStreamBound();
    binding.bind(delegate, stream);
  }

  /** The same for text. */
  void bindReader(Reader reader, long length, StreamBinding<Reader> binding) throws SQLException {
    markStreamBound();
    binding.bind(delegate, reader);
  }

  private <T> T execute(Execution<DsqlPreparedStatement, T> execution) throws SQLException {
    return connection().gate().execute(this, plan, !streamBound, execution);
  }

  // -------------------- java.sql.PreparedStatement: executions

  @Override
  public ResultSet executeQuery() throws SQLException {
    return decorated(execute(QUERY));
  }

  @Override
  public int executeUpdate() throws SQLException {
    return execute(UPDATE);
  }

  @Override
  public long executeLargeUpdate() throws SQLException {
    return execute(LARGE_UPDATE);
  }

  @Override
  public boolean execute() throws SQLException {
    return execute(ANY);
  }

  @Override
  public void addBatch() throws SQLException {
    connection().gate().admitToBatch(plan);
    batchDelegate().addBatch();
    countBatchEntry();
  }

  // -------------------- java.sql.PreparedStatement: parameters

  @Override
  public void clearParameters() throws SQLException {
    streamBound = false;
    delegate.clearParameters();
  }

  @Override
  public void setArray(int parameterIndex, Array x) throws SQLException {
    delegate.setArray(parameterIndex, DsqlArray.undecorated(x));
  }

  @Override
  public void setObject(int parameterIndex, Object x) throws SQLException {
    delegate.setObject(parameterIndex, undecorated(x));
  }

  @Override
  public void setObject(int parameterIndex, Object x, int targetSqlType) throws SQLException {
    delegate.setObject(parameterIndex, undecorated(x), targetSqlType);
  }

  @Override
  public void setObject(int parameterIndex, Object x, int targetSqlType, int scaleOrLength)
      throws SQLException {
    delegate.setObject(parameterIndex, undecorated(x), targetSqlType, scaleOrLength);
  }

  @Override
  public void setObject(int parameterIndex, Object x, SQLType targetSqlType) throws SQLException {
    delegate.setObject(parameterIndex, undecorated(x), targetSqlType);
  }

  @Override
  public void setObject(int parameterIndex, Object x, SQLType targetSqlType, int scaleOrLength)
      throws SQLException {
    delegate.setObject(parameterIndex, undecorated(x), targetSqlType, scaleOrLength);
  }

  // -------------------- java.sql.PreparedStatement: parameters that can be read once

  @Override
  public void setAsciiStream(int parameterIndex, InputStream x, int length) throws SQLException {
    bindStream(
        x, length, (statement, stream) -> statement.setAsciiStream(parameterIndex, stream, length));
  }

  @Override
  public void setAsciiStream(int parameterIndex, InputStream x, long length) throws SQLException {
    bindStream(
        x, length, (statement, stream) -> statement.setAsciiStream(parameterIndex, stream, length));
  }

  @Override
  public void setAsciiStream(int parameterIndex, InputStream x) throws SQLException {
    bindStream(
        x, Long.MAX_VALUE, (statement, stream) -> statement.setAsciiStream(parameterIndex, stream));
  }

  @Deprecated
  @Override
  public void setUnicodeStream(int parameterIndex, InputStream x, int length) throws SQLException {
    bindStream(
        x,
        length,
        (statement, stream) -> statement.setUnicodeStream(parameterIndex, stream, length));
  }

  @Override
  public void setBinaryStream(int parameterIndex, InputStream x, int length) throws SQLException {
    bindStream(
        x,
        length,
        (statement, stream) -> statement.setBinaryStream(parameterIndex, stream, length));
  }

  @Override
  public void setBinaryStream(int parameterIndex, InputStream x, long length) throws SQLException {
    bindStream(
        x,
        length,
        (statement, stream) -> statement.setBinaryStream(parameterIndex, stream, length));
  }

  @Override
  public void setBinaryStream(int parameterIndex, InputStream x) throws SQLException {
    bindStream(
        x,
        Long.MAX_VALUE,
        (statement, stream) -> statement.setBinaryStream(parameterIndex, stream));
  }

  @Override
  public void setBlob(int parameterIndex, InputStream x, long length) throws SQLException {
    bindStream(x, length, (statement, stream) -> statement.setBlob(parameterIndex, stream, length));
  }

  @Override
  public void setBlob(int parameterIndex, InputStream x) throws SQLException {
    bindStream(x, Long.MAX_VALUE, (statement, stream) -> statement.setBlob(parameterIndex, stream));
  }

  @Override
  public void setCharacterStream(int parameterIndex, Reader x, int length) throws SQLException {
    bindReader(
        x,
        length,
        (statement, reader) -> statement.setCharacterStream(parameterIndex, reader, length));
  }

  @Override
  public void setCharacterStream(int parameterIndex, Reader x, long length) throws SQLException {
    bindReader(
        x,
        length,
        (statement, reader) -> statement.setCharacterStream(parameterIndex, reader, length));
  }

  @Override
  public void setCharacterStream(int parameterIndex, Reader x) throws SQLException {
    bindReader(
        x,
        Long.MAX_VALUE,
        (statement, reader) -> statement.setCharacterStream(parameterIndex, reader));
  }

  @Override
  public void setNCharacterStream(int parameterIndex, Reader x, long length) throws SQLException {
    bindReader(
        x,
        length,
        (statement, reader) -> statement.setNCharacterStream(parameterIndex, reader, length));
  }

  @Override
  public void setNCharacterStream(int parameterIndex, Reader x) throws SQLException {
    bindReader(
        x,
        Long.MAX_VALUE,
        (statement, reader) -> statement.setNCharacterStream(parameterIndex, reader));
  }

  @Override
  public void setClob(int parameterIndex, Reader x, long length) throws SQLException {
    bindReader(x, length, (statement, reader) -> statement.setClob(parameterIndex, reader, length));
  }

  @Override
  public void setClob(int parameterIndex, Reader x) throws SQLException {
    bindReader(x, Long.MAX_VALUE, (statement, reader) -> statement.setClob(parameterIndex, reader));
  }

  @Override
  public void setNClob(int parameterIndex, Reader x, long length) throws SQLException {
    bindReader(
        x, length, (statement, reader) -> statement.setNClob(parameterIndex, reader, length));
  }

  @Override
  public void setNClob(int parameterIndex, Reader x) throws SQLException {
    bindReader(
        x, Long.MAX_VALUE, (statement, reader) -> statement.setNClob(parameterIndex, reader));
  }

  // -------------------- java.lang.Object

  @Override
  public String toString() {
    return delegate().toString();
  }
}
