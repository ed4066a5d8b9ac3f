package io.dsqlproxy.driver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A value that PostgreSQL writes as Java does: a whole number, or a UUID. Immutable.
 *
 * @param value not null
 * @param binding how it is bound
 */
public record PrintableBinding(Object value, ValueBinding<Object> binding)
    implements ParameterBinding {

  @Override
  public void bindTo(PreparedStatement statement) throws SQLException {
    binding.bind(statement, value);
  }

  @Override
  public String text() {
    return value.toString();
  }
}
