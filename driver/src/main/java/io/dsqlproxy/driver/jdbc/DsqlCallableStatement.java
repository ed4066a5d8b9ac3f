package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.journal.CallUnit;
import io.dsqlproxy.driver.journal.CallUnit.Outputs;
import io.dsqlproxy.driver.journal.CallUnit.ParameterRegistration;
import io.dsqlproxy.driver.journal.StatementUnit;
import io.dsqlproxy.driver.journal.StatementUnit.Invocation;
import io.dsqlproxy.rewriter.Plan;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.Statement;
import java.util.Map;

/**
 * A callable statement whose executions pass the gate. Its text is that of a transaction in every
 * situation. Not safe for use by several threads at once except for {@link #cancel()}, like
 * pgJDBC's.
 */
final class DsqlCallableStatement extends ForwardingCallableStatement {

  private final Outputs outputs = new Outputs();

  DsqlCallableStatement(
      DsqlConnection connection,
      PhysicalConnection physical,
      CallableStatement own,
      Plan plan,
      Preparation<? extends Statement> preparation,
      String text) {
    super(connection, physical, own, plan, preparation, text);
  }

  @Override
  PreparedStatement filled(PreparedStatement fresh, boolean withBatch) throws SQLException {
    outputs.registerAt((CallableStatement) fresh);
    return super.filled(fresh, withBatch);
  }

  @Override
  DsqlPreparedStatement prepare(String piece) throws SQLException {
    return connection()
        .prepareCall(piece, (c, sql) -> (CallableStatement) preparation().prepare(c, sql));
  }

  // -------------------- what the journal needs

  private <T> StatementUnit<T> callUnit(Invocation<T> invocation, Statement statement, T answer)
      throws SQLException {
    if (answer == null) {
      return new CallUnit<>(invocation, null, outputs.copy(), null, null);
    }
    ResultSet result = statement.getResultSet();
    DsqlResultSet held = decorated(result);
    CallUnit<T> unit = new CallUnit<>(invocation, answer, outputs.copy(), statement, held);
    if (held != null) {
      held.record(unit.rows());
    }
    return unit;
  }

  @Override
  StatementUnit<ResultSet> queryUnit(
      Invocation<ResultSet> invocation, Statement statement, ResultSet result) throws SQLException {
    return callUnit(invocation, statement, result);
  }

  @Override
  <N extends Number> StatementUnit<N> updateUnit(
      Invocation<N> invocation, Statement statement, N count) throws SQLException {
    return callUnit(invocation, statement, count);
  }

  @Override
  StatementUnit<Boolean> executeUnit(
      Invocation<Boolean> invocation, Statement statement, Boolean hasRows) throws SQLException {
    return callUnit(invocation, statement, hasRows);
  }

  @Override
  void registerOutputsAt(PreparedStatement answer) throws SQLException {
    outputs.registerAt((CallableStatement) answer);
  }

  // -------------------- java.sql.CallableStatement: outputs

  private void register(int parameterIndex, ParameterRegistration registration)
      throws SQLException {
    registration.registerAt((CallableStatement) own());
    outputs.add(parameterIndex, registration);
  }

  @Override
  public void registerOutParameter(int parameterIndex, int sqlType) throws SQLException {
    register(parameterIndex, statement -> statement.registerOutParameter(parameterIndex, sqlType));
  }

  @Override
  public void registerOutParameter(int parameterIndex, int sqlType, int scale) throws SQLException {
    register(
        parameterIndex,
        statement -> statement.registerOutParameter(parameterIndex, sqlType, scale));
  }

  @Override
  public void registerOutParameter(int parameterIndex, int sqlType, String typeName)
      throws SQLException {
    register(
        parameterIndex,
        statement -> statement.registerOutParameter(parameterIndex, sqlType, typeName));
  }

  @Override
  public void registerOutParameter(int parameterIndex, SQLType sqlType) throws SQLException {
    register(parameterIndex, statement -> statement.registerOutParameter(parameterIndex, sqlType));
  }

  @Override
  public void registerOutParameter(int parameterIndex, SQLType sqlType, int scale)
      throws SQLException {
    register(
        parameterIndex,
        statement -> statement.registerOutParameter(parameterIndex, sqlType, scale));
  }

  @Override
  public void registerOutParameter(int parameterIndex, SQLType sqlType, String typeName)
      throws SQLException {
    register(
        parameterIndex,
        statement -> statement.registerOutParameter(parameterIndex, sqlType, typeName));
  }

  // -------------------- java.sql.CallableStatement: objects that lead back

  @Override
  public Object getObject(int parameterIndex) throws SQLException {
    return connection().decorated(delegate().getObject(parameterIndex));
  }

  @Override
  public Object getObject(int parameterIndex, Map<String, Class<?>> map) throws SQLException {
    return connection().decorated(delegate().getObject(parameterIndex, map));
  }

  @Override
  public Object getObject(String parameterName) throws SQLException {
    return connection().decorated(delegate().getObject(parameterName));
  }

  @Override
  public Object getObject(String parameterName, Map<String, Class<?>> map) throws SQLException {
    return connection().decorated(delegate().getObject(parameterName, map));
  }

  @Override
  public <T> T getObject(int parameterIndex, Class<T> type) throws SQLException {
    return connection().decorated(delegate().getObject(parameterIndex, type), type);
  }

  @Override
  public <T> T getObject(String parameterName, Class<T> type) throws SQLException {
    return connection().decorated(delegate().getObject(parameterName, type), type);
  }

  @Override
  public Array getArray(int parameterIndex) throws SQLException {
    return connection().decorated(delegate().getArray(parameterIndex));
  }

  @Override
  public Array getArray(String parameterName) throws SQLException {
    return connection().decorated(delegate().getArray(parameterName));
  }

  // -------------------- java.sql.CallableStatement: parameters

  @Override
  public void setObject(String parameterName, Object x) throws SQLException {
    delegate().setObject(parameterName, DsqlArray.undecorated(x));
  }

  @Override
  public void setObject(String parameterName, Object x, int targetSqlType) throws SQLException {
    delegate().setObject(parameterName, DsqlArray.undecorated(x), targetSqlType);
  }

  @Override
  public void setObject(String parameterName, Object x, int targetSqlType, int scale)
      throws SQLException {
    delegate().setObject(parameterName, DsqlArray.undecorated(x), targetSqlType, scale);
  }

  @Override
  public void setObject(String parameterName, Object x, SQLType targetSqlType) throws SQLException {
    delegate().setObject(parameterName, DsqlArray.undecorated(x), targetSqlType);
  }

  @Override
  public void setObject(String parameterName, Object x, SQLType targetSqlType, int scaleOrLength)
      throws SQLException {
    delegate().setObject(parameterName, DsqlArray.undecorated(x), targetSqlType, scaleOrLength);
  }
}
