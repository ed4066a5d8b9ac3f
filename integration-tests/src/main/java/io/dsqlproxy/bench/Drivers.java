package io.dsqlproxy.bench;

import com.p6spy.engine.spy.P6SpyDriver;
import io.dsqlproxy.driver.DsqlDriver;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * The drivers that are compared, each by the URL that a user would write; but ours does on any
 * server what it does on Aurora DSQL.
 */
enum Drivers {
  PGJDBC("jdbc:postgresql:"),
  DSQL_PROXY("jdbc:dsql-proxy:postgresql:", "&dialect=dsql"),
  /** Nothing is journaled, and nothing run again. */
  DSQL_PROXY_WITHOUT_RETRY("jdbc:dsql-proxy:postgresql:", "&dialect=dsql&retryMode=off"),
  P6SPY("jdbc:p6spy:postgresql:");

  private final String prefix;
  private final String parameters;

  Drivers(String prefix) {
    this(prefix, "");
  }

  Drivers(String prefix, String parameters) {
    this.prefix = prefix;
    this.parameters = parameters;
  }

  /**
   * Opens a connection.
   *
   * @param pgUrl a URL of pgJDBC with at least one parameter
   */
  Connection connect(String pgUrl) throws SQLException {
    String url = prefix + pgUrl.substring("jdbc:postgresql:".length()) + parameters;
    return switch (this) {
      case PGJDBC -> DriverManager.getConnection(url);
      case DSQL_PROXY, DSQL_PROXY_WITHOUT_RETRY -> new DsqlDriver().connect(url, new Properties());
      case P6SPY -> new P6SpyDriver().connect(url, new Properties());
    };
  }
}
