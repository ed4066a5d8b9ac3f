package io.dsqlproxy.driver;

import io.dsqlproxy.driver.authentication.TokenCache;
import io.dsqlproxy.driver.configuration.ConnectionUrl;
import io.dsqlproxy.driver.configuration.DriverPropertyInfos;
import io.dsqlproxy.driver.configuration.DriverSettings;
import io.dsqlproxy.driver.configuration.DriverVersion;
import io.dsqlproxy.driver.configuration.MisspeltKeys;
import io.dsqlproxy.driver.configuration.PgConnectionRequest;
import io.dsqlproxy.driver.configuration.SharedPlanners;
import io.dsqlproxy.driver.configuration.SharedRetryBudgets;
import io.dsqlproxy.driver.connecting.PhysicalConnections;
import io.dsqlproxy.driver.jdbc.ConnectionContext;
import io.dsqlproxy.driver.jdbc.DsqlConnection;
import io.dsqlproxy.driver.jdbc.Renewal;
import io.dsqlproxy.driver.locks.LockAccess;
import io.dsqlproxy.driver.locks.SharedLockServices;
import io.dsqlproxy.driver.observation.DriverMBean;
import io.dsqlproxy.driver.observation.DriverStatistics;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import org.postgresql.PGProperty;

/**
 * The driver behind {@code jdbc:dsql-proxy:} URLs. It registers itself, so an application only has
 * to change its URL. Safe for use by many threads.
 */
public final class DsqlDriver implements Driver {

  static {
    try {
      // Who deregisters the driver wants nothing of it to be left.
      DriverManager.registerDriver(new DsqlDriver(), DsqlDriver::forget);
      DriverMBean.register();
    } catch (SQLException failure) {
      throw new ExceptionInInitializerError(failure);
    }
  }

  private static void forget() {
    TokenCache.global().clear();
    DriverMBean.unregister();
  }

  /** As a service, or for direct use. */
  public DsqlDriver() {}

  /**
   * Opens one physical connection; a foreign URL gives null. On Aurora DSQL it is decorated, a
   * {@link DsqlConnection}; on any other server it is pgJDBC's own. If that fails, the exception
   * has the SQLSTATE that the server or pgJDBC gave, and is pgJDBC's own or has it as its cause.
   */
  @Override
  public Connection connect(String url, Properties info) throws SQLException {
    if (url == null) {
      throw new SQLException("The connection URL is null.", "08001");
    }
    return ConnectionUrl.isOurs(url) ? open(ConnectionUrl.parse(url), info) : null;
  }

  static Connection open(ConnectionUrl url, Properties info) throws SQLException {
    DriverSettings settings = DriverSettings.from(url, info);
    MisspeltKeys.report(url, info);
    PgConnectionRequest request = PgConnectionRequest.of(url, info);
    PhysicalConnections connections =
        new PhysicalConnections(request, settings, DriverStatistics.global());
    Connection physical = connections.open();
    try {
      return connections.isToDsql(physical)
          ? decorated(physical, url, request, settings, connections)
          : physical;
    } catch (SQLException | RuntimeException | Error failure) {
      physical.close();
      throw failure;
    }
  }

  private static Connection decorated(
      Connection physical,
      ConnectionUrl url,
      PgConnectionRequest request,
      DriverSettings settings,
      PhysicalConnections connections)
      throws SQLException {
    ConnectionContext context =
        new ConnectionContext(
            url.withoutSecrets(),
            SharedPlanners.global().planner(settings.planning()),
            settings.retryPolicy(),
            settings.retryMode(),
            settings.failedCommit(),
            settings.journalBytes(),
            SharedRetryBudgets.global().budget(url.withoutSecrets(), settings.retryBudget()),
            settings.planning().allowWeakerIsolation(),
            DriverStatistics.global());
    Renewal renewal =
        Renewal.inRealTime(
            settings.reconnect(), settings.maxConnectionAge(), connections::openToDsql);
    LockAccess lockAccess = lockAccess(context.url(), request, settings, connections);
    return DsqlConnection.wrap(physical, context, renewal, lockAccess);
  }

  /** Null if no locks are emulated. */
  private static LockAccess lockAccess(
      String url,
      PgConnectionRequest request,
      DriverSettings settings,
      PhysicalConnections connections) {
    if (!settings.locks().emulation().isAnything()) {
      return null;
    }
    String user = request.value(PGProperty.USER).orElse("");
    return new LockAccess(
        SharedLockServices.global().service(url, user, settings.locks()), connections::openToDsql);
  }

  /** True for every URL with our prefix: a malformed one deserves an explanation by connect. */
  @Override
  public boolean acceptsURL(String url) {
    return ConnectionUrl.isOurs(url);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
    return DriverPropertyInfos.of(url, info);
  }

  @Override
  public int getMajorVersion() {
    return DriverVersion.major();
  }

  @Override
  public int getMinorVersion() {
    return DriverVersion.minor();
  }

  @Override
  public boolean jdbcCompliant() {
    return new org.postgresql.Driver().jdbcCompliant();
  }

  /** This driver logs through SLF4J. */
  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("This driver logs through SLF4J.", "0A000");
  }
}
