package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.rewriter.Plan;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;

/**
 * Hands every parameter and every attribute to two prepared statements, so that either can be
 * executed next. Not safe for use by several threads at once, like the statements.
 */
abstract class TwiceBoundPreparedStatement extends DsqlPreparedStatement {

  /** What is executed where the statement is a transaction of its own. */
  final PreparedStatement autocommit;

  /** What is executed inside a transaction. */
  final PreparedStatement inTransaction;

  TwiceBoundPreparedStatement(
      DsqlConnection connection,
      PreparedStatement autocommit,
      PreparedStatement inTransaction,
      Plan plan) {
    super(connection, inTransaction, plan);
    this.autocommit = autocommit;
    this.inTransaction = inTransaction;
  }

  // -------------------- java.sql.Statement

  @Override
  public void setMaxFieldSize(int max) throws SQLException {
    autocommit.setMaxFieldSize(max);
    inTransaction.setMaxFieldSize(max);
  }

  @Override
  public void setMaxRows(int max) throws SQLException {
    autocommit.setMaxRows(max);
    inTransaction.setMaxRows(max);
  }

  @Override
  public void setEscapeProcessing(boolean enable) throws SQLException {
    autocommit.setEscapeProcessing(enable);
    inTransaction.setEscapeProcessing(enable);
  }

  @Override
  public void setQueryTimeout(int seconds) throws SQLException {
    autocommit.setQueryTimeout(seconds);
    inTransaction.setQueryTimeout(seconds);
  }

  @Override
  public void setCursorName(String name) throws SQLException {
    autocommit.setCursorName(name);
    inTransaction.setCursorName(name);
  }

  @Override
  public void setFetchDirection(int direction) throws SQLException {
    autocommit.setFetchDirection(direction);
    inTransaction.setFetchDirection(direction);
  }

  @Override
  public void setFetchSize(int rows) throws SQLException {
    autocommit.setFetchSize(rows);
    inTransaction.setFetchSize(rows);
  }

  @Override
  public void setPoolable(boolean poolable) throws SQLException {
    autocommit.setPoolable(poolable);
    inTransaction.setPoolable(poolable);
  }

  @Override
  public void closeOnCompletion() throws SQLException {
    autocommit.closeOnCompletion();
    inTransaction.closeOnCompletion();
  }

  @Override
  public void setLargeMaxRows(long max) throws SQLException {
    autocommit.setLargeMaxRows(max);
    inTransaction.setLargeMaxRows(max);
  }

  // -------------------- java.sql.PreparedStatement

  @Override
  public void setNull(int parameterIndex, int sqlType) throws SQLException {
    autocommit.setNull(parameterIndex, sqlType);
    inTransaction.setNull(parameterIndex, sqlType);
  }

  @Override
  public void setBoolean(int parameterIndex, boolean x) throws SQLException {
    autocommit.setBoolean(parameterIndex, x);
    inTransaction.setBoolean(parameterIndex, x);
  }

  @Override
  public void setByte(int parameterIndex, byte x) throws SQLException {
    autocommit.setByte(parameterIndex, x);
    inTransaction.setByte(parameterIndex, x);
  }

  @Override
  public void setShort(int parameterIndex, short x) throws SQLException {
    autocommit.setShort(parameterIndex, x);
    inTransaction.setShort(parameterIndex, x);
  }

  @Override
  public void setInt(int parameterIndex, int x) throws SQLException {
    autocommit.setInt(parameterIndex, x);
    inTransaction.setInt(parameterIndex, x);
  }

  @Override
  public void setLong(int parameterIndex, long x) throws SQLException {
    autocommit.setLong(parameterIndex, x);
    inTransaction.setLong(parameterIndex, x);
  }

  @Override
  public void setFloat(int parameterIndex, float x) throws SQLException {
    autocommit.setFloat(parameterIndex, x);
    inTransaction.setFloat(parameterIndex, x);
  }

