package io.dsqlproxy.hermitage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsqlproxy.workload.PostgresDatabases;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is expected of snapshots is what PostgreSQL's own snapshots show, wherever no two sessions
 * write the same row; where they do, PostgreSQL waits, and that is noticed.
 */
@Timeout(60)
class HermitageOnPostgresTest {

  private static final Duration LESS_PATIENCE = Duration.ofMillis(500);

  private static PostgresDatabases postgres;
  private static DataSource database;

  @BeforeAll
  static void start() throws IOException, SQLException {
    postgres = new PostgresDatabases();
    database = postgres.create();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE item (id int PRIMARY KEY, value int)");
    }
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  static Stream<Scenario> withoutTwoWritersOfOneRow() {
    return Stream.of(
            "G1a",
            "G1b",
            "G1c",
            "PMP",
            "G-single",
            "G-single, predicate dependencies",
            "G2-item",
            "G2-item, each reads what the other writes",
            "G2",
            "G2, two edges")
        .map(HermitageOnPostgresTest::scenario);
  }

  @ParameterizedTest
  @MethodSource("withoutTwoWritersOfOneRow")
  void theExpectedSnapshotsAreThoseOfPostgres(Scenario scenario) throws Exception {
    try (SteppedSessions sessions = new SteppedSessions(database::getConnection)) {
      assertThat(sessions.run(scenario, Reading.PLAIN))
          .as("%s", scenario.steps())
          .isEqualTo(scenario.expected(Reading.PLAIN));
    }
  }

  @Test
  void aStepThatWaitsForAnotherSessionIsAnError() throws SQLException {
    try (SteppedSessions sessions = new SteppedSessions(database::getConnection, LESS_PATIENCE)) {
      assertThatThrownBy(() -> sessions.run(scenario("G0"), Reading.PLAIN))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("waits for another session")
          .hasMessageContaining("T2: UPDATE item SET value = 12 WHERE id = 1");
    }
  }

  private static Scenario scenario(String name) {
    return Hermitage.SCENARIOS.stream()
        .filter(scenario -> scenario.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
