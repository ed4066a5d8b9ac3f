package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlannedForm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.Statement;

/**
 * A prepared statement whose text depends on the transaction's state when it is executed: a
 * statement for each, both prepared and bound alike. What it reports is about the one executed
 * last. Not safe for use by several threads at once except for {@link #cancel()}.
 */
final class TwoFormPreparedStatement extends TwiceBoundPreparedStatement {

  private final PlannedForm autocommitForm;
  private volatile PreparedStatement executedLast;

  TwoFormPreparedStatement(
      DsqlConnection connection,
      PreparedStatement autocommit,
      PreparedStatement inTransaction,
      Plan plan) {
    super(connection, autocommit, inTransaction, plan);
    this.autocommitForm = plan.autocommit();
    this.executedLast = inTransaction;
  }

  @Override
  protected PreparedStatement delegate() {
    return executedLast;
  }

  @Override
  PreparedStatement batchDelegate() {
    return inTransaction;
  }

  @Override
  PreparedStatement delegateFor(PlannedForm.Send form) throws SQLException {
    return switchTo(form == autocommitForm ? autocommit : inTransaction);
  }

  /** As one statement would, this one closes its results when it is executed again. */
  private PreparedStatement switchTo(PreparedStatement next) throws SQLException {
    PreparedStatement last = executedLast;
    if (next != last) {
      if (last.isClosed()) {
        next.close();
      } else {
        closeResultsOf(last);
      }
      executedLast = next;
    }
    return next;
  }

  private static void closeResultsOf(Statement last) throws SQLException {
    while (last.getMoreResults(CLOSE_ALL_RESULTS) || last.getUpdateCount() != -1) {
      continue;
    }
  }

  // -------------------- java.sql.Statement

  @Override
  public int[] executeBatch() throws SQLException {
    switchTo(inTransaction);
    return super.executeBatch();
  }

  @Override
  public long[] executeLargeBatch() throws SQLException {
    switchTo(inTransaction);
    return super.executeLargeBatch();
  }

  @Override
  public boolean isClosed() throws SQLException {
    return autocommit.isClosed() || inTransaction.isClosed();
  }

  @Override
  public void close() throws SQLException {
    try {
      autocommit.close();
    } finally {
      inTransaction.close();
    }
  }

  // -------------------- java.sql.PreparedStatement

  @Override
  public void clearParameters() throws SQLException {
    super.clearParameters();
    autocommit.clearParameters();
  }

  @Override
  public void setArray(int parameterIndex, Array x) throws SQLException {
    super.setArray(parameterIndex, x);
    autocommit.setArray(parameterIndex, DsqlArray.undecorated(x));
  }

  @Override
  public void setObject(int parameterIndex, Object x) throws SQLException {
    bindObject(x, (statement, value) -> statement.setObject(parameterIndex, value));
  }

  @Override
  public void setObject(int parameterIndex, Object x, int targetSqlType) throws SQLException {
    bindObject(x, (statement, value) -> statement.setObject(parameterIndex, value, targetSqlType));
  }

  @Override
  public void setObject(int parameterIndex, Object x, int targetSqlType, int scaleOrLength)
      throws SQLException {
    bindObject(
        x,
        (statement, value) ->
            statement.setObject(parameterIndex, value, targetSqlType, scaleOrLength));
  }

  @Override
  public void setObject(int parameterIndex, Object x, SQLType targetSqlType) throws SQLException {
    bindObject(x, (statement, value) -> statement.setObject(parameterIndex, value, targetSqlType));
  }

  @Override
  public void setObject(int parameterIndex, Object x, SQLType targetSqlType, int scaleOrLength)
      throws SQLException {
    bindObject(
        x,
        (statement, value) ->
            statement.setObject(parameterIndex, value, targetSqlType, scaleOrLength));
  }

  private void bindObject(Object x, StreamBinding<Object> binding) throws SQLException {
    Object value = undecorated(x);
    if (value instanceof InputStream stream) {
      bindStream(stream, Long.MAX_VALUE, binding::bind);
    } else if (value instanceof Reader reader) {
      bindReader(reader, Long.MAX_VALUE, binding::bind);
    } else {
      binding.bind(inTransaction, value);
      binding.bind(autocommit, value);
    }
  }

  // -------------------- parameters that can be read once: each statement reads a copy

  @Override
  void bindStream(InputStream stream, long length, StreamBinding<InputStream> binding)
      throws SQLException {
    markStreamBound();
    if (stream == null || length < 0) {
      binding.bind(inTransaction, stream);
      binding.bind(autocommit, stream);
      return;
    }
    byte[] bytes;
    try {
      bytes = stream.readNBytes((int) Math.min(length, Integer.MAX_VALUE));
    } catch (IOException e) {
      throw DsqlExceptions.unreadableParameter(e);
    }
    binding.bind(inTransaction, new ByteArrayInputStream(bytes));
    binding.bind(autocommit, new ByteArrayInputStream(bytes));
  }

  @Override
  void bindReader(Reader reader, long length, StreamBinding<Reader> binding) throws SQLException {
    markStreamBound();
    if (reader == null || length < 0) {
      binding.bind(inTransaction, reader);
      binding.bind(autocommit, reader);
      return;
    }
    String text;
    try {
      text = read(reader, length);
    } catch (IOException e) {
      throw DsqlExceptions.unreadableParameter(e);
    }
    binding.bind(inTransaction, new StringReader(text));
    binding.bind(autocommit, new StringReader(text));
  }

  private static String read(Reader reader, long length) throws IOException {
    StringWriter text = new StringWriter();
    char[] buffer = new char[8192];
    long left = length;
    int read;
    while (left > 0 && (read = reader.read(buffer, 0, (int) Math.min(buffer.length, left))) >= 0) {
      text.write(buffer, 0, read);
      left -= read;
    }
    return text.toString();
  }
}
