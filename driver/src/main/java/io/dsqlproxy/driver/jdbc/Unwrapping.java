package io.dsqlproxy.driver.jdbc;

import java.sql.SQLException;
import java.sql.Wrapper;

/** How every decorated object answers {@link Wrapper}: itself first, then pgJDBC. Stateless. */
final class Unwrapping {

  private Unwrapping() {}

  static <T> T unwrap(Object decorated, Wrapper delegate, Class<T> type) throws SQLException {
    return type.isInstance(decorated) ? type.cast(decorated) : delegate.unwrap(type);
  }

  static boolean isWrapperFor(Object decorated, Wrapper delegate, Class<?> type)
      throws SQLException {
    return type.isInstance(decorated) || delegate.isWrapperFor(type);
  }
}
