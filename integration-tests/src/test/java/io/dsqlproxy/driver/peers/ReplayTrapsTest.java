package io.dsqlproxy.driver.peers;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.DsqlTransactions;
import io.dsqlproxy.driver.execution.RetriesExhaustedException;
import io.dsqlproxy.driver.execution.RetryPolicy;
import java.sql.BatchUpdateException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is run again is the whole transaction, as it was, and no more than that. */
@Timeout(60)
class ReplayTrapsTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  @BeforeEach
  void createTable() throws SQLException {
    CLUSTER.faults().clear();
    CLUSTER.run(
        "DROP TABLE IF EXISTS item",
        "CREATE TABLE item (id int PRIMARY KEY, value int, note text)",
        "INSERT INTO item VALUES (1, 10, ''), (2, 20, '')");
  }

  private static Connection open(String parameters) throws SQLException {
    DsqlDataSource dataSource = CLUSTER.dataSource();
    dataSource.setUrl(CLUSTER.url() + "&retryBaseDelay=0ms" + parameters);
    return dataSource.getConnection();
  }

  private static String value(int id) throws SQLException {
    return CLUSTER.ask("SELECT value FROM item WHERE id = " + id);
  }

  private static void assertStruck(int times) {
    assertThat(CLUSTER.faults().fired()).hasSize(times);
  }

  @Trap(1)
  @Test
  void statementsCreatedBeforeTheTransactionAreRunAgainToo() throws SQLException {
    try (Connection connection = open("");
        Statement plain = connection.createStatement();
        PreparedStatement prepared =
            connection.prepareStatement("UPDATE item SET value = value + ? WHERE id = 2")) {
      connection.setAutoCommit(false);
      for (int i = 1; i <= 2; i++) {
        plain.executeUpdate("UPDATE item SET value = value + 1 WHERE id = 1");
        prepared.setInt(1, 1);
        prepared.executeUpdate();
        CLUSTER.faults().at(commit()).answer(conflict());
        connection.commit();
        assertStruck(i);
        assertThat(value(1)).isEqualTo(String.valueOf(10 + i));
        assertThat(value(2)).isEqualTo(String.valueOf(20 + i));
      }
    }
  }

  @Trap(5)
  @Test
  void callsAreRunAgain() throws SQLException {
    try (Connection connection = open("");
        CallableStatement call = connection.prepareCall("{? = call length(?)}")) {
      connection.setAutoCommit(false);
      call.registerOutParameter(1, Types.INTEGER);
      call.setString(2, "four");
      call.execute();
      run(connection, "UPDATE item SET value = 11 WHERE id = 1");
      CLUSTER.clearStatements();
      CLUSTER.faults().at(commit()).answer(conflict());
      connection.commit();
      assertThat(CLUSTER.statements()).anyMatch(sql -> sql.contains("length("));
      assertThat(call.getInt(1)).isEqualTo(4);
    }
    assertStruck(1);
    assertThat(value(1)).isEqualTo("11");
  }

  @Trap(6)
  @Test
  void whatWasSetForTheSessionHoldsInTheReplay() throws SQLException {
    CLUSTER.run("DROP SCHEMA IF EXISTS other CASCADE", "CREATE SCHEMA other");
    CLUSTER.run("CREATE TABLE other.item (id int PRIMARY KEY, value int, note text)");
    CLUSTER.run("INSERT INTO other.item VALUES (1, 100, '')");
    try (Connection connection = open("")) {
      connection.setAutoCommit(false);
      connection.setSchema("other");
      run(connection, "UPDATE item SET value = value + 1 WHERE id = 1");
      CLUSTER.faults().at(commit()).answer(conflict());
      connection.commit();
      assertThat(connection.getSchema()).isEqualTo("other");
      connection.commit();
      connection.setReadOnly(true);
      assertThat(ask(connection, "SELECT value FROM item WHERE id = 1")).isEqualTo("101");
      CLUSTER.faults().at(statementContaining("count")).answer(conflict());
      assertThat(ask(connection, "SELECT count(*) FROM item")).isEqualTo("1");
      assertThat(failure(() -> run(connection, "DELETE FROM item")).getSQLState())
          .isEqualTo("25006");
      connection.rollback();
    }
    assertStruck(2);
    assertThat(value(1)).isEqualTo("10");
  }

  /** The journal has room for a few executions, and the statement lives for many. */
  @Trap(10)
  @Test
  void whatIsOverIsForgottenWhileItsStatementLivesOn() throws SQLException {
    try (Connection connection = open("&journalBytes=16KiB");
        PreparedStatement update =
            connection.prepareStatement("UPDATE item SET value = ?, note = ? WHERE id = 1")) {
      connection.setAutoCommit(false);
      for (int i = 1; i <= 40; i++) {
        update.setInt(1, i);
        update.setString(2, "x".repeat(1000));
        update.executeUpdate();
        if (i == 40) {
          CLUSTER.faults().at(commit()).answer(conflict());
        }
        connection.commit();
      }
    }
    assertStruck(1);
    assertThat(value(1)).isEqualTo("40");
  }

  @Trap(11)
  @Test
  void interruptedThreadDoesNotWaitAndStaysInterrupted() throws SQLException {
    try (Connection connection = open("&retryBaseDelay=1m&retryMaxDelay=4m")) {
      CLUSTER.faults().at(statementContaining("UPDATE")).answer(conflict());
      Thread.currentThread().interrupt();
      SQLException failure = failure(() -> run(connection, "UPDATE item SET value = 0"));
      assertThat(Thread.interrupted()).isTrue();
      assertThat((Throwable) failure).isInstanceOf(RetriesExhaustedException.class);
    }
    assertThat(value(1)).isEqualTo("10");
  }

  @Trap(11)
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingIsRunAgainBeyondTheDeadlineAndNoWaitIsLongerThanItsCap(boolean autocommit)
      throws SQLException {
    String retries =
        "&retryAttempts=100&retryBaseDelay=40ms&retryMaxDelay=50ms&retryDeadline=400ms";
    try (Connection connection = open(retries)) {
      connection.setAutoCommit(autocommit);
      CLUSTER.faults().at(statementContaining("UPDATE")).always().answer(conflict());
      RetriesExhaustedException exhausted =
          catchThrowableOfType(
              RetriesExhaustedException.class, () -> run(connection, "UPDATE item SET value = 0"));
      assertThat(exhausted.elapsed()).isLessThan(Duration.ofSeconds(4));
      assertThat(exhausted.executions()).isBetween(5, 99);
    }
  }

  @Trap(14)
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void batchHasACountForEachEntryBeforeAndAfterAReplay(boolean rewritten) throws SQLException {
    try (Connection connection = open("&reWriteBatchedInserts=" + rewritten);
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO item (id, value) VALUES (?, 0)")) {
      connection.setAutoCommit(false);
      for (int id = 3; id <= 9; id++) {
        insert.setInt(1, id);
        insert.addBatch();
      }
      CLUSTER.faults().at(statementContaining("INSERT")).answer(conflict());
      assertThat(insert.executeBatch()).hasSize(7);
      CLUSTER.faults().at(commit()).answer(conflict());
      connection.commit();
    }
    assertStruck(2);
    assertThat(CLUSTER.ask("SELECT count(*) FROM item")).isEqualTo("9");
  }

  @Trap(15)
  @Test
  void errorThatOnlyTalksOfAConflictIsNotAnsweredByRunningAgain() throws SQLException {
    CLUSTER.run("DELETE FROM item", "CREATE UNIQUE INDEX ASYNC ON item (note)");
    CLUSTER.run("INSERT INTO item VALUES (1, 0, 'OC000'), (2, 0, '40001 (OC001)')");
    try (Connection connection = open("")) {
      for (String quoted : List.of("OC000", "40001 (OC001)")) {
        CLUSTER.clearStatements();
        String insert = "INSERT INTO item VALUES (3, 0, '" + quoted + "')";
        assertThat(failure(() -> run(connection, insert)).getSQLState()).isEqualTo("23505");
        assertThat(Collections.frequency(CLUSTER.statements(), insert)).isEqualTo(1);
      }
    }
  }

  @Trap(15)
  @Test
  void conflictBehindTheExceptionOfABatchIsOne() throws SQLException {
    try (Connection connection = open("&retryAttempts=2");
        Statement batch = connection.createStatement()) {
      connection.setAutoCommit(false);
      batch.addBatch("UPDATE item SET value = 11 WHERE id = 1");
      batch.addBatch("UPDATE item SET value = 21 WHERE id = 2");
      CLUSTER.faults().at(statementContaining("= 21")).answer(conflict());
      assertThat(batch.executeBatch()).containsExactly(1, 1);
      connection.commit();
      assertStruck(1);
      batch.addBatch("UPDATE item SET value = 12 WHERE id = 1");
      batch.addBatch("UPDATE item SET value = 22 WHERE id = 2");
      CLUSTER.faults().at(statementContaining("= 22")).times(2).answer(conflict());
      assertThat((Throwable) failure(batch::executeBatch))
          .isInstanceOf(RetriesExhaustedException.class)
          .hasCauseInstanceOf(BatchUpdateException.class);
      connection.rollback();
    }
    assertThat(value(1)).isEqualTo("11");
  }

  @Trap(23)
  @Test
  void retriesOfTheDriverAndOfDsqlTransactionsDoNotMultiply() {
    DsqlDataSource dataSource = CLUSTER.dataSource();
    dataSource.setRetryAttempts(3);
    dataSource.setRetryBaseDelay("0ms");
    CLUSTER.faults().at(commit()).always().answer(conflict());
    assertThat(
            failure(
                    () ->
                        DsqlTransactions.runVoid(
                            dataSource,
                            new RetryPolicy(4, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(9)),
                            connection -> run(connection, "UPDATE item SET value = 0")))
                .getSQLState())
        .isEqualTo("40001");
    // Not the COMMITs: under load one of the attempts may meet its conflict earlier.
    assertThat(CLUSTER.statements().stream().filter(sql -> sql.startsWith("UPDATE"))).hasSize(4);
  }

  private static SQLException failure(ThrowingCallable call) {
    return catchThrowableOfType(SQLException.class, call);
  }
}
