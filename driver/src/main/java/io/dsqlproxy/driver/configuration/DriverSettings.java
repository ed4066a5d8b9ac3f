package io.dsqlproxy.driver.configuration;

import io.dsqlproxy.driver.execution.FailedCommit;
import io.dsqlproxy.driver.execution.ReconnectMode;
import io.dsqlproxy.driver.execution.RetryMode;
import io.dsqlproxy.driver.execution.RetryPolicy;
import io.dsqlproxy.driver.locks.LockSettings;
import io.dsqlproxy.rewriter.LockEmulation;
import io.dsqlproxy.rewriter.LockPolicy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * The values of this driver's properties for one connection, all of them checked. Immutable.
 *
 * @param dialect what the server is taken for
 * @param authentication who provides the password
 * @param region the region to sign for, if it was given
 * @param profile the profile that holds the AWS credentials, if one was given
 * @param credentialsProvider the object that holds the AWS credentials, if one was given
 * @param tokenLifetime how long a token is good for logging in
 * @param connecting how patiently, and how fast, connections are opened
 * @param planning how statements are planned
 * @param locks how locks are emulated that are on no rows
 * @param retryPolicy how often, and how patiently, a conflict is answered by running again
 * @param retryMode what is run again
 * @param failedCommit what the COMMIT of a failed transaction gives
 * @param journalBytes the memory that one transaction may take to be run again, in bytes
 * @param retryBudget how many retries 100 transactions of the same URL may make
 * @param reconnect when a session goes on without its physical connection
 * @param maxConnectionAge the age at which a physical connection is old; zero for none
 */
