package io.dsqlproxy.driver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HexFormat;

/**
 * An array of bytes, as it was when it was bound: pgJDBC copies it then, and the application may
 * use the array again. Immutable.
 */
public final class BytesBinding implements ParameterBinding {

  private final byte[] value;
  private final ValueBinding<byte[]> binding;

  /** The binding of a value that may be null. */
  public BytesBinding(byte[] value, ValueBinding<byte[]> binding) {
    this.value = value == null ? null : value.clone();
    this.binding = binding;
  }

  @Override
  public void bindTo(PreparedStatement statement) throws SQLException {
    binding.bind(statement, value);
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
