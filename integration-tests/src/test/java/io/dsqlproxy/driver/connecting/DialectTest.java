package io.dsqlproxy.driver.connecting;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.Fault.disconnect;
import static io.dsqlproxy.simulator.fault.Fault.error;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.jdbc.DsqlConnection;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.plugin.AuthenticationPlugin;
import org.postgresql.plugin.AuthenticationRequestType;

/** What tells the driver that a server is Aurora DSQL whose host name does not. */
@Timeout(30)
class DialectTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final String QUESTION = "SELECT version()";

  /** Gives pgJDBC a token of which the driver knows nothing. */
  public static final class HiddenToken implements AuthenticationPlugin {

    /** For pgJDBC. */
    public HiddenToken() {}

    @Override
    public char[] getPassword(AuthenticationRequestType type) {
      return CLUSTER.token().toCharArray();
    }
  }

  @BeforeEach
  void clear() {
    CLUSTER.faults().clear();
  }

  private static Properties withToken() {
    Properties info = new Properties();
    info.setProperty("password", CLUSTER.token());
    return info;
  }

  private static Properties withHiddenToken() {
    Properties info = new Properties();
    info.setProperty("authenticationPluginClassName", HiddenToken.class.getName());
    return info;
  }

  /** Without IAM authentication, and without the host name of a cluster. */
  private static Connection connect(String parameters, Properties info) throws SQLException {
    String url = CLUSTER.postgresUrl().replace("jdbc:", "jdbc:dsql-proxy:");
    return DriverManager.getConnection(url + parameters, info);
  }

  private static boolean isForDsql(Connection connection) throws SQLException {
    boolean decorated = connection.isWrapperFor(DsqlConnection.class);
    assertThat(connection.getClass())
        .isEqualTo(decorated ? DsqlConnection.class : PgConnection.class);
    return decorated;
  }

  @Test
  void tokenAsThePasswordTellsWithoutAQuestion() throws SQLException {
    try (Connection connection = connect("", withToken())) {
      assertThat(isForDsql(connection)).isTrue();
      assertThat(ask(connection, "SELECT 1 FOR SHARE")).isEqualTo("1");
    }
    assertThat(CLUSTER.statements()).doesNotContain(QUESTION);
  }

  @Test
  void iamAuthenticationAndACredentialsProviderTellWithoutAQuestion() throws SQLException {
    try (Connection connection = CLUSTER.dataSource().getConnection()) {
      assertThat(isForDsql(connection)).isTrue();
    }
    Properties info = withHiddenToken();
    info.put("credentialsProvider", CLUSTER.credentials());
    try (Connection connection = connect("", info)) {
      assertThat(isForDsql(connection)).isTrue();
    }
    assertThat(CLUSTER.statements()).doesNotContain(QUESTION);
  }

  @Test
  void otherwiseTheServerSaysSoWhenItIsAskedOnce() throws SQLException {
    try (Connection connection = connect("", withHiddenToken())) {
      assertThat(isForDsql(connection)).isTrue();
    }
    assertThat(CLUSTER.statements()).containsOnlyOnce(QUESTION);
  }

  @Test
  void thePropertyDecidesWithoutAQuestion() throws SQLException {
    try (Connection connection = connect("&dialect=postgresql", withToken())) {
      assertThat(isForDsql(connection)).isFalse();
    }
    try (Connection connection = connect("&dialect=dsql", withHiddenToken())) {
      assertThat(isForDsql(connection)).isTrue();
    }
    assertThat(CLUSTER.statements()).doesNotContain(QUESTION);
  }

  /** The lock table's own connections have transactions too. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noSavepointIsSetBehindTheApplicationsBack(boolean asked) throws SQLException {
    Properties info = asked ? withHiddenToken() : withToken();
    try (Connection connection = connect("&autosave=always&lockEmulation=advisory", info)) {
      connection.setAutoCommit(false);
      assertThat(ask(connection, "SELECT pg_try_advisory_lock(1)")).isEqualTo("t");
      connection.commit();
    }
    assertThat(CLUSTER.statements()).noneMatch(sql -> sql.contains("SAVEPOINT"));
  }

  /** It says nothing of what the server is, and Aurora DSQL must not be taken for another. */
  @Test
  void failureOfAnotherKindSurfaces() {
    CLUSTER.faults().at(statementContaining(QUESTION)).answer(conflict());
    assertThat(failure()).isEqualTo("40001");
    CLUSTER.faults().at(statementContaining(QUESTION)).answer(error("XX000", "internal error"));
    assertThat(failure()).isEqualTo("XX000");
    CLUSTER.faults().at(statementContaining(QUESTION)).answer(disconnect());
    assertThat(failure()).startsWith("08");
    CLUSTER.faults().clear();
  }

  private static String failure() {
    return catchThrowableOfType(SQLException.class, () -> connect("", withHiddenToken()))
        .getSQLState();
  }

  @Test
  void serverThatHasNoAnswerIsAnother() throws SQLException {
    CLUSTER.faults().at(statementContaining(QUESTION)).answer(error("08P01", "not here"));
    try (Connection connection = connect("", withHiddenToken())) {
      assertThat(isForDsql(connection)).isFalse();
      assertThat(ask(connection, "SELECT 1")).isEqualTo("1");
    }
  }
}
