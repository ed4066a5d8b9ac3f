package io.dsqlproxy.driver.configuration;

import io.dsqlproxy.rewriter.LockEmulation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * The properties that this driver adds to those of pgJDBC. This is their only declaration: reading
 * a URL, {@link java.sql.DriverPropertyInfo}, the data source and the documentation follow it. Keys
 * are compared exactly, as pgJDBC does.
 */
public enum DriverProperty {
  /** What the server is taken for. */
  DIALECT(
      "dialect",
      ValueType.dialect(),
      "auto",
      "What the server is: `dsql` for Aurora DSQL, `postgresql` for any other server, where the "
          + "application gets pgJDBC's own connection and only the properties of the login have an "
          + "effect. `auto` is `dsql` for the host name of a cluster, with IAM authentication, with a "
          + "`credentialsProvider`, and with a token as the password; after any other login the "
          + "server is asked for its `version()`."),
  /** Who provides the password. */
  AUTHENTICATION(
      "authentication",
      ValueType.authentication(),
      "auto",
      "Who provides the password: `iam` the driver, which signs a token, `password` the "
          + "application, `auto` is `iam` for the host name of an Aurora DSQL cluster and "
          + "`password` for any other."),
  /** The region that tokens are signed for. */
  REGION(
      "region",
      ValueType.region(),
      "",
      "The AWS region of the cluster. Read from the host name of a cluster; needed with IAM for "
          + "any other host name, because a region is never guessed. With it, the identifier of a "
          + "cluster may stand in the place of its host name."),
  /** The profile that holds the AWS credentials. */
  PROFILE(
      "profile",
      ValueType.name("the name of an AWS profile"),
      "",
      "The profile of the AWS configuration files whose credentials sign the tokens. Without it "
          + "the AWS default credential chain is asked."),
  /** Signs the tokens; an object, so it has no text form. */
  CREDENTIALS_PROVIDER(
      "credentialsProvider",
      ValueType.object(AwsCredentialsProvider.class),
      "",
      "Where the credentials come from, before `profile` and the default chain.",
      true),
  /** How long a token can be used to log in. */
  TOKEN_LIFETIME(
      "tokenLifetime",
      ValueType.lifetime("1s", "7d"),
      "15m",
      "How long a signed token is good for logging in, but no longer than the credentials that "
          + "signed it. An open connection outlives its token."),
  /** When opening a connection is given up. */
  CONNECT_DEADLINE(
      "connectDeadline",
      ValueType.duration("1s", "10m"),
      "30s",
      "How long opening one connection to a cluster may take in all, with every wait and further "
          + "attempt. `loginTimeout` takes its place if it is set, in the URL, on the data source or "
          + "in the `DriverManager`."),
  /** Logins per second. */
  CONNECT_RATE(
      "connectRate",
      ValueType.wholeNumber(1, 100_000),
      "100",
      "How many connections to one cluster this JVM opens per second, all pools together, once "
          + "`connectBurst` is used up."),
  /** Logins at once. */
  CONNECT_BURST(
      "connectBurst",
      ValueType.wholeNumber(1, 100_000),
      "1000",
      "How many connections to one cluster this JVM opens at once after a quiet time."),
  /** Whether statements are planned at all. */
  REWRITE_LOCKS(
      "rewriteLocks",
      ValueType.flag(),
      "true",
      "Whether locks that Aurora DSQL does not have are rewritten. `false` sends every statement "
          + "as it is."),
  /** Which form takes the place of a lock. */
  LOCK_POLICY(
      "lockPolicy",
      ValueType.lockPolicy(),
      "forUpdate",
      "Which form takes the place of a row lock: `forUpdate` keeps its guarantee, `deferred` keeps "
          + "it and takes the lock only when the transaction comes to write, `conditional` keeps it by "
          + "the versions of the rows, `forKeyShare` keeps the row's existence and key, `none` keeps "
          + "nothing. A rule that names no lock is about `FOR SHARE` and `LOCK IN SHARE MODE`; with "
          + "`deferred` and `conditional` it is about `FOR UPDATE` and `FOR NO KEY UPDATE` too. The "
          + "most specific rule wins."),
  /** Which columns hold the versions of rows. */
  VERSION_COLUMNS(
      "versionColumns",
      ValueType.versionColumns(),
      "",
      "The version columns of tables whose locks are `conditional`: each time a row is changed by "
          + "anybody, its value there changes."),
  /** Which locks are emulated that are on no rows. */
  LOCK_EMULATION(
      LockEmulation.PROPERTY,
      ValueType.lockEmulation(),
      "none",
      "Which locks are emulated with rows of a lock table: `advisory` for `pg_advisory_lock` and "
          + "its relatives, `table` for `LOCK TABLE`, which then keeps out only others that lock "
          + "the table. Any other is refused."),
  /** Where emulated locks are kept. */
  LOCK_TABLE(
      "lockTable",
      ValueType.table(),
      "public.dsql_proxy_locks",
      "The lock table. It is created when the first lock is taken, if it does not exist."),
  /** How long a lock outlives its session at most. */
  LOCK_LEASE(
      "lockLease",
      ValueType.duration("1s", "1h"),
      "30s",
      "How long a lock of a session is held that the driver cannot renew any more, because its "
          + "JVM or its network is gone. It is renewed after a third of that time."),
  /** How long to wait for a lock. */
  LOCK_TIMEOUT(
      "lockTimeout",
      ValueType.duration("0ms", "24h"),
      "0ms",
      "How long a statement waits for an emulated lock before it fails with SQLSTATE 55P03; `0ms` "
          + "for as long as it takes. A query timeout and `Statement.cancel` end the wait too."),
  /** Whether SERIALIZABLE may run at REPEATABLE READ. */
  ALLOW_WEAKER_ISOLATION(
      "allowWeakerIsolation",
      ValueType.flag(),
      "false",
      "Whether a request for SERIALIZABLE is accepted although transactions run at REPEATABLE "
          + "READ."),
  /** What COMMIT says of a failed transaction. */
  FAILED_COMMIT(
      "failedCommit",
      ValueType.failedCommit(),
      "return",
      "What the COMMIT of a transaction gives in which a statement has failed, and which the server "
          + "rolls back therefore: `return` nothing, as with pgJDBC, and a WARN in the log; `throw` an "
          + "SQLException with SQLSTATE 25P02. The same for `setAutoCommit(true)` and for a conflict "
          + "that was thrown."),
  /** What is run again after a conflict. */
  RETRY_MODE(
      "retryMode",
      ValueType.retryMode(),
      "transaction",
      "What is executed again after a conflict (SQLSTATE 40001): `transaction` a statement in "
          + "autocommit, and a transaction as a whole as long as each of its statements has the "
          + "same outcome as before; `statement` only the former; `off` nothing."),
  /** Executions in all. */
  RETRY_ATTEMPTS(
      "retryAttempts",
      ValueType.wholeNumber(1, 100),
      "100",
      "How often a statement or a transaction is executed in all when conflicts are absorbed; `1` "
          + "never executes it again."),
  /** The first wait. */
  RETRY_BASE_DELAY(
      "retryBaseDelay",
      ValueType.duration("0ms", "1m"),
      "50ms",
      "The longest wait before the second execution, doubled before each further one."),
  /** The longest wait. */
  RETRY_MAX_DELAY(
      "retryMaxDelay",
      ValueType.duration("0ms", "4m"),
      "1s",
      "The longest wait before any execution; not below `retryBaseDelay`."),
  /** When to give up. */
  RETRY_DEADLINE(
      "retryDeadline",
      ValueType.duration("0ms", "299s"),
      "60s",
      "The time from the first execution after which nothing is executed again. A transaction of "
          + "Aurora DSQL ends after 5 minutes in any case."),
  /** Memory for what a replay needs. */
  JOURNAL_BYTES(
      "journalBytes",
      ValueType.bytes("1GiB"),
      "8MiB",
      "How much memory one open transaction may take for what executing it again needs: its "
          + "statements with their parameters, and a digest of what was read. A transaction that "
          + "needs more is not executed again; its conflict surfaces."),
  /** Retries of many connections together. */
  RETRY_BUDGET(
      "retryBudget",
      ValueType.wholeNumber(1, 10_000),
      "1000",
      "How many times 100 statements and transactions may be executed again, by all connections "
          + "with the same URL together; 500 times are allowed beforehand. Once they are used up, "
          + "conflicts surface at once instead of making more of them. The default stops nothing as "
          + "long as one of eleven executions succeeds."),
  /** When a session goes on without its physical connection. */
  RECONNECT(
      "reconnect",
      ValueType.reconnectMode(),
      "never",
      "When another physical connection, with a token and settings of its own, takes the place of "
          + "one that is lost or older than `maxConnectionAge`: `betweenTransactions` before the "
          + "first statement of a transaction or a statement in autocommit; `inTransactions` also "
          + "in the middle of a transaction, which is run again there as after a conflict; `never`, "
          + "so that the loss surfaces."),
  /** When a physical connection is old. */
  MAX_CONNECTION_AGE(
      "maxConnectionAge",
      ValueType.duration("0ms", "7d"),
      "55m",
      "The age, less up to a tenth or 5 minutes by chance, from which a connection without an open "
          + "transaction is not valid, so that a pool replaces it; `0ms` for no limit. Aurora DSQL "
          + "cuts a connection after 60 minutes."),
  /** Plans that are remembered. */
  PLAN_CACHE_ENTRIES(
      "planCacheEntries",
      ValueType.wholeNumber(0, 1_000_000),
      "2048",
      "How many statement plans are remembered, by all connections with the same settings "
          + "together."),
  /** Memory for plans. */
  PLAN_CACHE_BYTES(
      "planCacheBytes",
      ValueType.bytes("1GiB"),
      "8MiB",
      "How much memory the remembered plans may take.");

