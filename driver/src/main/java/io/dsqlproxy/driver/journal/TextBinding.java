package io.dsqlproxy.driver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A text. Immutable.
 *
 * @param length in characters
 * @param binding how it is bound
 */
public record TextBinding(int length, ParameterBinding binding) implements ParameterBinding {

  /** The binding of a text that may be null. */
  public static ParameterBinding of(String text, ParameterBinding binding) {
    return new TextBinding(text == null ? 0 : text.length(), binding);
  }

  @Override
  public void bindTo(PreparedStatement statement) throws SQLException {
    binding.bindTo(statement);
  }

  @Override
  public long bytes() {
    return SMALL + SMALL + 2L * length;
  }
}
