package io.dsqlproxy.driver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HexFormat;

/**
 * An array of bytes. pgJDBC reads it when the statement is executed, so the application may change
 * it until then; what was sent is copied.
 */
public final class BytesBinding implements ParameterBinding {

  private final byte[] value;
  private final ValueBinding<byte[]> binding;

  public BytesBinding(byte[] value, ValueBinding<byte[]> binding) {
    this.value = value;
    this.binding = binding;
  }

  @Override
  public void bindTo(PreparedStatement statement) throws SQLException {
    binding.bind(statement, value);
  }

  @Override
  public ParameterBinding captured() {
    return value == null ? this : new BytesBinding(value.clone(), binding);
  }

  /** PostgreSQL's hexadecimal form. */
  @Override
  public String text() {
    return value == null ? null : "\\x" + HexFormat.of().formatHex(value);
  }

  @Override
  public long bytes() {
    return SMALL + SMALL + (value == null ? 0 : value.length);
  }
}