  @Override
  public void setDouble(int parameterIndex, double x) throws SQLException {
    autocommit.setDouble(parameterIndex, x);
    inTransaction.setDouble(parameterIndex, x);
  }

  @Override
  public void setBigDecimal(int parameterIndex, BigDecimal x) throws SQLException {
    autocommit.setBigDecimal(parameterIndex, x);
    inTransaction.setBigDecimal(parameterIndex, x);
  }

  @Override
  public void setString(int parameterIndex, String x) throws SQLException {
    autocommit.setString(parameterIndex, x);
    inTransaction.setString(parameterIndex, x);
  }

  @Override
  public void setBytes(int parameterIndex, byte[] x) throws SQLException {
    autocommit.setBytes(parameterIndex, x);
    inTransaction.setBytes(parameterIndex, x);
  }

  @Override
  public void setDate(int parameterIndex, Date x) throws SQLException {
    autocommit.setDate(parameterIndex, x);
    inTransaction.setDate(parameterIndex, x);
  }

  @Override
  public void setTime(int parameterIndex, Time x) throws SQLException {
    autocommit.setTime(parameterIndex, x);
    inTransaction.setTime(parameterIndex, x);
  }

  @Override
  public void setTimestamp(int parameterIndex, Timestamp x) throws SQLException {
    autocommit.setTimestamp(parameterIndex, x);
    inTransaction.setTimestamp(parameterIndex, x);
  }

  @Override
  public void setRef(int parameterIndex, Ref x) throws SQLException {
    autocommit.setRef(parameterIndex, x);
    inTransaction.setRef(parameterIndex, x);
  }

  @Override
  public void setBlob(int parameterIndex, Blob x) throws SQLException {
    autocommit.setBlob(parameterIndex, x);
    inTransaction.setBlob(parameterIndex, x);
  }

  @Override
  public void setClob(int parameterIndex, Clob x) throws SQLException {
    autocommit.setClob(parameterIndex, x);
    inTransaction.setClob(parameterIndex, x);
  }

  @Override
  public void setDate(int parameterIndex, Date x, Calendar cal) throws SQLException {
    autocommit.setDate(parameterIndex, x, cal);
    inTransaction.setDate(parameterIndex, x, cal);
  }

  @Override
  public void setTime(int parameterIndex, Time x, Calendar cal) throws SQLException {
    autocommit.setTime(parameterIndex, x, cal);
    inTransaction.setTime(parameterIndex, x, cal);
  }

  @Override
  public void setTimestamp(int parameterIndex, Timestamp x, Calendar cal) throws SQLException {
    autocommit.setTimestamp(parameterIndex, x, cal);
    inTransaction.setTimestamp(parameterIndex, x, cal);
  }

  @Override
  public void setNull(int parameterIndex, int sqlType, String typeName) throws SQLException {
    autocommit.setNull(parameterIndex, sqlType, typeName);
    inTransaction.setNull(parameterIndex, sqlType, typeName);
  }

  @Override
  public void setURL(int parameterIndex, URL x) throws SQLException {
    autocommit.setURL(parameterIndex, x);
    inTransaction.setURL(parameterIndex, x);
  }

  @Override
  public void setRowId(int parameterIndex, RowId x) throws SQLException {
    autocommit.setRowId(parameterIndex, x);
    inTransaction.setRowId(parameterIndex, x);
  }

  @Override
  public void setNString(int parameterIndex, String value) throws SQLException {
    autocommit.setNString(parameterIndex, value);
    inTransaction.setNString(parameterIndex, value);
  }

  @Override
  public void setNClob(int parameterIndex, NClob value) throws SQLException {
    autocommit.setNClob(parameterIndex, value);
    inTransaction.setNClob(parameterIndex, value);
  }

  @Override
  public void setSQLXML(int parameterIndex, SQLXML xmlObject) throws SQLException {
    autocommit.setSQLXML(parameterIndex, xmlObject);
    inTransaction.setSQLXML(parameterIndex, xmlObject);
  }
}
