package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.journal.BytesBinding;
import io.dsqlproxy.driver.journal.DefaultZoneBinding;
import io.dsqlproxy.driver.journal.Obstacle;
import io.dsqlproxy.driver.journal.ParameterBinding;
import io.dsqlproxy.driver.journal.TextBinding;
import io.dsqlproxy.driver.journal.UnrepeatableBinding;
import io.dsqlproxy.driver.journal.WholeNumberBinding;
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
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;

/**
 * Hands what {@link PreparedStatement} adds to a statement over to another prepared statement:
 * parameters as bindings, which can be bound again. Every method of the interface is here, its
 * default methods included, except those that the decorated class has to decide about: they stay
 * abstract, so that the compiler asks for them. As safe for use by many threads as the delegate.
 */
abstract class ForwardingPreparedStatement extends DsqlStatement implements PreparedStatement {

  private static final String LARGE_OBJECT = Obstacle.LARGE_OBJECT_PARAMETER.because();

  ForwardingPreparedStatement(
      DsqlConnection connection,
      PhysicalConnection physical,
      PreparedStatement delegate,
      Preparation<? extends Statement> preparation) {
    super(connection, physical, delegate, preparation);
  }

  @Override
  protected PreparedStatement delegate() {
    return (PreparedStatement) super.delegate();
  }

  /** Binds a parameter, and remembers how. */
  abstract void bind(int parameterIndex, ParameterBinding binding) throws SQLException;

  private static Date copyOf(Date value) {
    return value == null ? null : (Date) value.clone();
  }

  private static Time copyOf(Time value) {
    return value == null ? null : (Time) value.clone();
  }

  private static Timestamp copyOf(Timestamp value) {
    return value == null ? null : (Timestamp) value.clone();
  }

  private static Calendar copyOf(Calendar value) {
    return value == null ? null : (Calendar) value.clone();
  }

  // -------------------- java.sql.PreparedStatement

  @Override
  public void setNull(int parameterIndex, int sqlType) throws SQLException {
    bind(parameterIndex, statement -> statement.setNull(parameterIndex, sqlType));
  }

  @Override
  public void setBoolean(int parameterIndex, boolean x) throws SQLException {
    bind(parameterIndex, statement -> statement.setBoolean(parameterIndex, x));
  }

  @Override
  public void setByte(int parameterIndex, byte x) throws SQLException {
    bind(parameterIndex, statement -> statement.setByte(parameterIndex, x));
  }

  @Override
  public void setShort(int parameterIndex, short x) throws SQLException {
    bind(parameterIndex, new WholeNumberBinding(parameterIndex, 2, x));
  }

  @Override
  public void setInt(int parameterIndex, int x) throws SQLException {
    bind(parameterIndex, new WholeNumberBinding(parameterIndex, 4, x));
  }

  @Override
  public void setLong(int parameterIndex, long x) throws SQLException {
    bind(parameterIndex, new WholeNumberBinding(parameterIndex, 8, x));
  }

  @Override
  public void setFloat(int parameterIndex, float x) throws SQLException {
    bind(parameterIndex, statement -> statement.setFloat(parameterIndex, x));
  }

  @Override
  public void setDouble(int parameterIndex, double x) throws SQLException {
    bind(parameterIndex, statement -> statement.setDouble(parameterIndex, x));
  }

  @Override
  public void setBigDecimal(int parameterIndex, BigDecimal x) throws SQLException {
    bind(parameterIndex, statement -> statement.setBigDecimal(parameterIndex, x));
  }

  @Override
  public void setString(int parameterIndex, String x) throws SQLException {
    bind(parameterIndex, TextBinding.of(x, statement -> statement.setString(parameterIndex, x)));
  }

  @Override
  public void setBytes(int parameterIndex, byte[] x) throws SQLException {
    bind(
        parameterIndex,
        new BytesBinding(x, (statement, value) -> statement.setBytes(parameterIndex, value)));
  }

  @Override
  public void setDate(int parameterIndex, Date x) throws SQLException {
    Date value = copyOf(x);
    bind(
        parameterIndex,
        new DefaultZoneBinding(
            (statement, calendar) -> {
              if (calendar == null) {
                statement.setDate(parameterIndex, value);
              } else {
                statement.setDate(parameterIndex, value, calendar);
              }
            }));
  }

