package io.dsqlproxy.driver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A whole number, of the size that the application chose. Immutable.
 *
 * @param index from 1
 * @param size in bytes: 2, 4 or 8
 * @param value the number
 */
public record WholeNumberBinding(int index, int size, long value) implements ParameterBinding {

  @Override
  public void bindTo(PreparedStatement statement) throws SQLException {
    switch (size) {
      case 2 -> statement.setShort(index, (short) value);
      case 4 -> statement.setInt(index, (int) value);
      default -> statement.setLong(index, value);
    }
  }

  @Override
  public String text() {
    return Long.toString(value);
  }
}
