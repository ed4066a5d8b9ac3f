package io.dsqlproxy.driver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A value that cannot change, and may be large. Immutable.
 *
 * @param size the value's own, in bytes, approximately
 * @param binding how it is bound
 */
public record SizedBinding(long size, ParameterBinding binding) implements ParameterBinding {

  @Override
  public void bindTo(PreparedStatement statement) throws SQLException {
    binding.bindTo(statement);
  }

  @Override
  public long bytes() {
    return SMALL + SMALL + size;
  }
}
