package io.dsqlproxy.driver.journal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A result set in the application's hands. Not safe for use by several threads at once. */
public interface HeldResult {

  /** Whether the application, or pgJDBC on its behalf, has closed it. */
  boolean isClosed() throws SQLException;

  /**
   * From now on the rows that were not read come from another result, which has the same rows as
   * far as they were read. The other one is at the same position if it is forward only.
   */
  void continueOn(ResultSet result) throws SQLException;

  /** Whether its current row is one of a result of this statement of pgJDBC's. */
  boolean isReadFrom(Statement statement) throws SQLException;

  /** Closes it if the result that {@link #continueOn} gave it last is closed. */
  void closeWithReplayed() throws SQLException;

  /** The transaction is over: what is read from now on is of no interest. */
  void stopRecording();
}
