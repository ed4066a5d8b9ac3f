package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.fault.FaultScript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A server that answers like Amazon Aurora DSQL: PostgreSQL's wire protocol over TLS, logins with a
 * signed token, DSQL's refusals, and conflicts at COMMIT instead of waiting. Thread-safe.
 *
 * <p>Behind it stands an embedded PostgreSQL, whose own parser judges every statement. Known
 * differences from the service:
 *
 * <ul>
 *   <li>The first to commit wins a conflict, as in the service, except against a session that
 *       cannot make way (see {@link Execution}): there the first to reach the row wins.
 *   <li>A committed FOR UPDATE does not conflict with a FOR KEY SHARE of an older snapshot.
 *   <li>A change of the schema disturbs only transactions that were open meanwhile and have touched
 *       a table (OC001), in a deterministic way, unless the builder says otherwise; a look at
 *       PostgreSQL's own catalog does not count. One that is not yet committed locks its table.
 *   <li>An asynchronous index is made by the statement, which cannot pass a transaction that has
 *       written the table (40001); it is not valid before its job is done.
 *   <li>Of the limits, those of {@link ClusterLimits}, of 3,000 rows, of 10 MiB per message and
 *       transaction, and of key columns hold. A transaction's size is estimated from what the
 *       client sent, and its age counts from BEGIN. More than about 300 sessions are too many for
 *       the PostgreSQL behind, and are refused as if the cluster's limit were reached.
 *   <li>The order of the checks of a login is a guess. SNI is asked for only if the host has a dot,
 *       and every name is accepted. A role needs no {@code AWS IAM GRANT}.
 *   <li>A connection that is too old is cut between two requests, once its transaction has ended.
 *   <li>A cancel request is obeyed as PostgreSQL does; what the service does is not known. The
 *       process number that a client gets with its key is not that of {@code pg_backend_pid()}.
 * </ul>
 */
public final class DsqlSimulator implements AutoCloseable {

  /** The region that tokens are made for unless the builder says otherwise. */
  public static final String DEFAULT_REGION = "us-east-1";

  /** The access key that tokens are signed with unless the builder says otherwise. */
  public static final String DEFAULT_ACCESS_KEY_ID = "AKIADSQLSIMULATOR000";

  /** The secret that tokens are signed with unless the builder says otherwise. */
  public static final String DEFAULT_SECRET_ACCESS_KEY = "dsql-simulator-secret-access-key";

  private static final Duration DEFAULT_TOKEN_LIFE = Duration.ofMinutes(15);

  private final SimulatorSettings settings;
  private final Path certificateAuthority;
  private final ClientAccess access;
  private final EmbeddedBackend backend;
  private final Jobs jobs;
  private final Acceptor acceptor;
  private final Admission admission;
  private final Sweeper sweeper;
  private final StatementLog log = new StatementLog();
  private final FaultScript faults;
  private final AtomicBoolean closed = new AtomicBoolean();

  DsqlSimulator(SimulatorSettings settings) throws IOException {
    this.settings = settings;
    TestAuthority authority = TestAuthority.create(settings.host());
    Path directory = Files.createTempDirectory("dsql-simulator");
    certificateAuthority = directory.resolve("authority.pem");
    authority.writeTo(certificateAuthority);
    TokenVerifier verifier =
        new TokenVerifier(
            settings.region(),
            settings.accessKeyId(),
            settings.secretAccessKey(),
            Set.copyOf(List.of(settings.host(), ClientAccess.LOCALHOST, "127.0.0.1")),
            settings.tokenClock());
    faults = new FaultScript(settings.pauser());
    backend = EmbeddedBackend.start(directory);
    jobs = new Jobs(backend, settings.jobDelay());
    Cluster cluster = cluster();
    Handshake handshake = new Handshake(authority.serverContext(), cluster.keys());
    Login login = new Login(cluster, handshake, verifier, log, jobs, faults);
    acceptor = listen(login);
    access = new ClientAccess(settings, acceptor.port(), certificateAuthority);
    admission = cluster.admission();
    sweeper = new Sweeper("dsql-simulator-sweeper-" + port(), cluster.neighbours()::endTheOld);
  }

