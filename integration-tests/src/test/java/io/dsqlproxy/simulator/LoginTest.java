package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dsql.DsqlUtilities;
import software.amazon.awssdk.services.dsql.model.GenerateAuthTokenRequest;

/** Only a fresh token that was signed for this user, host and region opens a session. */
@Timeout(30)
class LoginTest {

  private static final String KEY = DsqlSimulator.DEFAULT_ACCESS_KEY_ID;
  private static final String SECRET = DsqlSimulator.DEFAULT_SECRET_ACCESS_KEY;

  private static DsqlSimulator simulator;

  @BeforeAll
  static void startWithACustomRole() throws SQLException {
    simulator = DsqlSimulator.start();
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE reader WITH LOGIN");
    }
  }

  @AfterAll
  static void stop() {
    simulator.close();
  }

  @ParameterizedTest
  @CsvSource({"admin", "reader"})
  void aFreshTokenOpensASessionAsThatUser(String user) throws SQLException {
    try (Connection connection = login(user, simulator.token(user), simulator)) {
      assertThat(text(connection, "SELECT current_user")).isEqualTo(user);
      assertThat(text(connection, "SHOW transaction_isolation")).isEqualTo("repeatable read");
      assertThat(text(connection, "SHOW server_version")).isEqualTo("16.15");
    }
  }

  @Test
  void theTokenOfAnotherUserIsRefusedWithItsAction() {
    assertDenied(
        "admin",
        simulator.token("reader"),
        "Wrong user to action mapping. user: admin, action: DbConnect");
    assertDenied(
        "reader",
        simulator.token("admin"),
        "Wrong user to action mapping. user: reader, action: DbConnectAdmin");
  }

  @ParameterizedTest
  @CsvSource({
    "AKIAOTHER, dsql-simulator-secret-access-key, us-east-1, localhost, signature",
    "AKIADSQLSIMULATOR000, wrong, us-east-1, localhost, signature",
    "AKIADSQLSIMULATOR000, dsql-simulator-secret-access-key, eu-west-1, localhost, signature",
    "AKIADSQLSIMULATOR000, dsql-simulator-secret-access-key, us-east-1, other, host"
  })
  void aTokenMadeForSomethingElseIsRefused(
      String key, String secret, String region, String host, String hint) {
    assertDenied("admin", token(key, secret, region, host), hint);
  }

  @Test
  void aChangedTokenIsRefused() {
    String token = simulator.token("reader").replace("Action=DbConnect", "Action=DbConnectAdmin");
    assertDenied("admin", token, "signature");
    assertDenied("admin", "password", "presigned");
  }

  @Test
  void anExpiredTokenIsRefused() {
    Clock inSixteenMinutes = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(16));
    try (DsqlSimulator later = DsqlSimulator.builder().clock(inSixteenMinutes).start()) {
      assertThatThrownBy(() -> login("admin", later.token("admin"), later))
          .isInstanceOfSatisfying(
              PSQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("08006");
                assertThat(e.getServerErrorMessage().getHint()).startsWith("Signature expired: ");
              });
    }
  }

  @Test
  void aTokenIsGoodForTheLastInstantOfItsLife() throws SQLException {
    Clock almostExpired =
        Clock.fixed(Instant.now().plus(Duration.ofSeconds(890)), java.time.ZoneOffset.UTC);
    try (DsqlSimulator later = DsqlSimulator.builder().clock(almostExpired).start();
        Connection connection = login("admin", later.token("admin"), later)) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void theOnlyDatabaseIsPostgres() {
    Properties properties = Sessions.properties(simulator, "admin", simulator.token("admin"));
    String url = Sessions.url(simulator).replace("/postgres", "/other");
    assertThatThrownBy(() -> DriverManager.getConnection(url, properties))
        .hasMessageContaining("database \"other\" does not exist");
  }

  @Test
  void aSessionWithoutTlsIsRefused() {
    Properties properties = Sessions.properties(simulator, "admin", simulator.token("admin"));
    properties.setProperty("sslmode", "disable");
    assertThatThrownBy(() -> DriverManager.getConnection(Sessions.url(simulator), properties))
        .hasMessageContaining("unable to accept connection");
  }

  @Test
  void tlsMayStartWithTheFirstByte() throws SQLException {
    Properties properties = Sessions.properties(simulator, "admin", simulator.token("admin"));
    properties.setProperty("sslNegotiation", "direct");
    try (Connection connection = DriverManager.getConnection(Sessions.url(simulator), properties)) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void twoSimulatorsShareNothing() throws SQLException {
    try (DsqlSimulator other =
            DsqlSimulator.builder().region("eu-west-1").secretAccessKey("another").start();
        Connection here = Sessions.open(simulator);
        Connection there = Sessions.open(other);
        Statement statement = here.createStatement()) {
      statement.execute("CREATE TABLE only_here (id int PRIMARY KEY)");
      assertThat(text(here, "SELECT to_regclass('only_here')")).isEqualTo("only_here");
      assertThat(text(there, "SELECT to_regclass('only_here')")).isNull();
      assertThatThrownBy(() -> login("admin", simulator.token("admin"), other))
          .isInstanceOf(SQLException.class);
    }
    assertDenied("admin", token(KEY, SECRET, "eu-west-1", "localhost"), "signature");
  }

  private static void assertDenied(String user, String token, String hint) {
    assertThatThrownBy(() -> login(user, token, simulator))
        .isInstanceOfSatisfying(
            PSQLException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo("08006");
              assertThat(e.getServerErrorMessage().getSeverity()).isEqualTo("FATAL");
              assertThat(e.getServerErrorMessage().getMessage())
                  .isEqualTo("unable to accept connection, access denied");
              assertThat(e.getServerErrorMessage().getHint()).contains(hint);
            });
  }

  private static Connection login(String user, String token, DsqlSimulator target)
      throws SQLException {
    return DriverManager.getConnection(
        Sessions.url(target), Sessions.properties(target, user, token));
  }

  private static String token(String key, String secret, String region, String host) {
    GenerateAuthTokenRequest request =
        GenerateAuthTokenRequest.builder().hostname(host).region(Region.of(region)).build();
    return DsqlUtilities.builder()
        .region(Region.of(region))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(key, secret)))
        .build()
        .generateDbConnectAdminAuthToken(request);
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }
}
