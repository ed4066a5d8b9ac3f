package io.dsqlproxy.driver.journal;

import java.sql.ResultSet;
import java.sql.SQLException;

/** A result set in the application's hands. Not safe for use by several threads at once. */
public interface HeldResult {

  /** Whether the application, or pgJDBC on its behalf, has closed it. */
  boolean isClosed() throws SQLException;

  /**
   * From now on it gives the rows of another result. The other one is at the same position if it is
   * forward only, and is moved there if it is scrollable.
   */
  void continueOn(ResultSet result) throws SQLException;

  /** The transaction is over: what is read from now on is of no interest. */
  void stopRecording();
}
