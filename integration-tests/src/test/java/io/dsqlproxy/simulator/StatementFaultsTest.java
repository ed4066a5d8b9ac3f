package io.dsqlproxy.simulator;

import static io.dsqlproxy.simulator.FaultyServer.assertCut;
import static io.dsqlproxy.simulator.FaultyServer.assertFails;
import static io.dsqlproxy.simulator.FaultyServer.execute;
import static io.dsqlproxy.simulator.FaultyServer.ints;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.Fault.disconnect;
import static io.dsqlproxy.simulator.fault.Fault.schemaConflict;
import static io.dsqlproxy.simulator.fault.Fault.unavailable;
import static io.dsqlproxy.simulator.fault.FaultTrigger.fetch;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statement;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementMatching;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementNumber;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.dsqlproxy.simulator.fault.ScriptedFault;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A scripted fault strikes exactly the statement that it was set for, as a real error would. */
@Timeout(30)
class StatementFaultsTest {

  private static final String CONFLICT = "change conflicts with another transaction (OC000)";

  private static FaultyServer server;

  @BeforeAll
  static void start() throws SQLException {
    server = new FaultyServer(DsqlSimulator.start());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void reset() throws SQLException {
    server.reset();
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
  void onlyTheStatementWithTheNumberFails(String queryMode) throws SQLException {
    try (Connection connection = server.open("preferQueryMode", queryMode)) {
      server.faults().at(statementNumber(3)).answer(conflict());
      execute(connection, "INSERT INTO item VALUES (1)");
      execute(connection, "INSERT INTO item VALUES (2)");
      assertFails("40001", CONFLICT, () -> execute(connection, "INSERT INTO item VALUES (3)"));
      execute(connection, "INSERT INTO item VALUES (4)");
    }
    assertThat(server.items()).containsExactly(1, 2, 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "extendedCacheEverything"})
  void inATransactionEverythingIsAbortedUntilRollback(String queryMode) throws SQLException {
    try (Connection connection = server.open("preferQueryMode", queryMode)) {
      connection.setAutoCommit(false);
      server.faults().at(statementNumber(2)).answer(conflict());
      execute(connection, "INSERT INTO item VALUES (1)");
      assertFails("40001", CONFLICT, () -> execute(connection, "INSERT INTO item VALUES (2)"));
      assertFails("25P02", "aborted", () -> execute(connection, "INSERT INTO item VALUES (3)"));
      connection.rollback();
      execute(connection, "INSERT INTO item VALUES (4)");
      connection.commit();
    }
    assertThat(server.items()).containsExactly(4);
  }

  @Test
  void aStatementIsFoundByItsWordsOrByARegularExpression() throws SQLException {
    try (Connection connection = server.open()) {
      server.faults().at(statementContaining("into ITEM")).answer(schemaConflict());
      server.faults().at(statementMatching("^UPDATE .* = 7$")).answer(unavailable());
      execute(connection, "SELECT 1");
      assertFails("40001", "(OC001)", () -> execute(connection, "INSERT INTO item VALUES (1)"));
      execute(connection, "UPDATE item SET name = 'x' WHERE id = 8");
      assertFails(
          "XX000",
          "unavailable",
          () -> execute(connection, "UPDATE item SET name = 'x' WHERE id = 7"));
      execute(connection, "UPDATE item SET name = 'x' WHERE id = 7");
    }
  }

  @Test
  void theSessionsOfOtherApplicationsAreSpared() throws SQLException {
    server.faults().at(statementContaining("select 7").inApplication("worker")).answer(conflict());
    server.faults().at(statementContaining("select 7").ofUser("nobody")).answer(unavailable());
    try (Connection worker = server.open("ApplicationName", "worker");
        Connection other = server.open("ApplicationName", "other")) {
      execute(other, "SELECT 7");
      assertFails("40001", CONFLICT, () -> execute(worker, "SELECT 7"));
      server.faults().at(statementContaining("select 7").inApplication("w2")).answer(conflict());
      execute(worker, "SET application_name = 'w2'");
      assertFails("40001", CONFLICT, () -> execute(worker, "SELECT 7"));
    }
  }

  @Test
  void eachSessionCountsForItselfIfAskedTo() throws SQLException {
    server.faults().at(statementContaining("item").perSession().number(2)).answer(conflict());
    for (int i = 0; i < 2; i++) {
      try (Connection connection = server.open()) {
        ints(connection, "SELECT id FROM item");
        assertFails("40001", CONFLICT, () -> ints(connection, "SELECT id FROM item"));
        ints(connection, "SELECT id FROM item");
      }
    }
  }

  @Test
  void aFaultStrikesAsOftenAsToldAndNotOnceItIsRemoved() throws SQLException {
    try (Connection connection = server.open()) {
      server.faults().at(statement()).times(2).answer(conflict());
      assertFails("40001", CONFLICT, () -> execute(connection, "SELECT 1"));
      assertFails("40001", CONFLICT, () -> execute(connection, "SELECT 1"));
      execute(connection, "SELECT 1");
      try (ScriptedFault always = server.faults().at(statement()).always().answer(conflict())) {
        for (int i = 0; i < 5; i++) {
          assertFails("40001", CONFLICT, () -> execute(connection, "SELECT 1"));
        }
        assertThat(always).hasToString(conflict() + " at STATEMENT number 1");
      }
      execute(connection, "SELECT 1");
    }
  }

  @Test
  void theMiddleOfABatchFailsAndItsTransactionWithIt() throws SQLException {
    try (Connection connection = server.open();
        PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?)")) {
      connection.setAutoCommit(false);
      server.faults().at(statementNumber(50)).answer(conflict());
      for (int i = 1; i <= 100; i++) {
        insert.setInt(1, i);
        insert.addBatch();
      }
      assertThatThrownBy(insert::executeBatch)
          .isInstanceOfSatisfying(
              BatchUpdateException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
      assertThat(server.faults().fired()).hasSize(1);
      assertFails("25P02", "aborted", () -> execute(connection, "SELECT 1"));
      connection.rollback();
    }
    assertThat(server.items()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void theMiddleOfATextOfSeveralStatementsFailsAndAllOfIt(String queryMode) throws SQLException {
    try (Connection connection = server.open("preferQueryMode", queryMode)) {
      server.faults().at(statementNumber(2)).answer(conflict());
      assertFails(
          "40001",
          CONFLICT,
          () ->
              execute(
                  connection,
                  "INSERT INTO item VALUES (1); INSERT INTO item VALUES (2);"
                      + " INSERT INTO item VALUES (3)"));
      execute(connection, "INSERT INTO item VALUES (4)");
    }
    assertThat(server.items()).containsExactly(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " FOR UPDATE"})
  void aFetchFailsInTheMiddleOfTheRows(String clause) throws SQLException {
    server.execute("INSERT INTO item SELECT generate_series(1, 25)");
    try (Connection connection = server.open();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.setFetchSize(10);
      server.faults().at(fetch().number(2)).answer(conflict());
      try (ResultSet rows = statement.executeQuery("SELECT id FROM item" + clause)) {
        for (int i = 0; i < 20; i++) {
          assertThat(rows.next()).isTrue();
        }
        assertFails("40001", CONFLICT, rows::next);
      }
      assertFails("25P02", "aborted", () -> execute(connection, "SELECT 1"));
      connection.rollback();
      assertThat(ints(connection, "SELECT count(*) FROM item")).containsExactly(25);
    }
  }

  @Test
  void aStatementThatIsCutLeavesNoLockAndNoRow() throws SQLException {
    server.execute("INSERT INTO item VALUES (1)");
    try (Connection connection = server.open("ApplicationName", "cut");
        Connection other = server.open()) {
      connection.setAutoCommit(false);
      execute(connection, "INSERT INTO item VALUES (2)");
      ints(connection, "SELECT id FROM item FOR UPDATE");
      server.faults().at(statementContaining("(3)")).answer(disconnect());
      assertCut(() -> execute(connection, "INSERT INTO item VALUES (3)"));
      assertThat(ints(other, "SELECT 1 FROM pg_stat_activity WHERE application_name = 'cut'"))
          .isEmpty();
      execute(other, "UPDATE item SET name = 'x'");
    }
    assertThat(server.items()).containsExactly(1);
  }

  @Test
  void theLogTellsWhatStruckWhereAndInWhichOrder() throws SQLException {
    try (Connection connection = server.open("ApplicationName", "worker")) {
      long conflicts = server.simulator().conflicts();
      server.faults().at(statementContaining("select").number(2)).answer(conflict());
      server.faults().at(statementContaining("item")).answer(unavailable());
      execute(connection, "SELECT 1");
      assertFails("40001", CONFLICT, () -> execute(connection, "SELECT 2"));
      assertFails("XX000", "", () -> ints(connection, "SELECT id FROM item"));
      assertThat(server.faults().fired())
          .extracting(f -> f.fault(), f -> f.moment().text(), f -> f.match())
          .containsExactly(
              tuple(conflict(), "SELECT 2", 2), tuple(unavailable(), "SELECT id FROM item", 1));
      assertThat(server.faults().fired())
          .allSatisfy(f -> assertThat(f.moment().application()).isEqualTo("worker"))
          .allSatisfy(f -> assertThat(f.moment().user()).isEqualTo("admin"));
      assertThat(server.simulator().conflicts()).isEqualTo(conflicts + 1);
    }
  }
}
