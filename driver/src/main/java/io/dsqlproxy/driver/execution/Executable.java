package io.dsqlproxy.driver.execution;

import io.dsqlproxy.driver.fences.FencedStatement;
import io.dsqlproxy.driver.journal.StatementUnit;
import io.dsqlproxy.rewriter.PlannedForm;
import java.sql.SQLException;
import java.sql.Statement;

/** A statement of the application's, for the gate. As safe for use by many threads as it says. */
public interface Executable extends FencedStatement {

  /** pgJDBC's statement for this form, with the application's parameters. */
  Statement ready(PlannedForm.Send form) throws SQLException;

  /** The transaction's journal knows its last execution as this, or not at all if it is null. */
  void journaled(StatementUnit<?> unit);

  /** Why another execution would not send what the last one sent, as a clause; or null. */
  String obstacleToRepeat();

  /** Binds again what the last execution used up. */
  void prepareToRepeat() throws SQLException;

  /** How long an execution may take, in seconds; 0 for any time. */
  int queryTimeoutSeconds() throws SQLException;
}