  private static final Map<String, DriverProperty> BY_KEY =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(p -> p.key, Function.identity()));

  private final String key;
  private final ValueType type;
  private final String defaultText;
  private final String description;
  private final boolean secret;

  DriverProperty(String key, ValueType type, String defaultText, String description) {
    this(key, type, defaultText, description, false);
  }

  DriverProperty(
      String key, ValueType type, String defaultText, String description, boolean secret) {
    this.key = key;
    this.type = type;
    this.defaultText = defaultText;
    this.description = description;
    this.secret = secret;
  }

  /** The property with exactly this key. */
  public static Optional<DriverProperty> ofKey(String key) {
    return Optional.ofNullable(BY_KEY.get(key));
  }

  /** The name in URLs and {@link java.util.Properties}. */
  public String key() {
    return key;
  }

  /** What the property does, in Markdown. */
  public String description() {
    return description;
  }

  /** The value that holds if none is given; empty if there is none. */
  public String defaultText() {
    return defaultText;
  }

  /** What a value must be, to complete "the value must be …". */
  public String rule() {
    return type.rule();
  }

  /** Every allowed text, or empty if they cannot be listed. */
  public List<String> choices() {
    return type.choices();
  }

  /** Whether the value must never be shown to anyone. */
  public boolean secret() {
    return secret;
  }

  /**
   * The value of a text.
   *
   * @throws IllegalArgumentException if the text breaks the rule
   */
  Object parse(String text) {
    return type.parser().apply(text);
  }
}
