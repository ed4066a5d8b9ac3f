package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.fault.FaultScript;
import io.dsqlproxy.simulator.fault.Pauser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dsql.DsqlUtilities;
import software.amazon.awssdk.services.dsql.model.GenerateAuthTokenRequest;

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

  /** The access key that tokens are signed with unless the builder says otherwise. */
  public static final String DEFAULT_ACCESS_KEY_ID = "AKIADSQLSIMULATOR000";

  /** The secret that tokens are signed with unless the builder says otherwise. */
  public static final String DEFAULT_SECRET_ACCESS_KEY = "dsql-simulator-secret-access-key";

  private static final String LOCALHOST = "localhost";
  private static final Duration DEFAULT_TOKEN_LIFE = Duration.ofMinutes(15);

  private final Builder settings;
  private final Path certificateAuthority;
  private final EmbeddedBackend backend;
  private final Jobs jobs;
  private final Acceptor acceptor;
  private final Admission admission;
  private final Sweeper sweeper;
  private final StatementLog log = new StatementLog();
  private final FaultScript faults;
  private final AtomicBoolean closed = new AtomicBoolean();

  private DsqlSimulator(Builder settings) throws IOException {
    this.settings = settings;
    TestAuthority authority = TestAuthority.create(settings.host);
    Path directory = Files.createTempDirectory("dsql-simulator");
    certificateAuthority = directory.resolve("authority.pem");
    authority.writeTo(certificateAuthority);
    TokenVerifier verifier =
        new TokenVerifier(
            settings.region,
            settings.accessKeyId,
            settings.secretAccessKey,
            Set.copyOf(List.of(settings.host, LOCALHOST, "127.0.0.1")),
            settings.tokenClock == null ? settings.clock : settings.tokenClock);
    faults = new FaultScript(settings.pauser);
    backend = EmbeddedBackend.start(directory);
    jobs = new Jobs(backend, settings.jobDelay);
    Cluster cluster = cluster();
    Handshake handshake = new Handshake(authority.serverContext(), cluster.keys());
    Login login = new Login(cluster, handshake, verifier, log, jobs, faults);
    acceptor = listen(login);
    admission = cluster.admission();
    sweeper = new Sweeper("dsql-simulator-sweeper-" + port(), cluster.neighbours()::endTheOld);
  }

  private Acceptor listen(Login login) throws IOException {
    try {
      return new Acceptor(settings.port, socket -> serve(login, socket));
    } catch (IOException e) {
      backend.close();
      removeFiles();
      throw new IOException("cannot listen on port " + settings.port + ": " + e.getMessage(), e);
    }
  }

  private Cluster cluster() {
    boolean serverName =
        settings.requiresServerName == null
            ? settings.host.contains(".")
            : settings.requiresServerName;
    return new Cluster(
        backend,
        settings.clock,
        settings.limits,
        serverName,
        new Admission(settings.limits, settings.clock),
        new Catalog(settings.strictCatalogConflicts),
        new CancelKeys(backend.port()),
        new Neighbours());
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Starts a simulator with the defaults on a free port. */
  public static DsqlSimulator start() {
    return builder().start();
  }

  public String host() {
    return settings.host;
  }

  public int port() {
    return acceptor.port();
  }

  public String region() {
    return settings.region;
  }

  public String accessKeyId() {
    return settings.accessKeyId;
  }

  public String secretAccessKey() {
    return settings.secretAccessKey;
  }

  /** The PEM file that {@code sslrootcert} must name. */
  public Path certificateAuthority() {
    return certificateAuthority;
  }

  /** The URL for the proxy driver, with the user {@code admin}. */
  public String jdbcUrl() {
    return "jdbc:dsql-proxy://"
        + settings.host
        + ":"
        + port()
        + "/postgres?user=admin&authentication=iam&region="
        + settings.region
        + "&sslmode=verify-full&sslrootcert="
        + certificateAuthority
        + loopback();
  }

  /** Leads pgJDBC to this machine if the cluster's name does not. */
  private String loopback() {
    return settings.host.equals(LOCALHOST) ? "" : LoopbackSockets.urlParameters(port());
  }

  /**
   * The URL for plain pgJDBC, with the user {@code admin}; its password is a {@link #token token}.
   */
  public String postgresUrl() {
    return "jdbc:postgresql://"
        + settings.host
        + ":"
        + port()
        + "/postgres?user=admin&sslmode=verify-full&sslrootcert="
        + certificateAuthority
        + loopback();
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
    Region region = Region.of(settings.region);
    DsqlUtilities utilities =
        DsqlUtilities.builder()
            .region(region)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(settings.accessKeyId, settings.secretAccessKey)))
            .build();
    GenerateAuthTokenRequest request =
        GenerateAuthTokenRequest.builder()
            .hostname(settings.host)
            .region(region)
            .expiresIn(lifetime)
            .build();
    return user.equals("admin")
        ? utilities.generateDbConnectAdminAuthToken(request)
        : utilities.generateDbConnectAuthToken(request);
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

  /** Settings of a simulator. Not thread-safe. */
  public static final class Builder {

    private int port;
    private String region = "us-east-1";
    private String accessKeyId = DEFAULT_ACCESS_KEY_ID;
    private String secretAccessKey = DEFAULT_SECRET_ACCESS_KEY;
    private Clock clock = Clock.systemUTC();
    private Duration jobDelay = Duration.ofMillis(100);
    private Pauser pauser = Pauser::park;
    private Clock tokenClock;
    private String host = LOCALHOST;
    private Boolean requiresServerName;
    private ClusterLimits limits = ClusterLimits.OF_THE_SERVICE;
    private boolean strictCatalogConflicts;

    private Builder() {}

    /** The port to listen on; 0, the default, takes a free one. */
    public Builder port(int value) {
      this.port = value;
      return this;
    }

    /** The region that tokens must be made for. */
    public Builder region(String value) {
      this.region = value;
      return this;
    }

    /** The access key that tokens must name. */
    public Builder accessKeyId(String value) {
      this.accessKeyId = value;
      return this;
    }

    /** The secret that tokens must be signed with. */
    public Builder secretAccessKey(String value) {
      this.secretAccessKey = value;
      return this;
    }

    /**
     * The clock that decides whether a connection or a transaction is too old, how fast logins
     * come, and, unless there is a {@link #tokenClock}, whether a token has expired.
     */
    public Builder clock(Clock value) {
      this.clock = value;
      return this;
    }

    /**
     * How long an asynchronous job takes that nobody waits for: {@code CALL sys.wait_for_job} and
     * {@link DsqlSimulator#completeJobs} end it sooner.
     */
    public Builder jobDelay(Duration value) {
      this.jobDelay = value;
      return this;
    }

    /** How the delays of scripted faults pass. */
    public Builder pauser(Pauser value) {
      this.pauser = value;
      return this;
    }

    /** The clock that decides whether a token has expired, if it is another one. */
    public Builder tokenClock(Clock value) {
      this.tokenClock = value;
      return this;
    }

    /**
     * The name of the cluster, which clients call and tokens and the certificate are made for;
     * {@code localhost} unless it is set. It need not resolve for those that use {@link
     * LoopbackSockets}, or psql with {@code hostaddr=127.0.0.1}.
     */
    public Builder host(String value) {
      this.host = value;
      return this;
    }

    /**
     * Whether a client must send SNI, as the service asks for. On unless it is set, except for a
     * host without a dot: Java sends no SNI for one, so that every login would be refused.
     */
    public Builder requireSni(boolean value) {
      this.requiresServerName = value;
      return this;
    }

    /** What clients are allowed; the limits of the service unless it is set. */
    public Builder limits(ClusterLimits value) {
      this.limits = value;
      return this;
    }

    /**
     * Whether a session that had no transaction open hears of another session's change of the
     * schema, once, with its next statement that touches storage (OC001). The service does that,
     * not always; here it is always or, the default, never. A transaction that was open meanwhile
     * always hears of it.
     */
    public Builder strictCatalogConflicts(boolean value) {
      this.strictCatalogConflicts = value;
      return this;
    }

    /**
     * Starts the simulator; it runs until it is closed or the JVM ends, in whatever way. In the
     * second case its files are gone about a second later.
     */
    public DsqlSimulator start() {
      try {
        return new DsqlSimulator(this);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
