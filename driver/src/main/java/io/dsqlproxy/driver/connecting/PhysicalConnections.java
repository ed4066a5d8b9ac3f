package io.dsqlproxy.driver.connecting;

import io.dsqlproxy.driver.authentication.Login;
import io.dsqlproxy.driver.configuration.DriverSettings;
import io.dsqlproxy.driver.configuration.PgConnectionRequest;
import io.dsqlproxy.driver.observation.DriverStatistics;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.postgresql.Driver;

/**
 * Opens physical connections that are all alike: to the same server, for the same user, with the
 * same settings. Safe for use by many threads; holds nothing open.
 */
public final class PhysicalConnections {

  /** pgJDBC itself: asking the DriverManager for it could give us somebody else's wrapper. */
  private static final Driver PG_DRIVER = new Driver();

  private final PgConnectionRequest request;
  private final DriverSettings settings;
  private final DriverStatistics statistics;

  /** Connections as the application asked for them. */
  public PhysicalConnections(
      PgConnectionRequest request, DriverSettings settings, DriverStatistics statistics) {
    this.request = Objects.requireNonNull(request, "request");
    this.settings = Objects.requireNonNull(settings, "settings");
    this.statistics = Objects.requireNonNull(statistics, "statistics");
  }

  /**
   * A new connection of pgJDBC's, logged in with a token that holds now.
   *
   * @throws SQLException SQLSTATE 22023 if the settings cannot work together, 28000 if there is
   *     nobody to log in as or nothing to sign with; else pgJDBC's own
   */
  public Connection open() throws SQLException {
    PgConnectionRequest complete = Login.complete(request, settings, statistics);
    return PG_DRIVER.connect(complete.url(), complete.properties());
  }

  /** Shows no settings: any of them may hold a secret. */
  @Override
  public String toString() {
    return "PhysicalConnections[" + request + ']';
  }
}
