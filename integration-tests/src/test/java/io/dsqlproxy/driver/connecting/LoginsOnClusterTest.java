package io.dsqlproxy.driver.connecting;

import static io.dsqlproxy.simulator.fault.Fault.asleep;
import static io.dsqlproxy.simulator.fault.Fault.disconnect;
import static io.dsqlproxy.simulator.fault.Fault.expiredToken;
import static io.dsqlproxy.simulator.fault.Fault.silence;
import static io.dsqlproxy.simulator.fault.Fault.throttled;
import static io.dsqlproxy.simulator.fault.Fault.tooManyConnections;
import static io.dsqlproxy.simulator.fault.FaultTrigger.login;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.driver.observation.ConnectionStatistics.Snapshot;
import io.dsqlproxy.simulator.ClusterLimits;
import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.simulator.SimulatedClock;
import io.dsqlproxy.simulator.fault.Fault;
import io.dsqlproxy.simulator.fault.ScriptedFault;
import io.dsqlproxy.simulator.junit.DsqlSimulatorExtension;
import java.io.IOException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;

/** Logins of the driver on a server that checks its tokens, and refuses in every way. */
@Timeout(60)
class LoginsOnClusterTest {

  @RegisterExtension
  static final DsqlSimulatorExtension DSQL =
      new DsqlSimulatorExtension(DsqlSimulator.builder()).resetBeforeEach();

  private DsqlSimulator cluster;
  private Applicant application;

  @BeforeEach
  void begin() {
    cluster = DSQL.simulator();
    application = new Applicant(cluster);
  }

  @Test
  void allConnectionsUseOneToken() throws SQLException {
    try (Connection first = application.connect(cluster.jdbcUrl());
        Connection second = application.connect(cluster.jdbcUrl())) {
      assertThat(first.isValid(5) && second.isValid(5)).isTrue();
    }
    assertThat(application.visit(cluster.jdbcUrl())).isEqualTo("admin");

    assertThat(application.counted()).isEqualTo(new Snapshot(1, 0, 0, 3, 0, 0));
    assertThat(application.asked()).isEqualTo(1);
  }

