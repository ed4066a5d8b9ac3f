package io.dsqlproxy.simulator;

import static io.dsqlproxy.simulator.FaultyServer.assertCut;
import static io.dsqlproxy.simulator.FaultyServer.assertFails;
import static io.dsqlproxy.simulator.FaultyServer.execute;
import static io.dsqlproxy.simulator.FaultyServer.ints;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.Fault.disconnect;
import static io.dsqlproxy.simulator.fault.Fault.schemaConflict;
import static io.dsqlproxy.simulator.fault.Fault.unavailable;
import static io.dsqlproxy.simulator.fault.FaultTrigger.afterAutocommit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.afterCommit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.autocommit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.simulator.fault.FiredFault;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client is told of a COMMIT, and what PostgreSQL has done, is as the script says. */
@Timeout(30)
class CommitFaultsTest {

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
  @ValueSource(strings = {"simple", "extended", "extendedCacheEverything"})
  void aConflictRollsBackAndLeavesTheSessionIdle(String queryMode) throws SQLException {
    try (Connection connection = server.open("preferQueryMode", queryMode)) {
      connection.setAutoCommit(false);
      server.faults().at(commit()).times(2).answer(conflict());
      for (int i = 1; i <= 2; i++) {
        execute(connection, "INSERT INTO item VALUES (1)");
        assertFails("40001", CONFLICT, connection::commit);
        assertThat(server.items()).isEmpty();
      }
      execute(connection, "INSERT INTO item VALUES (1)");
      connection.commit();
    }
    assertThat(server.items()).containsExactly(1);
  }

  @Test
  void theNthCommitMeetsAChangedSchema() throws SQLException {
    try (Connection connection = server.open()) {
      connection.setAutoCommit(false);
      server.faults().at(commit().number(2)).answer(schemaConflict());
      execute(connection, "INSERT INTO item VALUES (1)");
      connection.commit();
      execute(connection, "INSERT INTO item VALUES (2)");
      assertFails(
          "40001", "schema has been updated by another transaction (OC001)", connection::commit);
    }
    assertThat(server.items()).containsExactly(1);
  }

  @Test
  void aConflictTakesTheLocksWithIt() throws SQLException {
    server.execute("INSERT INTO item VALUES (1)");
    try (Connection connection = server.open();
        Connection other = server.open()) {
      connection.setAutoCommit(false);
      ints(connection, "SELECT id FROM item FOR UPDATE");
      server.faults().at(commit()).answer(conflict());
      assertFails("40001", CONFLICT, connection::commit);
      execute(other, "UPDATE item SET name = 'x'");
    }
  }

  @Test
  void aRollbackAndTheCommitOfAnAbortedTransactionAreNotCommits() throws SQLException {
    try (Connection connection = server.open("raiseExceptionOnSilentRollback", "false")) {
      connection.setAutoCommit(false);
      server.faults().at(commit()).always().answer(conflict());
      server.faults().at(afterCommit()).always().answer(unavailable());
      execute(connection, "INSERT INTO item VALUES (1)");
      connection.rollback();
      assertFails("42P01", "", () -> execute(connection, "SELECT * FROM nowhere"));
      connection.commit();
      assertThat(server.faults().fired()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "extendedCacheEverything"})
  void aCutBeforeTheCommitLosesTheWork(String queryMode) throws SQLException {
    try (Connection connection = server.open("preferQueryMode", queryMode)) {
      connection.setAutoCommit(false);
      server.faults().at(commit()).answer(disconnect());
      execute(connection, "INSERT INTO item VALUES (1)");
      assertCut(connection::commit);
      assertThat(server.items()).isEmpty();
    }
    server.execute("INSERT INTO item VALUES (1)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "extendedCacheEverything"})
  void aCutAfterTheCommitKeepsTheWorkAndLosesOnlyTheAnswer(String queryMode) throws SQLException {
    try (Connection connection = server.open("preferQueryMode", queryMode)) {
      connection.setAutoCommit(false);
      server.faults().at(afterCommit()).answer(disconnect());
      execute(connection, "INSERT INTO item VALUES (1)");
      assertCut(connection::commit);
      assertThat(server.items()).containsExactly(1);
    }
  }

  @Test
  void anUnavailableServerMayOrMayNotHaveCommitted() throws SQLException {
    try (Connection connection = server.open()) {
      connection.setAutoCommit(false);
      server.faults().at(commit()).answer(unavailable());
      execute(connection, "INSERT INTO item VALUES (1)");
      assertFails("XX000", "unavailable", connection::commit);
      assertThat(server.items()).isEmpty();
      server.faults().at(afterCommit()).answer(unavailable());
      execute(connection, "INSERT INTO item VALUES (2)");
      assertFails("XX000", "unavailable", connection::commit);
      assertThat(server.items()).containsExactly(2);
      execute(connection, "INSERT INTO item VALUES (3)");
      connection.commit();
    }
    assertThat(server.items()).containsExactly(2, 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "extendedCacheEverything"})
  void anImplicitCommitCanMeetTheSame(String queryMode) throws SQLException {
    try (Connection connection = server.open("preferQueryMode", queryMode)) {
      server.faults().at(autocommit().containing("(1)")).answer(conflict());
      assertFails("40001", CONFLICT, () -> execute(connection, "INSERT INTO item VALUES (1)"));
      assertThat(server.items()).isEmpty();
      execute(connection, "INSERT INTO item VALUES (1)");
      server.faults().at(afterAutocommit().containing("(2)")).answer(unavailable());
      assertFails("XX000", "", () -> execute(connection, "INSERT INTO item VALUES (2)"));
      assertThat(server.items()).containsExactly(1, 2);
      server.faults().at(afterAutocommit().containing("(3)")).answer(disconnect());
      assertCut(() -> execute(connection, "INSERT INTO item VALUES (3)"));
      assertThat(server.items()).containsExactly(1, 2, 3);
    }
    try (Connection connection = server.open("preferQueryMode", queryMode)) {
      server.faults().at(autocommit().containing("(4)")).answer(disconnect());
      assertCut(() -> execute(connection, "INSERT INTO item VALUES (4)"));
    }
    assertThat(server.items()).containsExactly(1, 2, 3);
  }

  @Test
  void nothingIsImplicitlyCommittedInATransactionOrAfterAnError() throws SQLException {
    try (Connection connection = server.open()) {
      server.faults().at(autocommit()).always().answer(conflict());
      server.faults().at(afterAutocommit()).always().answer(unavailable());
      assertFails("22012", "", () -> execute(connection, "SELECT 1 / 0"));
      connection.setAutoCommit(false);
      execute(connection, "INSERT INTO item VALUES (1)");
      connection.commit();
      assertThat(server.faults().fired()).isEmpty();
    }
  }

  @Test
  void faultsThatAreDueAtTheSameCommitStrikeOneAfterTheOther() throws SQLException {
    try (Connection connection = server.open()) {
      connection.setAutoCommit(false);
      server.faults().at(commit()).answer(conflict());
      server.faults().at(commit()).answer(schemaConflict());
      execute(connection, "SELECT 1");
      assertFails("40001", "(OC000)", connection::commit);
      execute(connection, "SELECT 1");
      assertFails("40001", "(OC001)", connection::commit);
      assertThat(server.faults().fired())
          .extracting(FiredFault::fault)
          .containsExactly(conflict(), schemaConflict());
    }
  }
}
