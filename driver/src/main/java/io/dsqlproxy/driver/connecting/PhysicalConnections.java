package io.dsqlproxy.driver.connecting;

import io.dsqlproxy.driver.authentication.Login;
import io.dsqlproxy.driver.configuration.DriverSettings;
import io.dsqlproxy.driver.configuration.PgConnectionRequest;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.driver.observation.DriverTiming;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Opens physical connections that are all alike: to the same server, for the same user, with the
 * same settings. Safe for use by many threads; holds nothing open.
 */
public final class PhysicalConnections {

  /** pgJDBC itself: asking the DriverManager for it could give us somebody else's wrapper. */
  private static final Driver PG_DRIVER = new Driver();

  private final Login login;
  private final DriverSettings settings;
  private final DriverStatistics statistics;

  /**
   * Connections as the application asked for them.
   *
   * @throws SQLException SQLSTATE 22023 if the settings cannot work together, 28000 if there is
   *     nobody to log in as
   */
  public PhysicalConnections(
      PgConnectionRequest request, DriverSettings settings, DriverStatistics statistics)
      throws SQLException {
    this.login = Login.of(request, settings);
    this.settings = Objects.requireNonNull(settings, "settings");
    this.statistics = Objects.requireNonNull(statistics, "statistics");
  }

  /**
   * A new connection of pgJDBC's, to whatever server it is. To a cluster it logs in with a token
   * that holds now, no faster than the cluster allows, and again if that can help, for no longer
   * than {@code loginTimeout} or {@code connectDeadline}; an interruption ends every wait. To any
   * other server it logs in once, as pgJDBC does.
   *
   * @throws SQLException SQLSTATE 28000 if there is nothing to sign with, 08001 if the time is over
   *     or the thread is interrupted; else the SQLSTATE of the last login, whose exception is the
   *     cause
   */
  public Connection open() throws SQLException {
    long start = System.nanoTime();
    try {
      return logIn();
    } finally {
      statistics.took(DriverTiming.CONNECTING, System.nanoTime() - start);
    }
  }

  /**
   * A new connection to a server that {@linkplain #isToDsql is known} for Aurora DSQL.
   *
   * @throws SQLException as {@link #open} does
   */
  public Connection openToDsql() throws SQLException {
    Connection connection = open();
    try {
      AutomaticSavepoints.switchOff(connection);
      return connection;
    } catch (SQLException | RuntimeException | Error failure) {
      connection.close();
      throw failure;
    }
  }

  /**
   * Whether the server of one of these connections is Aurora DSQL. If neither the properties nor
   * the login tell, the server is asked. If it is, the connection is made ready for it.
   *
   * @throws SQLException if the server cannot be asked; the connection is of no use then
   */
  public boolean isToDsql(Connection connection) throws SQLException {
    boolean dsql =
        switch (settings.dialect()) {
          case DSQL -> true;
          case POSTGRESQL -> false;
          case AUTO -> isForDsql() || saysSo(connection);
        };
    if (dsql) {
      AutomaticSavepoints.switchOff(connection);
    }
    return dsql;
  }

  /** Nobody else takes a token, and nobody gives credentials for another server. */
  private boolean isForDsql() {
    return login.isForCluster()
        || settings.credentialsProvider().isPresent()
        || login.request().value(PGProperty.PASSWORD).orElse("").contains("Action=DbConnect");
  }

  /** Aurora DSQL has no replication, and a connection for it takes no queries. */
  private boolean saysSo(Connection connection) throws SQLException {
    return login.request().value(PGProperty.REPLICATION).isEmpty()
        && ServerVersion.isOfDsql(connection, LoginTimeout.of(login.request(), Duration.ZERO));
  }

  private Connection logIn() throws SQLException {
    return login.isForCluster()
        ? new Connecting<Connection>(
                login, settings.connecting(), Surroundings.OF_THIS_JVM, statistics.connections())
            .open(bounded -> logIn(bounded, login.request()))
        : logIn(login.request());
  }

  private static Connection logIn(PgConnectionRequest bounded, PgConnectionRequest asked)
      throws SQLException {
    Connection connection = logIn(bounded);
    try {
      LoginTimeout.lift(connection, asked);
      return connection;
    } catch (SQLException | RuntimeException | Error failure) {
      connection.close();
      throw failure;
    }
  }

  private static Connection logIn(PgConnectionRequest request) throws SQLException {
    return PG_DRIVER.connect(request.url(), request.properties());
  }

  /** Shows no settings: any of them may hold a secret. */
  @Override
  public String toString() {
    return "PhysicalConnections[" + login + ']';
  }
}
