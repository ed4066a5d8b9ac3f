package io.dsqlproxy.driver;

import io.dsqlproxy.driver.configuration.ConnectionUrl;
import io.dsqlproxy.driver.configuration.DriverProperty;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Objects;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.postgresql.PGProperty;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * Opens a new physical connection each time, as {@link DsqlDriver#connect} does; pools are built on
 * top of it. What is set here counts as if it stood in the Properties: a parameter of the URL wins.
 * Values are checked when a connection is opened. Safe for use by many threads, while it is being
 * set up by one as well.
 */
public final class DsqlDataSource implements DataSource {

  private final Properties properties = new Properties();
  private volatile String url;
  private volatile PrintWriter logWriter;
  private volatile int loginTimeout;

  /** A data source without settings: at least the URL must be set. */
  public DsqlDataSource() {}

  /** A {@code jdbc:dsql-proxy:} URL. */
  public void setUrl(String url) {
    this.url = url;
  }

  /** The database user. */
  public void setUser(String user) {
    set(PGProperty.USER.getName(), user);
  }

  /** The password; not used with IAM authentication. */
  public void setPassword(String password) {
    set(PGProperty.PASSWORD.getName(), password);
  }

  /**
   * Where the credentials that sign tokens come from. It is asked on other threads, about once in a
   * token's lifetime, must give everybody the same identity, and is never closed here.
   */
  public void setCredentialsProvider(AwsCredentialsProvider credentialsProvider) {
    set(DriverProperty.CREDENTIALS_PROVIDER.key(), credentialsProvider);
  }

  /** Any property of this driver or of pgJDBC; null takes it back. */
  public void setProperty(String key, String value) {
    set(key, value);
  }

  /** See {@link DriverProperty#DIALECT}. */
  public void setDialect(String dialect) {
    set(DriverProperty.DIALECT.key(), dialect);
  }

  /** See {@link DriverProperty#AUTHENTICATION}. */
  public void setAuthentication(String authentication) {
    set(DriverProperty.AUTHENTICATION.key(), authentication);
  }

  /** See {@link DriverProperty#REGION}. */
  public void setRegion(String region) {
    set(DriverProperty.REGION.key(), region);
  }

  /** See {@link DriverProperty#PROFILE}. */
  public void setProfile(String profile) {
    set(DriverProperty.PROFILE.key(), profile);
  }

  /** See {@link DriverProperty#TOKEN_LIFETIME}. */
  public void setTokenLifetime(String tokenLifetime) {
    set(DriverProperty.TOKEN_LIFETIME.key(), tokenLifetime);
  }

  /** See {@link DriverProperty#CONNECT_DEADLINE}. */
  public void setConnectDeadline(String connectDeadline) {
    set(DriverProperty.CONNECT_DEADLINE.key(), connectDeadline);
  }

  /** See {@link DriverProperty#CONNECT_RATE}. */
  public void setConnectRate(int connectRate) {
    set(DriverProperty.CONNECT_RATE.key(), String.valueOf(connectRate));
  }

  /** See {@link DriverProperty#CONNECT_BURST}. */
  public void setConnectBurst(int connectBurst) {
    set(DriverProperty.CONNECT_BURST.key(), String.valueOf(connectBurst));
  }

  /** See {@link DriverProperty#REWRITE_LOCKS}. */
  public void setRewriteLocks(boolean rewriteLocks) {
    set(DriverProperty.REWRITE_LOCKS.key(), String.valueOf(rewriteLocks));
  }

  /** See {@link DriverProperty#LOCK_POLICY}. */
  public void setLockPolicy(String lockPolicy) {
    set(DriverProperty.LOCK_POLICY.key(), lockPolicy);
  }

  /** See {@link DriverProperty#LOCK_EMULATION}. */
  public void setLockEmulation(String lockEmulation) {
    set(DriverProperty.LOCK_EMULATION.key(), lockEmulation);
  }

  /** See {@link DriverProperty#LOCK_TABLE}. */
  public void setLockTable(String lockTable) {
    set(DriverProperty.LOCK_TABLE.key(), lockTable);
  }

  /** See {@link DriverProperty#LOCK_LEASE}. */
  public void setLockLease(String lockLease) {
    set(DriverProperty.LOCK_LEASE.key(), lockLease);
  }

  /** See {@link DriverProperty#LOCK_TIMEOUT}. */
  public void setLockTimeout(String lockTimeout) {
    set(DriverProperty.LOCK_TIMEOUT.key(), lockTimeout);
  }

  /** See {@link DriverProperty#VERSION_COLUMNS}. */
  public void setVersionColumns(String versionColumns) {
    set(DriverProperty.VERSION_COLUMNS.key(), versionColumns);
  }

  /** See {@link DriverProperty#ALLOW_WEAKER_ISOLATION}. */
  public void setAllowWeakerIsolation(boolean allowWeakerIsolation) {
    set(DriverProperty.ALLOW_WEAKER_ISOLATION.key(), String.valueOf(allowWeakerIsolation));
  }

  /** See {@link DriverProperty#FAILED_COMMIT}. */
  public void setFailedCommit(String failedCommit) {
    set(DriverProperty.FAILED_COMMIT.key(), failedCommit);
  }

  /** See {@link DriverProperty#RETRY_MODE}. */
  public void setRetryMode(String retryMode) {
    set(DriverProperty.RETRY_MODE.key(), retryMode);
  }

  /** See {@link DriverProperty#RETRY_ATTEMPTS}. */
  public void setRetryAttempts(int retryAttempts) {
    set(DriverProperty.RETRY_ATTEMPTS.key(), String.valueOf(retryAttempts));
  }

  /** See {@link DriverProperty#RETRY_BASE_DELAY}. */
  public void setRetryBaseDelay(String retryBaseDelay) {
    set(DriverProperty.RETRY_BASE_DELAY.key(), retryBaseDelay);
  }

  /** See {@link DriverProperty#RETRY_MAX_DELAY}. */
  public void setRetryMaxDelay(String retryMaxDelay) {
    set(DriverProperty.RETRY_MAX_DELAY.key(), retryMaxDelay);
  }

  /** See {@link DriverProperty#RETRY_DEADLINE}. */
  public void setRetryDeadline(String retryDeadline) {
    set(DriverProperty.RETRY_DEADLINE.key(), retryDeadline);
  }

  /** See {@link DriverProperty#JOURNAL_BYTES}. */
  public void setJournalBytes(String journalBytes) {
    set(DriverProperty.JOURNAL_BYTES.key(), journalBytes);
  }

  /** See {@link DriverProperty#RETRY_BUDGET}. */
  public void setRetryBudget(int retryBudget) {
    set(DriverProperty.RETRY_BUDGET.key(), String.valueOf(retryBudget));
  }

  /** See {@link DriverProperty#RECONNECT}. */
  public void setReconnect(String reconnect) {
    set(DriverProperty.RECONNECT.key(), reconnect);
  }

  /** See {@link DriverProperty#MAX_CONNECTION_AGE}. */
  public void setMaxConnectionAge(String maxConnectionAge) {
    set(DriverProperty.MAX_CONNECTION_AGE.key(), maxConnectionAge);
  }

  /** See {@link DriverProperty#PLAN_CACHE_ENTRIES}. */
  public void setPlanCacheEntries(int planCacheEntries) {
    set(DriverProperty.PLAN_CACHE_ENTRIES.key(), String.valueOf(planCacheEntries));
  }

  /** See {@link DriverProperty#PLAN_CACHE_BYTES}. */
  public void setPlanCacheBytes(String planCacheBytes) {
    set(DriverProperty.PLAN_CACHE_BYTES.key(), planCacheBytes);
  }

  @Override
  public Connection getConnection() throws SQLException {
    return DsqlDriver.open(parsedUrl(), request());
  }

  /** Logs in as this user, whoever the settings or the URL name. */
  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return DsqlDriver.open(parsedUrl().withoutUser(), request(user, password));
  }

  /** What a connection is asked for with: a snapshot, which later settings do not change. */
  Properties request() {
    Properties request = new Properties();
    // Locks the map that the setters change, so that the copy is one moment of it.
    synchronized (properties) {
      request.putAll(properties);
    }
    if (loginTimeout > 0) {
      request.setProperty(PGProperty.LOGIN_TIMEOUT.getName(), String.valueOf(loginTimeout));
    }
    return request;
  }

  Properties request(String user, String password) {
    Properties request = request();
    put(request, PGProperty.USER.getName(), user);
    put(request, PGProperty.PASSWORD.getName(), password);
    return request;
  }

  private ConnectionUrl parsedUrl() throws SQLException {
    String current = url;
    if (current == null) {
      throw new SQLException("The data source has no URL.", "08001");
    }
    return ConnectionUrl.parse(current);
  }

  private void set(String key, Object value) {
    Objects.requireNonNull(key, "key");
    synchronized (properties) {
      put(properties, key, value);
    }
  }

  private static void put(Properties target, String key, Object value) {
    if (value == null) {
      target.remove(key);
    } else {
      target.put(key, value);
    }
  }

  @Override
  public void setLoginTimeout(int seconds) {
    loginTimeout = seconds;
  }

  @Override
  public int getLoginTimeout() {
    return loginTimeout;
  }

  /** Kept but not written to: this driver logs through SLF4J. */
  @Override
  public void setLogWriter(PrintWriter writer) {
    logWriter = writer;
  }

  @Override
  public PrintWriter getLogWriter() {
    return logWriter;
  }

  /** This driver logs through SLF4J. */
  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("This driver logs through SLF4J.", "0A000");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (!isWrapperFor(type)) {
      throw new SQLException("The data source is not a " + type.getName() + '.', "22023");
    }
    return type.cast(this);
  }

  /** Shows the URL without its secrets, and none of the other settings. */
  @Override
  public String toString() {
    String current = url;
    String shown = "no URL";
    if (current != null) {
      try {
        shown = ConnectionUrl.parse(current).withoutSecrets();
      } catch (SQLException malformed) {
        shown = "unusable URL";
      }
    }
    return "DsqlDataSource[" + shown + ']';
  }
}
