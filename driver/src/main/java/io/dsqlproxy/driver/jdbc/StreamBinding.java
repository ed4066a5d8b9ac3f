package io.dsqlproxy.driver.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Gives a parameter that can be read once, or a copy of it, to a prepared statement. Stateless
 * apart from what it captured.
 *
 * @param <V> the parameter's type
 */
@FunctionalInterface
interface StreamBinding<V> {

  void bind(PreparedStatement statement, V value) throws SQLException;
}
