package io.dsqlproxy.driver.fences;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Prepares statements of the driver's own on the connection. As safe as the connection. */
@FunctionalInterface
public interface Preparer {

  /** A statement of pgJDBC's, to be closed by the caller. */
  PreparedStatement prepare(String sql) throws SQLException;
}
