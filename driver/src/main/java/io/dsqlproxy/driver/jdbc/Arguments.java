package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.ExecutionGate;
import io.dsqlproxy.driver.execution.SafeRollback;
import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the arguments of a call are that the driver emulates: the server computes them, with the
 * statement's parameters. As safe for use by many threads as the connection.
 */
final class Arguments {

  private final ExecutionGate gate;
  private final PgSession session;

  Arguments(ExecutionGate gate, PgSession session) {
    this.gate = gate;
    this.session = session;
  }

  /**
   * The values of a query's only row.
   *
   * @param isCall whether the query is a JDBC call, whose one text output holds what the row would,
   *     separated by commas, and nothing for NULL
   */
  List<String> of(DsqlStatement statement, String query, boolean isCall) throws SQLException {
    AtomicReference<List<String>> values = new AtomicReference<>();
    gate.attempt(
        statement,
        () -> {
          values.set(ask(statement, query, isCall));
          return null;
        });
    return values.get();
  }

  /** A transaction that only this has begun would see the database as it is before a wait. */
  private List<String> ask(DsqlStatement statement, String query, boolean isCall)
      throws SQLException {
    boolean open = session.isTransactionOpen();
    List<String> answer;
    try (Statement asking = statement.like(query)) {
      statement.bindLike(asking);
      answer = isCall ? output((CallableStatement) asking) : row(asking, query);
    } catch (SQLException failure) {
      throw open || session.isTransactionFailed() ? failure : SafeRollback.after(failure, session);
    }
    if (!open) {
      session.rollBack();
    }
    return answer;
  }

  private static List<String> row(Statement asking, String query) throws SQLException {
    try (ResultSet row =
        asking instanceof PreparedStatement prepared
            ? prepared.executeQuery()
            : asking.executeQuery(query)) {
      row.next();
      List<String> values = new ArrayList<>();
      for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
        values.add(row.getString(i));
      }
      return values;
    }
  }

  private static List<String> output(CallableStatement asking) throws SQLException {
    asking.registerOutParameter(1, Types.VARCHAR);
    asking.execute();
    List<String> values = new ArrayList<>();
    for (String value : asking.getString(1).split(",", -1)) {
      values.add(value.isEmpty() ? null : value);
    }
    return values;
  }
}
