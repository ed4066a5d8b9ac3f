package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.ExecutionGate;
import io.dsqlproxy.driver.execution.Operation;
import io.dsqlproxy.driver.execution.TransactionCommand;
import io.dsqlproxy.rewriter.EmulatedRequest;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.RoleRequest;
import io.dsqlproxy.rewriter.SettingRequest;
import io.dsqlproxy.rewriter.lexical.Ascii;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * Executes the statements that set the session in a way that Aurora DSQL refuses, though what they
 * ask for can be had. What cannot be had is sent as it is, and the server says so. As safe for use
 * by many threads as the connection.
 */
final class EmulatedSettings {

  private final ExecutionGate gate;
  private final PgSession session;
  private final Arguments arguments;

  EmulatedSettings(ExecutionGate gate, PgSession session) {
    this.gate = gate;
    this.session = session;
    this.arguments = new Arguments(gate, session);
  }

  /** Executes a statement. */
  <T> T execute(
      DsqlStatement statement,
      Plan plan,
      PlannedForm.Emulate form,
      Operation<DsqlStatement, T> operation)
      throws SQLException {
    gate.failIfAborted();
    String answer = answer(statement, form.request());
    PlannedForm.Send send =
        answer == null
            ? new PlannedForm.Send(plan.sql(), List.of())
            : new PlannedForm.Send(answer, form.findings());
    return gate.execute(
        statement,
        new Plan(plan.sql(), send, send, plan.effect()),
        TransactionCommand.of(send.sql()),
        operation);
  }

  /** Null if the server has to answer itself. */
  private String answer(DsqlStatement statement, EmulatedRequest request) throws SQLException {
    if (request instanceof RoleRequest role) {
      return session.hasRole(role.role()) ? role.shape() : null;
    }
    SettingRequest setting = (SettingRequest) request;
    List<String> values = arguments.of(statement, setting.arguments(), false);
    if (values.contains(null)) {
      return null;
    }
    String parameter = values.get(0);
    boolean local = values.get(2).equals("t");
    Optional<String> set = SettingRequest.statement(parameter, values.get(1), local);
    if (set.isEmpty()) {
      return null;
    }
    set(parameter, set.get(), local);
    return setting.answer(values.get(1));
  }

  private void set(String parameter, String sql, boolean local) throws SQLException {
    if (SettingRequest.isSearchPath(parameter)) {
      gate.setSearchPath("set_config", () -> run(sql));
    } else {
      gate.set("set_config", () -> run(sql));
    }
    if (!local) {
      session
          .state()
          .set(Ascii.toLowerCase(parameter), to -> run(to, sql), session.isTransactionOpen());
    }
  }

  private void run(String sql) throws SQLException {
    run(session.usable().connection(), sql);
  }

  private static void run(Connection on, String sql) throws SQLException {
    try (Statement statement = on.createStatement()) {
      statement.execute(sql);
    }
  }
}