  @Override
  public void setTime(int parameterIndex, Time x) throws SQLException {
    Time value = copyOf(x);
    bind(
        parameterIndex,
        new DefaultZoneBinding(
            (statement, calendar) -> {
              if (calendar == null) {
                statement.setTime(parameterIndex, value);
              } else {
                statement.setTime(parameterIndex, value, calendar);
              }
            }));
  }

  @Override
  public void setTimestamp(int parameterIndex, Timestamp x) throws SQLException {
    Timestamp value = copyOf(x);
    bind(
        parameterIndex,
        new DefaultZoneBinding(
            (statement, calendar) -> {
              if (calendar == null) {
                statement.setTimestamp(parameterIndex, value);
              } else {
                statement.setTimestamp(parameterIndex, value, calendar);
              }
            }));
  }

  @Override
  public void setRef(int parameterIndex, Ref x) throws SQLException {
    bind(parameterIndex, statement -> statement.setRef(parameterIndex, x));
  }

  @Override
  public void setBlob(int parameterIndex, Blob x) throws SQLException {
    bind(
        parameterIndex,
        new UnrepeatableBinding(LARGE_OBJECT, statement -> statement.setBlob(parameterIndex, x)));
  }

  @Override
  public void setClob(int parameterIndex, Clob x) throws SQLException {
    bind(
        parameterIndex,
        new UnrepeatableBinding(LARGE_OBJECT, statement -> statement.setClob(parameterIndex, x)));
  }

  @Override
  public void setDate(int parameterIndex, Date x, Calendar cal) throws SQLException {
    Date value = copyOf(x);
    Calendar calendar = copyOf(cal);
    bind(
        parameterIndex,
        calendar == null
            ? new DefaultZoneBinding(
                (statement, zoned) -> statement.setDate(parameterIndex, value, zoned))
            : statement -> statement.setDate(parameterIndex, value, calendar));
  }

  @Override
  public void setTime(int parameterIndex, Time x, Calendar cal) throws SQLException {
    Time value = copyOf(x);
    Calendar calendar = copyOf(cal);
    bind(
        parameterIndex,
        calendar == null
            ? new DefaultZoneBinding(
                (statement, zoned) -> statement.setTime(parameterIndex, value, zoned))
            : statement -> statement.setTime(parameterIndex, value, calendar));
  }

  @Override
  public void setTimestamp(int parameterIndex, Timestamp x, Calendar cal) throws SQLException {
    Timestamp value = copyOf(x);
    Calendar calendar = copyOf(cal);
    bind(
        parameterIndex,
        calendar == null
            ? new DefaultZoneBinding(
                (statement, zoned) -> statement.setTimestamp(parameterIndex, value, zoned))
            : statement -> statement.setTimestamp(parameterIndex, value, calendar));
  }

  @Override
  public void setNull(int parameterIndex, int sqlType, String typeName) throws SQLException {
    bind(parameterIndex, statement -> statement.setNull(parameterIndex, sqlType, typeName));
  }

  @Override
  public void setURL(int parameterIndex, URL x) throws SQLException {
    bind(parameterIndex, statement -> statement.setURL(parameterIndex, x));
  }

  @Override
  public void setRowId(int parameterIndex, RowId x) throws SQLException {
    bind(parameterIndex, statement -> statement.setRowId(parameterIndex, x));
  }

  @Override
  public void setNString(int parameterIndex, String value) throws SQLException {
    bind(
        parameterIndex,
        TextBinding.of(value, statement -> statement.setNString(parameterIndex, value)));
  }

  @Override
  public void setNClob(int parameterIndex, NClob value) throws SQLException {
    bind(
        parameterIndex,
        new UnrepeatableBinding(
            LARGE_OBJECT, statement -> statement.setNClob(parameterIndex, value)));
  }

  @Override
  public void setSQLXML(int parameterIndex, SQLXML xmlObject) throws SQLException {
    bind(
        parameterIndex,
        new UnrepeatableBinding(
            Obstacle.XML_PARAMETER.because(),
            statement -> statement.setSQLXML(parameterIndex, xmlObject)));
  }
}
