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

  /** The binding of a text that may be null. */
  public static ParameterBinding ofText(String text, ParameterBinding binding) {
    return new SizedBinding(text == null ? 0 : 2L * text.length(), binding);
  }

  @Override
  public void bindTo(PreparedStatement statement) throws SQLException {
    binding.bindTo(statement);
  }

  @Override
  public long bytes() {
    return SMALL + SMALL + size;
  }
}