  @Test
  void connectionsThatComeTogetherSignOnce() throws Exception {
    int many = 24;
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(many);
    try {
      List<Future<String>> visits = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        visits.add(
            threads.submit(
                () -> {
                  start.await();
                  return application.visit(cluster.jdbcUrl());
                }));
      }
      start.countDown();
      for (Future<String> visit : visits) {
        assertThat(visit.get()).isEqualTo("admin");
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(application.counted()).isEqualTo(new Snapshot(1, 0, 0, many, 0, 0));
  }

  @Test
  void rememberedTokenThatExpiredOnTheWayIsReplaced() throws SQLException {
    application.visit(cluster.jdbcUrl());
    cluster.faults().at(login()).answer(expiredToken());

    assertThat(application.visit(cluster.jdbcUrl())).isEqualTo("admin");
    assertThat(application.counted()).isEqualTo(new Snapshot(2, 0, 1, 3, 0, 0));
  }

  @Test
  void freshTokenThatIsRefusedIsNotReplaced() {
    cluster.faults().at(login()).always().answer(expiredToken());

    assertThatExceptionOfType(SQLNonTransientConnectionException.class)
        .isThrownBy(() -> application.visit(cluster.jdbcUrl()))
        .withMessageContaining("Signature expired: 20260101T000000Z")
        .withMessageContaining("clock of this machine")
        .withCauseInstanceOf(PSQLException.class)
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08006"));
    assertThat(cluster.faults().fired()).hasSize(1);
  }

  /** The second cluster has the place of the first, as after a rotation of the secret. */
  @Test
  void rotatedSecretCostsOneRefusalAndNoFailure() throws SQLException {
    int port;
    try (DsqlSimulator old = DsqlSimulator.builder().secretAccessKey("the old secret").start()) {
      port = old.port();
      application.use(Applicant.keysOf(old));
      assertThat(application.visit(old.jdbcUrl())).isEqualTo("admin");
    }
    try (DsqlSimulator rotated = DsqlSimulator.builder().port(port).start()) {
      application.use(Applicant.keysOf(rotated));
      assertThat(application.visit(rotated.jdbcUrl())).isEqualTo("admin");
    }
    assertThat(application.counted()).isEqualTo(new Snapshot(2, 0, 1, 3, 0, 0));
  }

  @Test
  void clusterWithItsOwnNameNeedsNothingElse() throws SQLException {
    SimulatedClock clock = SimulatedClock.atPresent();
    String id = "abcdefghijklmnopqrstuvwx12";
    String host = id + ".dsql.us-west-2.on.aws";
    try (DsqlSimulator named =
        DsqlSimulator.builder().host(host).region("us-west-2").tokenClock(clock).start()) {
      application.use(Applicant.keysOf(named));
      String byName = named.jdbcUrl().replace("&authentication=iam&region=us-west-2", "");
      assertThat(byName).contains(host).doesNotContain("region");
      assertThat(application.visit(byName)).isEqualTo("admin");
      assertThat(application.visit(byName.replace(host, id) + "&region=us-west-2"))
          .isEqualTo("admin");
      assertThat(application.counted().tokensSigned()).isEqualTo(1);

      clock.advance(Duration.ofMinutes(16));
      assertThatExceptionOfType(SQLNonTransientConnectionException.class)
          .isThrownBy(() -> application.visit(byName))
          .withMessageContaining("Signature expired")
          .withMessageContaining("clock of this machine")
          .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    }
  }

  @Test
  void wrongSecretAndUnknownRoleAreToldApartByTheHint() {
    assertThatExceptionOfType(SQLNonTransientConnectionException.class)
        .isThrownBy(() -> application.visit(cluster.jdbcUrl().replace("user=admin", "user=nobody")))
        .withMessageContaining("role \"nobody\" does not exist")
        .withMessageContaining("AWS IAM GRANT");
    application.use(AwsBasicCredentials.create(cluster.accessKeyId(), "wrong"));
    assertThatExceptionOfType(SQLNonTransientConnectionException.class)
        .isThrownBy(() -> application.visit(cluster.jdbcUrl()))
        .withMessageContaining("signature we calculated does not match")
        .withMessageContaining("dsql:DbConnectAdmin");
    assertThat(application.counted().attempts()).isEqualTo(2);
  }

  static Stream<Fault> whatPasses() {
    return Stream.of(throttled(), asleep(), disconnect());
  }

  @ParameterizedTest
  @MethodSource("whatPasses")
  void whatPassesIsWaitedOut(Fault fault) throws SQLException {
    cluster.faults().at(login()).times(3).answer(fault);

    assertThat(application.visit(cluster.jdbcUrl())).isEqualTo("admin");
    assertThat(cluster.faults().fired()).hasSize(3);
    assertThat(application.counted().attempts()).isEqualTo(4);
    assertThat(application.counted().tokensSigned()).isEqualTo(1);
    assertThat(application.counted().failed()).isZero();
  }

  @Test
  void clusterThatDoesNotWakeUpSurfacesAtTheDeadline() {
    cluster.sleep();
    try {
      assertThatExceptionOfType(SQLTransientConnectionException.class)
          .isThrownBy(() -> application.visit(cluster.jdbcUrl() + "&connectDeadline=1s"))
          .withMessageContaining("waking up cluster")
          .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08006"));
    } finally {
      cluster.wakeUp();
    }
    assertThat(application.counted().attempts()).isGreaterThan(1);
  }

  @Test
  void tooManyConnectionsSurfaceAtOnce() {
    cluster.faults().at(login()).always().answer(tooManyConnections());

    assertThatExceptionOfType(SQLNonTransientConnectionException.class)
        .isThrownBy(() -> application.visit(cluster.jdbcUrl()))
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("53300"));
    assertThat(cluster.faults().fired()).hasSize(1);
  }

  @Test
  void serverThatDoesNotListenIsTriedFiveTimes() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    String nowhere = cluster.jdbcUrl().replace(":" + cluster.port(), ":" + free);

