package io.dsqlproxy.driver.journal;

import io.dsqlproxy.rewriter.PlannedForm;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The application's statement that something was executed with. It must not keep the statement's
 * results in memory, which are the application's to drop. Not safe for use by several threads at
 * once.
 */
public interface Origin {

  /** Why nothing can be executed as it would, as a clause; or null. */
  String obstacle();

  /**
   * Another statement of pgJDBC's that executes the same, without parameters and with all settings
   * at their defaults.
   *
   * @param text what is executed; the form's text, or the same with white space behind it
   */
  Statement another(PlannedForm.Send form, String text) throws SQLException;

  /**
   * What is kept in memory because a text was executed with it once more, apart from parameters, in
   * bytes, approximately: a text that was prepared is kept once.
   */
  long bytesKept(String text);

  /** Something that was executed with it is not kept any more. */
  void released();

  /** Whether the statement is open, and this is what it executed last. */
  boolean reportsOn(StatementUnit<?> unit) throws SQLException;

  /**
   * What it reports about its last execution, from now until the next one, is what the other
   * statement reports. It closes the other statement when it has no more use for it.
   */
  void reportFrom(Statement other) throws SQLException;
}
