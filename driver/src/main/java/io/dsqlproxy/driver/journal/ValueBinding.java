package io.dsqlproxy.driver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * One way to bind a value. Stateless apart from what it captured.
 *
 * @param <V> the value's type
 */
@FunctionalInterface
public interface ValueBinding<V> {

  /** Binds the value. */
  void bind(PreparedStatement statement, V value) throws SQLException;
}