    assertThatExceptionOfType(SQLTransientConnectionException.class)
        .isThrownBy(() -> application.visit(nowhere))
        .withMessageContaining("5 attempts")
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08001"));
    assertThat(application.counted().attempts()).isEqualTo(5);
  }

  @Test
  void certificateThatIsNotTrustedIsTriedOnce() {
    String untrusted = cluster.jdbcUrl().replaceFirst("&sslrootcert=[^&]*", "");

    assertThatExceptionOfType(SQLNonTransientConnectionException.class)
        .isThrownBy(() -> application.visit(untrusted))
        .withMessageContaining("sslrootcert");
    assertThat(application.counted().attempts()).isEqualTo(1);
  }

  @Test
  void silentServerEndsWithTheLoginTimeout() throws Exception {
    try (ScriptedFault silence = cluster.faults().at(login()).always().answer(silence())) {
      assertThatExceptionOfType(SQLTimeoutException.class)
          .isThrownBy(() -> application.visit(cluster.jdbcUrl() + "&loginTimeout=0.5"))
          .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08001"));
      int before = DriverManager.getLoginTimeout();
      DriverManager.setLoginTimeout(1);
      try {
        assertThatExceptionOfType(SQLTimeoutException.class)
            .isThrownBy(() -> application.visit(cluster.jdbcUrl()));
      } finally {
        DriverManager.setLoginTimeout(before);
      }
      assertThatExceptionOfType(SQLTimeoutException.class)
          .isThrownBy(() -> application.visit(cluster.jdbcUrl() + "&connectDeadline=1s"));
      assertThat(silence).isNotNull();
    }
  }

  /** pgJDBC's thread would read on until socketTimeout, or for ever. */
  @Test
  void loginThatIsAbandonedLeavesNoThreadWithASilentServer() throws Exception {
    try (ScriptedFault silence = cluster.faults().at(login()).always().answer(silence())) {
      for (int i = 0; i < 3; i++) {
        assertThatExceptionOfType(SQLTimeoutException.class)
            .isThrownBy(
                () -> application.visit(cluster.jdbcUrl() + "&loginTimeout=0.5&socketTimeout=0"));
      }
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (threadsThatLogIn() > 0 && System.nanoTime() < end) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(threadsThatLogIn()).isZero();
      assertThat(silence).isNotNull();
    }
  }

  private static long threadsThatLogIn() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("PostgreSQL JDBC driver connection"))
        .count();
  }

  @Test
  void socketTimeoutOfTheApplicationHoldsAfterTheLogin() throws SQLException {
    for (String given : List.of("", "&socketTimeout=0", "&socketTimeout=7")) {
      String expected = given.isEmpty() ? "330" : given.substring(given.indexOf('=') + 1);
      try (Connection connection =
          application.connect(cluster.jdbcUrl() + "&loginTimeout=2" + given)) {
        assertThat(connection.getNetworkTimeout()).isEqualTo(1000 * Integer.parseInt(expected));
      }
    }
  }

  @Test
  void interruptionEndsTheWaitForAClusterThatSleeps() throws Exception {
    cluster.sleep();
    AtomicReference<Object> outcome = new AtomicReference<>();
    Thread waits =
        new Thread(
            () -> {
              try {
                outcome.set(application.visit(cluster.jdbcUrl() + "&connectDeadline=10m"));
              } catch (SQLException failure) {
                outcome.set(failure);
              }
              if (!Thread.currentThread().isInterrupted()) {
                outcome.set("the flag is not set");
              }
            });
    try {
      waits.start();
      while (application.counted().attempts() < 2) {
        LockSupport.parkNanos(1_000_000);
      }
      waits.interrupt();
      waits.join();
    } finally {
      cluster.wakeUp();
    }
    assertThat(outcome.get())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"));
  }

  @Test
  void clusterThatIsKeptToItsRateNeverRefuses() throws SQLException {
    try (DsqlSimulator slow =
        DsqlSimulator.builder()
            .limits(ClusterLimits.OF_THE_SERVICE.withConnectRate(4, 3))
            .start()) {
      application.use(Applicant.keysOf(slow));
      String url = slow.jdbcUrl() + "&connectRate=3&connectBurst=2";
      for (int i = 0; i < 6; i++) {
        assertThat(application.visit(url)).isEqualTo("admin");
      }
      assertThat(application.counted().attempts()).as("none was repeated").isEqualTo(6);
      for (int i = 0; i < 10; i++) {
        assertThat(application.visit(slow.jdbcUrl())).isEqualTo("admin");
      }
      assertThat(application.counted().attempts()).as("faster than that").isGreaterThan(16);
      assertThat(application.counted().failed()).isZero();
    }
  }

  @Test
  void connectionThatIsCutInATransactionIsAnErrorOfTheConnection() throws SQLException {
    cluster.faults().at(statementContaining("SELECT 2")).answer(disconnect());
    try (Connection connection = application.connect(cluster.jdbcUrl());
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("SELECT 1");
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> statement.execute("SELECT 2"))
          .satisfies(e -> assertThat(e.getSQLState()).startsWith("08"));
      assertThat(connection.isClosed()).isTrue();
    }
  }

  @Test
  void serverThatFallsSilentInATransactionIsAnErrorOfTheConnection() throws SQLException {
    try (ScriptedFault silence =
            cluster.faults().at(statementContaining("SELECT 2")).answer(silence());
        Connection connection = application.connect(cluster.jdbcUrl() + "&socketTimeout=1");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("SELECT 1");
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> statement.execute("SELECT 2"))
          .satisfies(e -> assertThat(e.getSQLState()).startsWith("08"));
      assertThat(connection.isClosed()).isTrue();
      assertThat(silence).isNotNull();
    }
  }
}
