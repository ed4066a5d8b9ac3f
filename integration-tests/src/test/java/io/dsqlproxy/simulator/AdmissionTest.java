package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsqlproxy.driver.DsqlDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** A cluster takes so many connections, not too fast, by name, and while it is awake. */
@Timeout(30)
class AdmissionTest {

  private static final String HOST = "aaaaaaaaaaaaaaaaaaaaaaaaaa.dsql.us-east-1.on.aws";
  private static final int CONNECTIONS = 20;
  private static final int BURST = 100;

  private static final SimulatedClock CLOCK = SimulatedClock.atPresent();

  private static DsqlSimulator simulator;

  @BeforeAll
  static void start() throws SQLException {
    simulator =
        DsqlSimulator.builder()
            .clock(CLOCK)
            .tokenClock(Clock.systemUTC())
            .host(HOST)
            .limits(
                ClusterLimits.OF_THE_SERVICE
                    .withMaxConnections(CONNECTIONS)
                    .withConnectRate(1, BURST))
            .start();
    try (Connection connection = open();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE sleeper WITH NOLOGIN");
    }
  }

  @AfterAll
  static void stop() {
    simulator.close();
  }

  @BeforeEach
  void startWithAQuietCluster() {
    assertThat(Eventually.becomes(simulator::openSessions, 0)).isTrue();
    CLOCK.advance(Duration.ofSeconds(BURST));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatSendsNoServerNameIsRefused(boolean direct) throws Exception {
    try (RawClient client = new RawClient(simulator.port(), null, direct)) {
      assertFatal(
          client.startup(RawClient.VERSION_3_0),
          "08006",
          "unable to accept connection, sni was not received");
      assertThat(client.in.read()).isNegative();
    }
    try (RawClient client = new RawClient(simulator.port(), HOST, direct)) {
      assertThat(client.startup(RawClient.VERSION_3_0).type()).isEqualTo('R');
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "direct"})
  void pgJdbcReachesTheClusterByItsName(String negotiation) throws SQLException {
    Properties properties = properties("admin");
    properties.setProperty("sslNegotiation", negotiation);
    try (Connection connection = DriverManager.getConnection(url(), properties)) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void theProxyDriverReachesTheClusterByItsName() throws SQLException {
    var dataSource = new DsqlDataSource();
    dataSource.setUrl(simulator.jdbcUrl());
    dataSource.setCredentialsProvider(
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(simulator.accessKeyId(), simulator.secretAccessKey())));
    try (Connection connection = dataSource.getConnection()) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void oneConnectionTooManyIsRefusedUntilAnotherHasGone() throws SQLException {
    List<Connection> connections = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        connections.add(open());
      }
      assertRefused("53300", "Unable to accept connection, too many open connections.");
      assertThat(simulator.openSessions()).isEqualTo(CONNECTIONS);
      connections.get(0).close();
      assertThat(Eventually.becomes(simulator::openSessions, CONNECTIONS - 1)).isTrue();
      open().close();
      assertThat(connections.get(1).isValid(5)).isTrue();
    } finally {
      for (Connection connection : connections) {
        connection.close();
      }
    }
  }

  @Test
  void loginsThatComeTooFastAreRefusedUntilTimeHasPassed() throws Exception {
    for (int i = 0; i < BURST; i++) {
      try (RawClient client = new RawClient(simulator.port(), HOST, false)) {
        assertThat(client.startup(RawClient.VERSION_3_0).isError()).isFalse();
      }
      assertThat(Eventually.becomes(simulator::openSessions, 0)).isTrue();
    }
    assertRefused("53400", "Unable to accept connection, rate exceeded.");
    CLOCK.advance(Duration.ofMillis(999));
    assertRefused("53400", "Unable to accept connection, rate exceeded.");
    CLOCK.advance(Duration.ofMillis(1));
    open().close();
    assertRefused("53400", "Unable to accept connection, rate exceeded.");
  }

