package io.dsqlproxy.driver.jdbc;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sets the session as it is, or could be set in another way, is not refused. */
class EmulatedSettingsTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final String SET_CONFIG = "SELECT set_config('search_path', ?, false)";
  private static final String WHICH = "SELECT name FROM here";

  private Connection connection;

  @BeforeAll
  static void create() throws SQLException {
    CLUSTER.run(
        "CREATE SCHEMA other",
        "CREATE TABLE public.here (name text PRIMARY KEY)",
        "CREATE TABLE other.here (name text PRIMARY KEY)",
        "INSERT INTO public.here VALUES ('public')",
        "INSERT INTO other.here VALUES ('other')");
  }

  @BeforeEach
  void connect() throws SQLException {
    connection = CLUSTER.connect(new Properties());
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private String setConfig(String value) throws SQLException {
    try (PreparedStatement call = connection.prepareStatement(SET_CONFIG)) {
      call.setString(1, value);
      try (ResultSet row = call.executeQuery()) {
        assertThat(row.next()).isTrue();
        return row.getString("set_config");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"SET ROLE 'admin'", "SET SESSION ROLE admin", "SET ROLE NONE", "RESET ROLE"})
  void roleThatTheSessionHasIsSetWithoutTheServer(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        PreparedStatement prepared = connection.prepareStatement(sql)) {
      for (boolean autoCommit : new boolean[] {true, false}) {
        connection.setAutoCommit(autoCommit);
        assertThat(statement.execute(sql)).isFalse();
        assertThat(statement.getUpdateCount()).isZero();
        assertThat(statement.executeUpdate(sql)).isZero();
        assertThat(prepared.executeUpdate()).isZero();
        run(connection, "UPDATE here SET name = name");
        assertThat(statement.executeUpdate(sql)).isZero();
      }
      connection.rollback();
    }
    assertThat(CLUSTER.statements()).doesNotContain(sql);
    assertThat(CLUSTER.takeRefusals()).isEmpty();
  }

  @Test
  void anotherRoleIsForTheServerToRefuse() {
    SQLException refusal =
        catchThrowableOfType(SQLException.class, () -> run(connection, "SET ROLE app"));
    assertThat(refusal.getSQLState()).isEqualTo("0A000");
    assertThat(CLUSTER.takeRefusals()).hasSize(1);
  }

  @Test
  void searchPathIsSetUntilItIsSetAgain() throws SQLException {
    assertThat(setConfig("other, \"$user\"")).isEqualTo("other, \"$user\"");
    assertThat(ask(connection, WHICH)).isEqualTo("other");
    assertThat(ask(connection, "SHOW search_path")).isEqualTo("other, \"$user\"");
    assertThat(setConfig("\"public\"")).isEqualTo("\"public\"");
    assertThat(ask(connection, WHICH)).isEqualTo("public");
  }

  @Test
  void transactionThatIsRolledBackTakesItBack() throws SQLException {
    connection.setAutoCommit(false);
    setConfig("other");
    assertThat(ask(connection, WHICH)).isEqualTo("other");
    connection.rollback();
    assertThat(ask(connection, WHICH)).isEqualTo("public");
  }

  @Test
  void transactionThatIsRunAgainSetsItAgain() throws SQLException {
    connection.setAutoCommit(false);
    setConfig("other");
    run(connection, "UPDATE here SET name = 'other'");
    CLUSTER.faults().at(commit()).answer(conflict());
    connection.commit();
    assertThat(CLUSTER.statements().stream().filter(sql -> sql.startsWith("SET SESSION")))
        .hasSize(2);
    assertThat(ask(connection, WHICH)).isEqualTo("other");
  }

  @Test
  void settingOfATransactionEndsWithIt() throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT set_config('TimeZone', 'Asia/Tokyo', true) AS zone")) {
      row.next();
      assertThat(row.getString("zone")).isEqualTo("Asia/Tokyo");
    }
    assertThat(ask(connection, "SHOW timezone")).isEqualTo("Asia/Tokyo");
    connection.commit();
    assertThat(ask(connection, "SHOW timezone")).isNotEqualTo("Asia/Tokyo");
  }

  @Test
  void parameterThatTheServerDoesNotLetSetIsRefusedByIt() {
    SQLException refusal =
        catchThrowableOfType(
            SQLException.class,
            () -> ask(connection, "SELECT set_config('work_mem', '64MB', false)"));
    assertThat(refusal.getSQLState()).isEqualTo("0A000");
    assertThat(CLUSTER.takeRefusals()).hasSize(1);
  }

  @Test
  void callIsDescribedAsPostgresDescribesIt() throws SQLException {
    try (PreparedStatement call = connection.prepareStatement(SET_CONFIG)) {
      assertThat(call.getMetaData().getColumnLabel(1)).isEqualTo("set_config");
      assertThat(call.getMetaData().getColumnTypeName(1)).isEqualTo("text");
      assertThat(call.getParameterMetaData().getParameterCount()).isEqualTo(1);
    }
  }

  @Test
  void callInABatchIsRefusedAndSaysWhy() throws SQLException {
    try (PreparedStatement call = connection.prepareStatement(SET_CONFIG)) {
      call.setString(1, "other");
      SQLException refusal = catchThrowableOfType(SQLException.class, call::addBatch);
      assertThat(refusal.getSQLState()).isEqualTo("0A000");
      assertThat(refusal.getMessage()).contains("set_config");
    }
  }
}
