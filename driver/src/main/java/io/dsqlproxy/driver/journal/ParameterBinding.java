package io.dsqlproxy.driver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * One parameter of a prepared statement, and how it is bound. Immutable, unless it says otherwise
 * of itself.
 */
@FunctionalInterface
public interface ParameterBinding {

  /** What a bound primitive takes in memory: the object, and its place among the others. */
  int SMALL = 32;

  /** Binds the parameter: the same value each time. */
  void bindTo(PreparedStatement statement) throws SQLException;

  /** The binding with the value that it has now, when the statement has just been executed. */
  default ParameterBinding captured() {
    return this;
  }

  /** It was executed, so that another execution without a new binding would not be the same. */
  default void executed() {}

  /** Why the value of the last execution cannot be bound again, as a clause; or null. */
  default String obstacle() {
    return null;
  }

  /** The text of the value; null if it is NULL, or its text is not known. */
  default String text() {
    return null;
  }

  /** What it takes in memory, approximately, in bytes. */
  default long bytes() {
    return SMALL;
  }
}
