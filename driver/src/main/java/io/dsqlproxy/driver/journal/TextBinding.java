package io.dsqlproxy.driver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A text. Immutable.
 *
 * @param text null for NULL
 * @param binding how it is bound
 */
public record TextBinding(String text, ParameterBinding binding) implements ParameterBinding {

  /** The binding of a text that may be null. */
  public static ParameterBinding of(String text, ParameterBinding binding) {
    return new TextBinding(text, binding);
  }

  @Override
  public void bindTo(PreparedStatement statement) throws SQLException {
    binding.bindTo(statement);
  }

  @Override
  public long bytes() {
    return SMALL + SMALL + (text == null ? 0 : 2L * text.length());
  }
}