  private Acceptor listen(Login login) throws IOException {
    try {
      return new Acceptor(settings.port(), socket -> serve(login, socket));
    } catch (IOException e) {
      backend.close();
      removeFiles();
      throw new IOException("cannot listen on port " + settings.port() + ": " + e.getMessage(), e);
    }
  }

  private Cluster cluster() {
    return new Cluster(
        backend,
        settings.clock(),
        settings.limits(),
        settings.requiresServerName(),
        new Admission(settings.limits(), settings.clock()),
        new Catalog(settings.strictCatalogConflicts()),
        new CancelKeys(backend.port()),
        new Neighbours());
  }

  /** A builder with the defaults. */
  public static DsqlSimulatorBuilder builder() {
    return new DsqlSimulatorBuilder();
  }

  /** Starts a simulator with the defaults on a free port. */
  public static DsqlSimulator start() {
    return builder().start();
  }

  public String host() {
    return settings.host();
  }

  public int port() {
    return acceptor.port();
  }

  public String region() {
    return settings.region();
  }

  public String accessKeyId() {
    return settings.accessKeyId();
  }

  public String secretAccessKey() {
    return settings.secretAccessKey();
  }

  /** The PEM file that {@code sslrootcert} must name. */
  public Path certificateAuthority() {
    return certificateAuthority;
  }

  /** The URL for the proxy driver, with the user {@code admin}. */
  public String jdbcUrl() {
    return access.jdbcUrl();
  }

  /**
   * The URL for plain pgJDBC, with the user {@code admin}; its password is a {@link #token token}.
   */
  public String postgresUrl() {
    return access.postgresUrl();
  }

  /** A new session of {@code admin}, through plain pgJDBC. */
  public Connection connect() throws SQLException {
    Properties password = new Properties();
    password.setProperty("password", token("admin"));
    return DriverManager.getConnection(postgresUrl(), password);
  }

  /** A fresh token, which is the password for psql or plain pgJDBC. */
  public String token(String user) {
    return token(user, DEFAULT_TOKEN_LIFE);
  }

  /** A fresh token that is good for so long. */
  public String token(String user, Duration lifetime) {
    return access.token(user, lifetime);
  }

  /** How many sessions are open, logins under way included. */
  public int openSessions() {
    return admission.open();
  }

  /** The next so many logins with a good token hear that the cluster is waking up. */
  public void sleepFor(int logins) {
    admission.sleepFor(logins);
  }

  /** All logins hear that the cluster is waking up, until {@link #wakeUp}. */
  public void sleep() {
    admission.sleepUntilTold();
  }

  /** Logins are accepted again. */
  public void wakeUp() {
    admission.sleepFor(0);
  }

  /** What goes wrong in this simulator: nothing, until a test says otherwise. */
  public FaultScript faults() {
    return faults;
  }

  /** The texts that were received to be run or prepared, oldest first, bounded. */
  public List<String> statements() {
    return log.statements();
  }

  /** Forgets the statements received so far. */
  public void clearStatements() {
    log.clearStatements();
  }

  /** The statements that DSQL does not run, with the answers, oldest first, bounded. */
  public List<Refusal> refusals() {
    return log.refusals();
  }

  /** Does at once what was left to asynchronous jobs, unless another session is in the way. */
  public void completeJobs() {
    jobs.runAll();
  }

  /** How often a session was told 40001. */
  public long conflicts() {
    return log.conflicts();
  }

  /**
   * As after the start: no tables, roles, jobs, faults and records of what was received. Ends the
   * sessions that are in a transaction; the other sessions go on.
   */
  public void reset() {
    faults.clear();
    jobs.forget();
    backend.removeUserObjects();
    log.clear();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      faults.end();
      sweeper.close();
      acceptor.close();
      jobs.close();
      backend.close();
      removeFiles();
    }
  }

  private void removeFiles() {
    try {
      Files.deleteIfExists(certificateAuthority);
      Files.deleteIfExists(certificateAuthority.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void serve(Login login, Socket socket) {
    try {
      login.serve(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A statement that was refused.
   *
   * @param sql the statement as it was received
   * @param sqlState the SQLSTATE answered
   * @param message the message answered
   */
  public record Refusal(String sql, String sqlState, String message) {}
}
