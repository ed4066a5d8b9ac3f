package io.dsqlproxy.driver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A parameter whose value cannot be known after the execution.
 *
 * @param obstacle why, as a clause
 * @param binding how it is bound
 */
public record UnrepeatableBinding(String obstacle, ParameterBinding binding)
    implements ParameterBinding {

  @Override
  public void bindTo(PreparedStatement statement) throws SQLException {
    binding.bindTo(statement);
  }
}