  @Test
  void aSleepingClusterWakesUpAfterSoManyLoginsOrWhenTold() throws SQLException {
    String asleep = "unable to accept connection, waking up cluster, please retry later";
    simulator.sleepFor(2);
    assertRefused("08006", asleep);
    assertRefused("08006", asleep);
    open().close();
    simulator.sleep();
    for (int i = 0; i < 4; i++) {
      assertRefused("08006", asleep);
    }
    simulator.wakeUp();
    open().close();
  }

  @Test
  void aStrangerDoesNotWakeTheCluster() throws SQLException {
    simulator.sleepFor(1);
    Properties properties = properties("admin");
    properties.setProperty("password", simulator.token("reader"));
    assertThatThrownBy(() -> DriverManager.getConnection(url(), properties))
        .hasMessageContaining("access denied");
    assertRefused("08006", "unable to accept connection, waking up cluster, please retry later");
    open().close();
  }

  @ParameterizedTest
  @CsvSource({
    "nobody, role \"nobody\" does not exist",
    "sleeper, role \"sleeper\" is not permitted to log in"
  })
  void aRoleThatMayNotLogInIsDenied(String user, String hint) {
    assertThatThrownBy(() -> DriverManager.getConnection(url(), properties(user)))
        .isInstanceOfSatisfying(
            PSQLException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo("08006");
              assertThat(e.getServerErrorMessage().getMessage())
                  .isEqualTo("unable to accept connection, access denied");
              assertThat(e.getServerErrorMessage().getHint()).isEqualTo(hint);
            });
  }

  @Test
  void anUnknownProtocolVersionIsToldAndANewerMinorOneNegotiated() throws Exception {
    try (RawClient client = new RawClient(simulator.port(), HOST, false)) {
      assertFatal(
          client.startup(2 << 16),
          "0A000",
          "unsupported frontend protocol 2.0: server supports 3.0 to 3.0");
    }
    try (RawClient client = new RawClient(simulator.port(), HOST, false)) {
      Message answer = client.startup(RawClient.VERSION_3_0 + 2);
      assertThat(answer.type()).isEqualTo('v');
      assertThat(answer.body()).containsExactly(0, 3, 0, 0, 0, 0, 0, 0);
      assertThat(client.read().type()).isEqualTo('R');
    }
  }

  @Test
  void aTokenFromTheFutureIsRefused() {
    try (DsqlSimulator earlier =
        DsqlSimulator.builder()
            .clock(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-6)))
            .start()) {
      assertThatThrownBy(() -> Sessions.open(earlier))
          .isInstanceOfSatisfying(
              PSQLException.class,
              e ->
                  assertThat(e.getServerErrorMessage().getHint())
                      .startsWith("Signature not yet current: "));
    }
  }

  private static void assertFatal(Message answer, String sqlState, String message) {
    assertThat(answer.type()).isEqualTo('E');
    assertThat(answer.fields())
        .containsAllEntriesOf(Map.of('S', "FATAL", 'C', sqlState, 'M', message));
  }

  private static void assertRefused(String sqlState, String message) {
    assertThatThrownBy(AdmissionTest::open)
        .isInstanceOfSatisfying(
            PSQLException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo(sqlState);
              assertThat(e.getServerErrorMessage().getSeverity()).isEqualTo("FATAL");
              assertThat(e.getServerErrorMessage().getMessage()).isEqualTo(message);
            });
  }

  private static Connection open() throws SQLException {
    return DriverManager.getConnection(url(), properties("admin"));
  }

  private static String url() {
    return "jdbc:postgresql://" + HOST + ":" + simulator.port() + "/postgres";
  }

  private static Properties properties(String user) {
    Properties properties = Sessions.properties(simulator, user, simulator.token(user));
    properties.setProperty("socketFactory", LoopbackSockets.class.getName());
    properties.setProperty("socketFactoryArg", Integer.toString(simulator.port()));
    return properties;
  }
}