public record DriverSettings(
    Dialect dialect,
    AuthenticationMode authentication,
    Optional<String> region,
    Optional<String> profile,
    Optional<AwsCredentialsProvider> credentialsProvider,
    Duration tokenLifetime,
    ConnectSettings connecting,
    PlanSettings planning,
    LockSettings locks,
    RetryPolicy retryPolicy,
    RetryMode retryMode,
    FailedCommit failedCommit,
    long journalBytes,
    int retryBudget,
    ReconnectMode reconnect,
    Duration maxConnectionAge) {

  public DriverSettings {
    Objects.requireNonNull(dialect, "dialect");
    Objects.requireNonNull(authentication, "authentication");
    Objects.requireNonNull(region, "region");
    Objects.requireNonNull(profile, "profile");
    Objects.requireNonNull(credentialsProvider, "credentialsProvider");
    Objects.requireNonNull(tokenLifetime, "tokenLifetime");
    Objects.requireNonNull(connecting, "connecting");
    Objects.requireNonNull(planning, "planning");
    Objects.requireNonNull(locks, "locks");
    Objects.requireNonNull(retryPolicy, "retryPolicy");
    Objects.requireNonNull(retryMode, "retryMode");
    Objects.requireNonNull(failedCommit, "failedCommit");
    Objects.requireNonNull(reconnect, "reconnect");
    Objects.requireNonNull(maxConnectionAge, "maxConnectionAge");
  }

  /**
   * Reads and checks our properties. As in pgJDBC, a value in the URL wins over one in the
   * Properties, and the last of several in the URL wins.
   *
   * @param info the application's properties, defaults included; may be null
   * @throws SQLException SQLSTATE 22023 if a value breaks the rule of its property
   */
  public static DriverSettings from(ConnectionUrl url, Properties info) throws SQLException {
    Properties properties = info == null ? new Properties() : info;
    Values values = new Values(given(url, properties));
    // Checked even if nothing is rewritten; the planner is shared by text.
    Optional<LockPolicy> policy = values.read(DriverProperty.LOCK_POLICY, LockPolicy.class);
    LockSettings locks = locks(values);
    values.read(DriverProperty.VERSION_COLUMNS, Object.class);
    requireVersions(policy, values.text(DriverProperty.VERSION_COLUMNS));
    return new DriverSettings(
        values.require(DriverProperty.DIALECT, Dialect.class),
        values.require(DriverProperty.AUTHENTICATION, AuthenticationMode.class),
        values.read(DriverProperty.REGION, String.class),
        values.read(DriverProperty.PROFILE, String.class),
        credentialsProvider(values, properties),
        values.require(DriverProperty.TOKEN_LIFETIME, Duration.class),
        new ConnectSettings(
            values.require(DriverProperty.CONNECT_DEADLINE, Duration.class),
            values.require(DriverProperty.CONNECT_RATE, Integer.class),
            values.require(DriverProperty.CONNECT_BURST, Integer.class)),
        new PlanSettings(
            values.require(DriverProperty.REWRITE_LOCKS, Boolean.class),
            values.text(DriverProperty.LOCK_POLICY),
            values.text(DriverProperty.VERSION_COLUMNS),
            values.require(DriverProperty.ALLOW_WEAKER_ISOLATION, Boolean.class),
            locks.emulation(),
            values.require(DriverProperty.PLAN_CACHE_ENTRIES, Integer.class),
            values.require(DriverProperty.PLAN_CACHE_BYTES, Long.class)),
        locks,
        retryPolicy(values),
        values.require(DriverProperty.RETRY_MODE, RetryMode.class),
        values.require(DriverProperty.FAILED_COMMIT, FailedCommit.class),
        values.require(DriverProperty.JOURNAL_BYTES, Long.class),
        values.require(DriverProperty.RETRY_BUDGET, Integer.class),
        values.require(DriverProperty.RECONNECT, ReconnectMode.class),
        values.require(DriverProperty.MAX_CONNECTION_AGE, Duration.class));
  }

  /** The texts that were given for our properties, wherever they were given. */
  static Map<DriverProperty, String> given(ConnectionUrl url, Properties info) throws SQLException {
    Map<DriverProperty, String> given = new EnumMap<>(DriverProperty.class);
    for (DriverProperty property : DriverProperty.values()) {
      String text = info.getProperty(property.key());
      if (text != null) {
        given.put(property, text);
      } else if (property != DriverProperty.CREDENTIALS_PROVIDER
          && info.get(property.key()) != null) {
        throw ConfigurationErrors.invalidValue(
            property, new IllegalArgumentException("and in Properties it must be a String"));
      }
    }
    given.putAll(url.ownValues());
    return given;
  }

  private static Optional<AwsCredentialsProvider> credentialsProvider(
      Values values, Properties info) throws SQLException {
    // Refuses the provider's class name, say, given as text.
    values.read(DriverProperty.CREDENTIALS_PROVIDER, AwsCredentialsProvider.class);
    Object provider = info.get(DriverProperty.CREDENTIALS_PROVIDER.key());
    if (provider == null || provider instanceof AwsCredentialsProvider) {
      return Optional.ofNullable((AwsCredentialsProvider) provider);
    }
    throw ConfigurationErrors.invalidValue(
        DriverProperty.CREDENTIALS_PROVIDER, new IllegalArgumentException());
  }

  /** A lock that is conditional on nothing would be an ordinary one, without a word. */
  private static void requireVersions(Optional<LockPolicy> policy, String versionColumns)
      throws SQLException {
    String table =
        policy.map(p -> p.withVersionColumns(versionColumns).tableWithoutVersions()).orElse(null);
    if (table != null) {
      throw ConfigurationErrors.unusableSettings(
          "The property "
              + DriverProperty.LOCK_POLICY.key()
              + " makes locks conditional"
              + (table.equals("*") ? "" : " of the table " + table)
              + ", but the property "
              + DriverProperty.VERSION_COLUMNS.key()
              + " declares no version column for them; name it there, as table.column, or choose"
              + " deferred.");
    }
  }

  private static LockSettings locks(Values values) throws SQLException {
    LockSettings locks =
        new LockSettings(
            values.require(DriverProperty.LOCK_EMULATION, LockEmulation.class),
            values.require(DriverProperty.LOCK_TABLE, String.class),
            values.require(DriverProperty.LOCK_LEASE, Duration.class),
            values.require(DriverProperty.LOCK_TIMEOUT, Duration.class));
    if (locks.emulation().isAnything()
        && !values.require(DriverProperty.REWRITE_LOCKS, Boolean.class)) {
      throw ConfigurationErrors.invalidValue(
          DriverProperty.LOCK_EMULATION,
          new IllegalArgumentException(
              "and none with " + DriverProperty.REWRITE_LOCKS.key() + "=false"));
    }
    return locks;
  }

  private static RetryPolicy retryPolicy(Values values) throws SQLException {
    int attempts = values.require(DriverProperty.RETRY_ATTEMPTS, Integer.class);
    Duration baseDelay = values.require(DriverProperty.RETRY_BASE_DELAY, Duration.class);
    Duration maxDelay = values.require(DriverProperty.RETRY_MAX_DELAY, Duration.class);
    Duration deadline = values.require(DriverProperty.RETRY_DEADLINE, Duration.class);
    if (maxDelay.compareTo(baseDelay) < 0) {
      throw ConfigurationErrors.invalidValue(
          DriverProperty.RETRY_MAX_DELAY,
          new IllegalArgumentException(
              "and not below " + DriverProperty.RETRY_BASE_DELAY.key() + ", given or default"));
    }
    return new RetryPolicy(attempts, baseDelay, maxDelay, deadline);
  }

  /** Leaves the credentials out: nobody knows what a provider says about itself. */
  @Override
  public String toString() {
    return "DriverSettings[dialect="
        + dialect
        + ", authentication="
        + authentication
        + ", region="
        + region
        + ", profile="
        + profile
        + ", tokenLifetime="
        + tokenLifetime
        + ", connecting="
        + connecting
        + ", planning="
        + planning
        + ", locks="
        + locks
        + ", retryPolicy="
        + retryPolicy
        + ", retryMode="
        + retryMode
        + ", failedCommit="
        + failedCommit
        + ", journalBytes="
        + journalBytes
        + ", retryBudget="
        + retryBudget
        + ", reconnect="
        + reconnect
        + ", maxConnectionAge="
        + maxConnectionAge
        + ']';
  }

  /** The given texts and, for what was not given, the defaults. */
  private record Values(Map<DriverProperty, String> given) {

    String text(DriverProperty property) {
      return given.getOrDefault(property, property.defaultText());
    }

    <T> T require(DriverProperty property, Class<T> type) throws SQLException {
      return read(property, type)
          .orElseThrow(() -> new IllegalStateException(property + " has no default"));
    }

    /** The value; empty if none was given and there is no default. */
    <T> Optional<T> read(DriverProperty property, Class<T> type) throws SQLException {
      if (!given.containsKey(property) && property.defaultText().isEmpty()) {
        return Optional.empty();
      }
      try {
        return Optional.of(type.cast(property.parse(text(property))));
      } catch (IllegalArgumentException broken) {
        throw ConfigurationErrors.invalidValue(property, broken);
      }
    }
  }
}
