package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.fault.Pauser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** Settings of a simulator. Not thread-safe. */
public final class DsqlSimulatorBuilder {

  private int port;
  private String region = DsqlSimulator.DEFAULT_REGION;
  private String accessKeyId = DsqlSimulator.DEFAULT_ACCESS_KEY_ID;
  private String secretAccessKey = DsqlSimulator.DEFAULT_SECRET_ACCESS_KEY;
  private Clock clock = Clock.systemUTC();
  private Duration jobDelay = Duration.ofMillis(100);
  private Pauser pauser = Pauser::park;
  private Clock tokenClock;
  private String host = ClientAccess.LOCALHOST;
  private Boolean requiresServerName;
  private ClusterLimits limits = ClusterLimits.OF_THE_SERVICE;
  private boolean strictCatalogConflicts;

  DsqlSimulatorBuilder() {}

  /** The port to listen on; 0, the default, takes a free one. */
  public DsqlSimulatorBuilder port(int value) {
    this.port = value;
    return this;
  }

  /** The region that tokens must be made for. */
  public DsqlSimulatorBuilder region(String value) {
    this.region = value;
    return this;
  }

  /** The access key that tokens must name. */
  public DsqlSimulatorBuilder accessKeyId(String value) {
    this.accessKeyId = value;
    return this;
  }

  /** The secret that tokens must be signed with. */
  public DsqlSimulatorBuilder secretAccessKey(String value) {
    this.secretAccessKey = value;
    return this;
  }

  /**
   * The clock that decides whether a connection or a transaction is too old, how fast logins come,
   * and, unless there is a {@link #tokenClock}, whether a token has expired.
   */
  public DsqlSimulatorBuilder clock(Clock value) {
    this.clock = value;
    return this;
  }

  /**
   * How long an asynchronous job takes that nobody waits for: {@code CALL sys.wait_for_job} and
   * {@link DsqlSimulator#completeJobs} end it sooner.
   */
  public DsqlSimulatorBuilder jobDelay(Duration value) {
    this.jobDelay = value;
    return this;
  }

  /** How the delays of scripted faults pass. */
  public DsqlSimulatorBuilder pauser(Pauser value) {
    this.pauser = value;
    return this;
  }

  /** The clock that decides whether a token has expired, if it is another one. */
  public DsqlSimulatorBuilder tokenClock(Clock value) {
    this.tokenClock = value;
    return this;
  }

  /**
   * The name of the cluster, which clients call and tokens and the certificate are made for; {@code
   * localhost} unless it is set. It need not resolve for those that use {@link LoopbackSockets}, or
   * psql with {@code hostaddr=127.0.0.1}.
   */
  public DsqlSimulatorBuilder host(String value) {
    this.host = value;
    return this;
  }

  /**
   * Whether a client must send SNI, as the service asks for. On unless it is set, except for a host
   * without a dot: Java sends no SNI for one, so that every login would be refused.
   */
  public DsqlSimulatorBuilder requireSni(boolean value) {
    this.requiresServerName = value;
    return this;
  }

  /** What clients are allowed; the limits of the service unless it is set. */
  public DsqlSimulatorBuilder limits(ClusterLimits value) {
    this.limits = value;
    return this;
  }

  /** Changes the limits that are set so far. */
  DsqlSimulatorBuilder limits(UnaryOperator<ClusterLimits> change) {
    return limits(change.apply(limits));
  }

  /**
   * Whether a session that had no transaction open hears of another session's change of the schema,
   * once, with its next statement that touches storage (OC001). The service does that, not always;
   * here it is always or, the default, never. A transaction that was open meanwhile always hears of
   * it.
   */
  public DsqlSimulatorBuilder strictCatalogConflicts(boolean value) {
    this.strictCatalogConflicts = value;
    return this;
  }

  /**
   * Starts the simulator; it runs until it is closed or the JVM ends, in whatever way. In the
   * second case its files are gone about a second later.
   */
  public DsqlSimulator start() {
    try {
      return new DsqlSimulator(settings());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  SimulatorSettings settings() {
    return new SimulatorSettings(
        port,
        host,
        region,
        accessKeyId,
        secretAccessKey,
        clock,
        tokenClock == null ? clock : tokenClock,
        requiresServerName == null ? host.contains(".") : requiresServerName,
        limits,
        jobDelay,
        pauser,
        strictCatalogConflicts);
  }
}
