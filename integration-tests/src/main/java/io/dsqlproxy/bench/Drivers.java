package io.dsqlproxy.bench;

import com.p6spy.engine.spy.P6SpyDriver;
import io.dsqlproxy.driver.DsqlDriver;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** The drivers that are compared, each by the URL that a user would write. */
enum Drivers {
  PGJDBC("jdbc:postgresql:"),
  DSQL_PROXY("jdbc:dsql-proxy:postgresql:"),
  P6SPY("jdbc:p6spy:postgresql:");

  private final String prefix;

  Drivers(String prefix) {
    this.prefix = prefix;
  }

  /**
   * Opens a connection.
   *
   * @param pgUrl a URL of pgJDBC
   */
  Connection connect(String pgUrl) throws SQLException {
    String url = prefix + pgUrl.substring("jdbc:postgresql:".length());
    return switch (this) {
      case PGJDBC -> DriverManager.getConnection(url);
      case DSQL_PROXY -> new DsqlDriver().connect(url, new Properties());
      case P6SPY -> new P6SpyDriver().connect(url, new Properties());
    };
  }
}
