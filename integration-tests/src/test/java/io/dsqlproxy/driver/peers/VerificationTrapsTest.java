package io.dsqlproxy.driver.peers;

import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.DsqlDriver;
import io.dsqlproxy.driver.configuration.DriverProperty;
import io.dsqlproxy.driver.execution.DataChangedException;
import java.sql.Connection;
import java.sql.DriverPropertyInfo;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A replay with another outcome than the application has seen is never committed. */
@Timeout(60)
class VerificationTrapsTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  @BeforeEach
  void createTable() throws SQLException {
    CLUSTER.faults().clear();
    CLUSTER.run(
        "DROP TABLE IF EXISTS item",
        "CREATE TABLE item (id int PRIMARY KEY, value int, a text, b text)",
        "INSERT INTO item VALUES (1, 10, '', ''), (2, 20, '', ''), (3, 30, '', '')");
  }

  private static Connection open(String parameters) throws SQLException {
    DsqlDataSource dataSource = CLUSTER.dataSource();
    dataSource.setUrl(CLUSTER.url() + "&retryBaseDelay=0ms" + parameters);
    Connection connection = dataSource.getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  private static void assertDataChanged(Connection connection) throws SQLException {
    CLUSTER.faults().at(commit()).answer(conflict());
    assertThat((Throwable) catchThrowableOfType(SQLException.class, connection::commit))
        .isInstanceOfSatisfying(
            DataChangedException.class,
            changed -> assertThat(changed.statement()).as("what differs").isEqualTo(1));
  }

  /** What was read before the first replay, and after it. */
  @Trap(2)
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void secondReplayVerifiesWhatWasReadBeforeAndAfterTheFirst(int changed) throws SQLException {
    try (Connection connection = open("");
        Statement reader = connection.createStatement();
        Statement writer = connection.createStatement();
        ResultSet rows = reader.executeQuery("SELECT value FROM item ORDER BY id")) {
      assertThat(rows.next()).isTrue();
      CLUSTER.faults().at(statementContaining("UPDATE")).answer(conflict());
      writer.executeUpdate("UPDATE item SET value = 99 WHERE id = 3");
      assertThat(CLUSTER.faults().fired()).hasSize(1);
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(20);
      CLUSTER.run("UPDATE item SET value = 0 WHERE id = " + changed);
      assertDataChanged(connection);
    }
    assertThat(CLUSTER.ask("SELECT value FROM item WHERE id = 3")).isEqualTo("30");
  }

  @Trap(3)
  @ParameterizedTest
  @CsvSource({"DELETE FROM item WHERE id = 1", "UPDATE item SET value = -1 WHERE id = 1"})
  void updateCountThatIsZeroInTheReplayIsNotCommitted(String overtaking) throws SQLException {
    try (Connection connection = open("");
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE item SET value = 99 WHERE id = 3");
      assertThat(statement.executeUpdate("UPDATE item SET value = 11 WHERE id = 1 AND value > 0"))
          .isEqualTo(1);
      CLUSTER.run(overtaking);
      assertThat((Throwable) catchThrowableOfType(SQLException.class, connection::commit))
          .isInstanceOfSatisfying(
              DataChangedException.class, changed -> assertThat(changed.statement()).isEqualTo(2))
          .hasMessageContaining("was 1 and is 0");
    }
    assertThat(CLUSTER.ask("SELECT value FROM item WHERE id = 3")).isEqualTo("30");
  }

  @Trap(7)
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "NULL, ''    | '', ''",
        "'', ''      | NULL, ''",
        "NULL, ''    | '', NULL",
        "'ab', 'c'   | 'a', 'bc'",
        "'abc', ''   | '', 'abc'",
        "'a', 'a'    | 'a', 'A'",
        "'null', ''  | NULL, ''",
      })
  void rowsThatDifferInAnythingAreDifferent(String before, String after) throws SQLException {
    CLUSTER.run("DELETE FROM item", "INSERT INTO item VALUES (1, 10, " + before + ")");
    try (Connection connection = open("");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT a, b FROM item WHERE id = 1")) {
      assertThat(rows.next()).isTrue();
      CLUSTER.run("DELETE FROM item", "INSERT INTO item VALUES (1, 10, " + after + ")");
      assertDataChanged(connection);
    }
  }

  /** Types of which nobody has thought are compared all the same. */
  @Trap(7)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.50::numeric",
        "'{\"a\": [1, null]}'::jsonb",
        "'\\x00ff'::bytea",
        "'7f000001-0000-0000-0000-000000000000'::uuid",
        "ARRAY[1, NULL, 3]",
        "ROW(1, NULL, 'x')",
        "INTERVAL '1 month 2 days'",
        "TIMESTAMPTZ '2026-01-01 00:00:00+00'",
        "'10.0.0.0/8'::inet",
        "'NaN'::float8",
        "NULL::bit varying",
        "'a'::\"char\"",
      })
  void sameValueOfAnyTypeIsTheSame(String expression) throws SQLException {
    try (Connection connection = open("")) {
      for (int execution = 1; execution <= 7; execution++) {
        try (var query = connection.prepareStatement("SELECT " + expression);
            ResultSet rows = query.executeQuery()) {
          assertThat(rows.next()).isTrue();
        }
      }
      run(connection, "UPDATE item SET value = 11 WHERE id = 1");
      CLUSTER.faults().at(commit()).answer(conflict());
      connection.commit();
    }
    assertThat(CLUSTER.faults().fired()).hasSize(1);
    assertThat(CLUSTER.ask("SELECT value FROM item WHERE id = 1")).isEqualTo("11");
  }

  /** pgJDBC's own complaint leaves the transaction as it was, so that it can go on. */
  @Trap(12)
  @Test
  void failureThatTheApplicationHasSeenMustRecurWithItsSqlstate() throws SQLException {
    String query = "SELECT 1 / value FROM item WHERE id = 2";
    for (boolean changed : new boolean[] {false, true}) {
      try (Connection connection = open("");
          Statement statement = connection.createStatement()) {
        SQLException seen =
            catchThrowableOfType(SQLException.class, () -> statement.executeUpdate(query));
        assertThat(seen.getSQLState()).isEqualTo("0100E");
        statement.executeUpdate("UPDATE item SET value = value + 1 WHERE id = 1");
        if (changed) {
          CLUSTER.run("UPDATE item SET value = 0 WHERE id = 2");
          assertDataChanged(connection);
        } else {
          CLUSTER.faults().at(commit()).answer(conflict());
          connection.commit();
        }
      }
      assertThat(CLUSTER.ask("SELECT value FROM item WHERE id = 1")).isEqualTo("11");
    }
  }

  /** Every value that a property with a choice of values has. */
  static List<String> choices() throws SQLException {
    List<String> choices = new ArrayList<>();
    Properties info = new Properties();
    for (DriverPropertyInfo property : new DsqlDriver().getPropertyInfo(CLUSTER.url(), info)) {
      if (property.choices != null && isOfReplay(property.name)) {
        for (String choice : property.choices) {
          choices.add(property.name + "=" + choice);
        }
      }
    }
    return choices;
  }

  private static boolean isOfReplay(String name) {
    return DriverProperty.ofKey(name).isPresent()
        && !name.equals(DriverProperty.AUTHENTICATION.key());
  }

  @Test
  void thereAreChoices() throws SQLException {
    assertThat(choices()).contains("retryMode=off", "rewriteLocks=false");
  }

  @Trap(22)
  @ParameterizedTest
  @MethodSource("choices")
  void noSettingLetsAReplayCommitWhatDiffers(String choice) throws SQLException {
    try (Connection connection = open("&" + choice);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT value FROM item WHERE id = 1")) {
      assertThat(rows.next()).isTrue();
      try (Statement writer = connection.createStatement()) {
        writer.executeUpdate("UPDATE item SET value = value + 1 WHERE id = 1");
      }
      CLUSTER.run("UPDATE item SET value = 100 WHERE id = 1");
      assertThat(catchThrowableOfType(SQLException.class, connection::commit).getSQLState())
          .isEqualTo("40001");
    }
    assertThat(CLUSTER.ask("SELECT value FROM item WHERE id = 1")).isEqualTo("100");
  }
}
