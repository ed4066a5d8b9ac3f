package io.dsqlproxy.driver.jdbc;

import java.sql.Connection;
import java.util.Objects;

/** Stand-in for the decorated connection: hands out the physical connection as it is. */
public final class DsqlConnection {

  private DsqlConnection() {}

  /** The connection that the application sees. */
  public static Connection wrap(Connection pgConnection, ConnectionContext context) {
    Objects.requireNonNull(context, "context");
    return pgConnection;
  }
}
