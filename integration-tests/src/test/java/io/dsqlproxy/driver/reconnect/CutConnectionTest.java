package io.dsqlproxy.driver.reconnect;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static io.dsqlproxy.driver.execution.ReconnectMode.BETWEEN_TRANSACTIONS;
import static io.dsqlproxy.driver.execution.ReconnectMode.IN_TRANSACTIONS;
import static io.dsqlproxy.driver.execution.ReconnectMode.NEVER;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.Fault.disconnect;
import static io.dsqlproxy.simulator.fault.Fault.expiredToken;
import static io.dsqlproxy.simulator.fault.FaultTrigger.afterAutocommit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.afterCommit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.fetch;
import static io.dsqlproxy.simulator.fault.FaultTrigger.login;
import static io.dsqlproxy.simulator.fault.FaultTrigger.message;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.driver.execution.CommitOutcomeUnknownException;
import io.dsqlproxy.driver.execution.DataChangedException;
import io.dsqlproxy.driver.execution.ReconnectMode;
import io.dsqlproxy.driver.observation.DriverEvent;
import io.dsqlproxy.simulator.fault.ScriptedFault;
import java.io.ByteArrayInputStream;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Wherever a connection is cut, each statement takes effect once, or the application hears of it.
 */
@Timeout(60)
class CutConnectionTest {

  private static final String ALWAYS_VALIDATE = "com.zaxxer.hikari.aliveBypassWindowMs";
  private static final String PAY = "UPDATE account SET balance = balance + 7 WHERE id = 1";
  private static final String GIVE = "UPDATE account SET balance = balance - 7 WHERE id = 2";

  private static CutConnections cluster;
  private Connection connection;

  @BeforeAll
  static void start() throws Exception {
    cluster = new CutConnections();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void reset() throws SQLException {
    cluster.reset();
  }

  @AfterEach
  void close() throws SQLException {
    if (connection != null) {
      connection.close();
    }
  }

  private void open(ReconnectMode mode) throws SQLException {
    connection = cluster.connect(mode);
  }

  private void begin(ReconnectMode mode) throws SQLException {
    open(mode);
    connection.setAutoCommit(false);
  }

  /** The connection is cut where it is of no consequence, and the driver knows it. */
  private void lose() throws SQLException {
    cluster.cutAt(message());
    assertThat(connection.isValid(5)).isFalse();
  }

  private void assertLost(SQLException failure) {
    assertThat(failure.getSQLState()).isEqualTo("08006");
  }

  // -------------------- between transactions

  @ParameterizedTest
  @EnumSource(names = {"BETWEEN_TRANSACTIONS", "IN_TRANSACTIONS"})
  void statementAfterAKnownLossIsExecutedOnce(ReconnectMode mode) throws SQLException {
    open(mode);
    lose();
    run(connection, PAY);
    assertThat(cluster.balance(1)).isEqualTo(107);
    assertThat(cluster.opened).hasValue(2);
    assertThat(cluster.statistics.count(DriverEvent.CONNECTION_MOVED)).isPositive();
  }

  @Test
  void statementInAutocommitThatWasCutBeforeOrAfterItsEffectSurfaces() throws SQLException {
    open(IN_TRANSACTIONS);
    cluster.cutAt(statementContaining("+ 7"));
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, PAY))
        .satisfies(this::assertLost);
    assertThat(cluster.balance(1)).as("cut before").isEqualTo(100);
    cluster.cutAt(afterAutocommit().containing("+ 7"));
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, PAY))
        .satisfies(this::assertLost);
    assertThat(cluster.balance(1)).as("cut after").isEqualTo(107);
    run(connection, PAY);
    assertThat(cluster.balance(1)).isEqualTo(114);
  }

  @Test
  void firstStatementOfATransactionTakesEffectOnce() throws SQLException {
    begin(BETWEEN_TRANSACTIONS);
    cluster.cutAt(statementContaining("+ 7"));
    run(connection, PAY, GIVE);
    connection.commit();
    assertThat(cluster.balance(1)).isEqualTo(107);
    assertThat(cluster.balance(2)).isEqualTo(193);
  }

  @Test
  void transactionThatIsCutLaterSurfacesBetweenTransactions() throws SQLException {
    begin(BETWEEN_TRANSACTIONS);
    run(connection, PAY);
    cluster.cutAt(statementContaining("- 7"));
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, GIVE))
        .satisfies(this::assertLost);
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, GIVE))
        .extracting(SQLException::getSQLState)
        .isEqualTo("25P02");
    connection.rollback();
    run(connection, GIVE);
    connection.commit();
    assertThat(cluster.balance(1)).isEqualTo(100);
    assertThat(cluster.balance(2)).isEqualTo(193);
  }

  @ParameterizedTest
  @EnumSource(names = {"BETWEEN_TRANSACTIONS", "IN_TRANSACTIONS"})
  void statementAfterALossInSetAutoCommitIsCommitted(ReconnectMode mode) throws SQLException {
    begin(mode);
    run(connection, PAY);
    cluster.cutAt(afterCommit());
    assertThatExceptionOfType(CommitOutcomeUnknownException.class)
        .isThrownBy(() -> connection.setAutoCommit(true));
    run(connection, PAY);
    assertThat(connection.getAutoCommit()).isTrue();
    assertThat(cluster.balance(1)).isEqualTo(114);
  }

  @Test
  void everythingSurfacesByDefault() throws SQLException {
    begin(NEVER);
    cluster.cutAt(statementContaining("+ 7"));
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, PAY))
        .satisfies(this::assertLost);
    assertThatExceptionOfType(SQLException.class).isThrownBy(connection::rollback);
    assertThat(connection.isClosed()).isTrue();
    assertThat(cluster.opened).hasValue(1);
  }

  @Test
  void refusedLoginSurfacesAndTheNextStatementTriesAgain() throws SQLException {
    open(BETWEEN_TRANSACTIONS);
    lose();
    cluster.faults().at(login()).answer(expiredToken());
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, PAY))
        .withMessageContaining("access denied");
    run(connection, PAY);
    assertThat(cluster.balance(1)).isEqualTo(107);
  }

  @Test
  void tokenThatIsRefusedMeanwhileIsSignedAnew() throws SQLException {
    connection = cluster.connectByUrl(IN_TRANSACTIONS);
    connection.setAutoCommit(false);
    run(connection, PAY);
    cluster.cutAt(statementContaining("- 7"));
    ScriptedFault refused = cluster.faults().at(login()).answer(expiredToken());
    run(connection, GIVE);
    connection.commit();
    assertThat(cluster.faults().fired()).hasSize(2);
    refused.close();
    assertThat(cluster.balance(1)).isEqualTo(107);
    assertThat(cluster.balance(2)).isEqualTo(193);
  }

  @Test
  void cutDuringTheRestorationLeavesTheSessionToTheNextStatement() throws SQLException {
    open(BETWEEN_TRANSACTIONS);
    run(connection, "SET application_name = 'restored'");
    lose();
    cluster.cutAt(statementContaining("SET application_name"));
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, PAY))
        .satisfies(this::assertLost);
    run(connection, PAY);
    assertThat(ask(connection, "SHOW application_name")).isEqualTo("restored");
    assertThat(cluster.balance(1)).isEqualTo(107);
  }

  // -------------------- in a transaction

  @Test
  void transactionTakesEffectOnceWhereverItIsCut() throws SQLException {
    begin(IN_TRANSACTIONS);
    cluster.cutAt(statementContaining("+ 7"));
    cluster.cutAt(statementContaining("- 7"));
    run(connection, PAY, GIVE);
    connection.commit();
    assertThat(cluster.balance(1)).isEqualTo(107);
    assertThat(cluster.balance(2)).isEqualTo(193);
    assertThat(cluster.opened).hasValue(3);
  }

  /** Whether the statement or its making meets the loss makes no difference. */
  @Test
  void statementThatIsMadeAfterAKnownLossContinuesTheTransaction() throws SQLException {
    begin(IN_TRANSACTIONS);
    run(connection, PAY);
    lose();
    try (PreparedStatement give = connection.prepareStatement(GIVE)) {
      give.executeUpdate();
    }
    connection.commit();
    assertThat(cluster.balance(1)).isEqualTo(107);
    assertThat(cluster.balance(2)).isEqualTo(193);
  }

  @Test
  void statementThatIsMadeAfterAKnownLossSurfacesItBetweenTransactions() throws SQLException {
    begin(BETWEEN_TRANSACTIONS);
    run(connection, PAY);
    lose();
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> connection.prepareStatement(GIVE))
        .satisfies(e -> assertThat(e.getSQLState()).startsWith("08"));
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, GIVE))
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("25P02"));
    connection.rollback();
    run(connection, GIVE);
    connection.commit();
    assertThat(cluster.balance(1)).isEqualTo(100);
    assertThat(cluster.balance(2)).isEqualTo(193);
  }

  @Test
  void cutsAndConflictsDuringTheReplayAreRecoveredFrom() throws SQLException {
    begin(IN_TRANSACTIONS);
    run(connection, PAY);
    cluster.cutAt(statementContaining("- 7"));
    cluster.cutAt(statementContaining("+ 7"));
    cluster.faults().at(statementContaining("- 7").number(2)).answer(conflict());
    cluster.faults().at(commit()).answer(conflict());
    run(connection, GIVE);
    connection.commit();
    assertThat(cluster.balance(1)).isEqualTo(107);
    assertThat(cluster.balance(2)).isEqualTo(193);
  }

  @Test
  void lossThatDoesNotEndSurfacesAfterAFewAttempts() throws SQLException {
    begin(IN_TRANSACTIONS);
    run(connection, PAY);
    cluster.faults().at(statementContaining("- 7")).always().answer(disconnect());
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, GIVE))
        .satisfies(this::assertLost);
    assertThat(cluster.opened).hasValue(5);
    assertThat(cluster.balance(1)).isEqualTo(100);
  }

  @Test
  void openResultGoesOnInTheReplay() throws SQLException {
    begin(IN_TRANSACTIONS);
    try (Statement reader = connection.createStatement()) {
      reader.setFetchSize(2);
      ResultSet rows = reader.executeQuery("SELECT id, balance FROM account ORDER BY id");
      assertThat(rows.next()).isTrue();
      cluster.cutAt(statementContaining("- 7"));
      run(connection, GIVE);
      assertThat(rows.getInt(1)).isEqualTo(1);
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(2)).as("as before the update").isEqualTo(200);
      cluster.cutAt(fetch());
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(2)).isEqualTo(300);
      assertThat(rows.getStatement()).isSameAs(reader);
    }
    connection.commit();
    assertThat(cluster.balance(2)).isEqualTo(193);
  }

  @Test
  void changedRowStopsTheReplayAndTheConnectionGoesOn() throws SQLException {
    begin(IN_TRANSACTIONS);
    assertThat(ask(connection, "SELECT balance FROM account WHERE id = 1")).isEqualTo("100");
    cluster.run("UPDATE account SET balance = 1 WHERE id = 1");
    cluster.cutAt(statementContaining("- 7"));
    assertThatExceptionOfType(DataChangedException.class)
        .isThrownBy(() -> run(connection, GIVE))
        .satisfies(e -> assertThat(e.statement()).isEqualTo(1));
    connection.rollback();
    run(connection, GIVE);
    connection.commit();
    assertThat(cluster.balance(2)).isEqualTo(193);
  }

  @Test
  void unrepeatableTransactionSurfacesItsLossWithTheReason() throws SQLException {
    begin(IN_TRANSACTIONS);
    ask(connection, "SELECT random()");
    cluster.cutAt(statementContaining("- 7"));
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> run(connection, GIVE))
        .satisfies(
            e -> {
              assertLost(e);
              assertThat(e.getSuppressed()[0]).hasMessageContaining("random()");
            });
  }

  @ParameterizedTest
  @EnumSource(names = {"NEVER", "BETWEEN_TRANSACTIONS"})
  void commitThatCouldNotBeSentLeavesNothingOpen(ReconnectMode mode) throws SQLException {
    long unknown = cluster.statistics.count(DriverEvent.COMMIT_UNKNOWN);
    for (int i = 0; i < 3; i++) {
      int how = i;
      begin(mode);
      run(connection, PAY);
      if (how == 2) {
        cluster.cutAt(statementContaining("- 7"));
        assertThatExceptionOfType(SQLException.class).isThrownBy(() -> run(connection, GIVE));
      } else {
        lose();
      }
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(
              () -> {
                if (how == 1) {
                  run(connection, "COMMIT");
                } else {
                  connection.commit();
                }
              })
          .satisfies(e -> assertThat(e.getSQLState()).isNotEqualTo("08007"));
      connection.close();
    }
    assertThat(cluster.statistics.count(DriverEvent.COMMIT_UNKNOWN)).isEqualTo(unknown);
    assertThat(cluster.balance(1)).isEqualTo(100);
  }

  @Test
  void cutBeforeOrAfterTheServersCommitIsNeverRunAgain() throws SQLException {
    begin(IN_TRANSACTIONS);
    run(connection, PAY);
    cluster.cutAt(commit());
    assertThatExceptionOfType(CommitOutcomeUnknownException.class).isThrownBy(connection::commit);
    assertThat(cluster.balance(1)).as("cut before").isEqualTo(100);
    connection.rollback();
    run(connection, PAY);
    cluster.cutAt(afterCommit());
    assertThatExceptionOfType(CommitOutcomeUnknownException.class)
        .isThrownBy(() -> run(connection, "COMMIT"));
    assertThat(cluster.balance(1)).as("cut after").isEqualTo(107);
    run(connection, GIVE);
    connection.commit();
    assertThat(cluster.balance(1)).isEqualTo(107);
    assertThat(cluster.balance(2)).isEqualTo(193);
  }

  // -------------------- what the application holds

  @Test
  void preparedStatementKeepsItsParametersSettingsAndBatch() throws SQLException {
    open(BETWEEN_TRANSACTIONS);
    try (PreparedStatement update =
            connection.prepareStatement("UPDATE account SET balance = ? WHERE id = ?");
        PreparedStatement query =
            connection.prepareStatement("SELECT id FROM account WHERE id > ? ORDER BY id")) {
      update.setInt(1, 1000);
      update.setInt(2, 1);
      update.addBatch();
      update.setInt(2, 2);
      update.addBatch();
      query.setMaxRows(2);
      query.setInt(1, 1);
      lose();
      assertThat(update.executeBatch()).containsExactly(1, 1);
      update.setInt(2, 3);
      assertThat(update.executeUpdate()).isEqualTo(1);
      ResultSet rows = query.executeQuery();
      assertThat(rows.next() && rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(3);
      assertThat(rows.next()).isFalse();
      assertThat(query.getMetaData().getColumnCount()).isEqualTo(1);
    }
    for (int account = 1; account <= 3; account++) {
      assertThat(cluster.balance(account)).isEqualTo(1000);
    }
  }

  @Test
  void statementIsDescribedOnTheNextConnection() throws SQLException {
    open(BETWEEN_TRANSACTIONS);
    try (PreparedStatement query = connection.prepareStatement("SELECT id FROM account")) {
      lose();
      assertThat(query.getMetaData().getColumnName(1)).isEqualTo("id");
      assertThat(query.getParameterMetaData().getParameterCount()).isZero();
    }
  }

  @Test
  void lockingStatementHasBothItsFormsOnTheNextConnection() throws SQLException {
    open(BETWEEN_TRANSACTIONS);
    try (PreparedStatement query =
        connection.prepareStatement("SELECT balance FROM account WHERE id = ? FOR SHARE")) {
      query.setInt(1, 2);
      assertThat(query.executeQuery().next()).isTrue();
      lose();
      ResultSet alone = query.executeQuery();
      assertThat(alone.next()).isTrue();
      assertThat(alone.getInt(1)).isEqualTo(200);
      connection.setAutoCommit(false);
      ResultSet within = query.executeQuery();
      assertThat(within.next()).isTrue();
      assertThat(within.getInt(1)).isEqualTo(200);
      connection.commit();
    }
  }

  @Test
  void generatedKeysOfAReplayedStatementAreThere() throws SQLException {
    begin(IN_TRANSACTIONS);
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO account VALUES (?, 0)", new String[] {"id", "balance"})) {
      insert.setInt(1, 77);
      assertThat(insert.executeUpdate()).isEqualTo(1);
      cluster.cutAt(statementContaining("- 7"));
      run(connection, GIVE);
      ResultSet keys = insert.getGeneratedKeys();
      assertThat(keys.next()).isTrue();
      assertThat(keys.getInt(1)).isEqualTo(77);
      insert.setInt(1, 78);
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
    connection.commit();
    assertThat(cluster.ask("SELECT count(*) FROM account WHERE id IN (77, 78)")).isEqualTo("2");
  }

  /** Only a part of the stream was sent when the connection was cut. */
  @Test
  void streamIsSentAsAWholeAfterACut() throws SQLException {
    begin(IN_TRANSACTIONS);
    byte[] content = new byte[700_000];
    Arrays.fill(content, (byte) 'x');
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE account SET note = ? WHERE id = 1")) {
      update.setBinaryStream(1, new ByteArrayInputStream(content), content.length);
      cluster.cutAt(message().containing("SET note"));
      assertThat(update.executeUpdate()).isEqualTo(1);
      update.setBinaryStream(1, new ByteArrayInputStream(content));
      lose();
    }
    connection.commit();
    assertThat(cluster.ask("SELECT length(note) FROM account WHERE id = 1"))
        .isEqualTo(String.valueOf(content.length));
  }

  @Test
  void streamThatWasReadHasToBeGivenAgain() throws SQLException {
    open(BETWEEN_TRANSACTIONS);
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE account SET note = ? WHERE id = 1")) {
      update.setBinaryStream(1, new ByteArrayInputStream(new byte[3]), 3);
      assertThat(update.executeUpdate()).isEqualTo(1);
      lose();
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(update::executeUpdate)
          .withMessageContaining("have to be given again");
      update.setBinaryStream(1, new ByteArrayInputStream(new byte[4]), 4);
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
    assertThat(cluster.ask("SELECT length(note) FROM account WHERE id = 1")).isEqualTo("4");
  }

  @Test
  void metaDataAndArraysWorkOnTheNextConnection() throws SQLException {
    open(BETWEEN_TRANSACTIONS);
    DatabaseMetaData metaData = connection.getMetaData();
    Array ids = connection.createArrayOf("int4", new Object[] {1, 3});
    try (PreparedStatement query =
        connection.prepareStatement("SELECT sum(balance) FROM account WHERE id = ANY (?)")) {
      query.setArray(1, ids);
      lose();
      assertThat(metaData.getTables(null, null, "account", null).next()).isTrue();
      assertThat(connection.getMetaData()).isSameAs(metaData);
      assertThat(metaData.getConnection()).isSameAs(connection);
      ResultSet sum = query.executeQuery();
      assertThat(sum.next()).isTrue();
      assertThat(sum.getInt(1)).isEqualTo(400);
      query.setArray(1, ids);
      assertThat(query.executeQuery().next()).isTrue();
      assertThat((Object[]) ids.getArray()).containsExactly(1, 3);
    }
  }

  @Test
  void resultThatWasNotReadToItsEndNeverEndsEarly() throws SQLException {
    begin(BETWEEN_TRANSACTIONS);
    Statement statement = connection.createStatement();
    statement.setFetchSize(2);
    ResultSet rows = statement.executeQuery("SELECT id FROM account ORDER BY id");
    assertThat(rows.next() && rows.next()).isTrue();
    cluster.cutAt(fetch());
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(rows::next)
        .satisfies(this::assertLost);
    connection.rollback();
    run(connection, "SELECT 1");
    assertThatExceptionOfType(SQLException.class).isThrownBy(rows::next);
  }

  @Test
  void resultInAutocommitIsReadToItsEnd() throws SQLException {
    open(BETWEEN_TRANSACTIONS);
    Statement statement = connection.createStatement();
    statement.setFetchSize(2);
    ResultSet rows = statement.executeQuery("SELECT id FROM account ORDER BY id");
    assertThat(rows.next()).isTrue();
    lose();
    run(connection, "SELECT 1");
    int read = 1;
    while (rows.next()) {
      read++;
    }
    assertThat(read).isEqualTo(5);
  }

  // -------------------- age

  @Test
  void oldConnectionIsLeftBeforeTheServerCutsIt() throws SQLException {
    begin(BETWEEN_TRANSACTIONS);
    PreparedStatement update =
        connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = 1");
    for (int hour = 0; hour < 5; hour++) {
      update.setInt(1, 1);
      update.executeUpdate();
      connection.commit();
      cluster.clock.advance(Duration.ofMinutes(56));
    }
    assertThat(cluster.balance(1)).isEqualTo(105);
    assertThat(cluster.opened).hasValue(5);
  }

  @Test
  void transactionOfAnOldConnectionGoesOnToItsEnd() throws SQLException {
    begin(BETWEEN_TRANSACTIONS);
    run(connection, PAY);
    connection.commit();
    cluster.clock.advance(Duration.ofMinutes(49));
    run(connection, PAY);
    cluster.clock.advance(Duration.ofMinutes(4));
    run(connection, PAY);
    connection.commit();
    assertThat(cluster.opened).hasValue(1);
    cluster.clock.advance(Duration.ofMinutes(3));
    run(connection, PAY);
    connection.commit();
    assertThat(cluster.opened).hasValue(2);
    assertThat(cluster.balance(1)).isEqualTo(128);
  }

  @Test
  void transactionThatBeginsOnACutConnectionIsExecutedOnce() throws SQLException {
    begin(BETWEEN_TRANSACTIONS);
    run(connection, PAY);
    connection.commit();
    lose();
    cluster.clock.advance(Duration.ofMinutes(61));
    run(connection, PAY);
    connection.commit();
    assertThat(cluster.balance(1)).isEqualTo(114);
  }

  // -------------------- a pool

  private HikariDataSource pool(ReconnectMode mode) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(cluster.dataSource(mode));
    config.setMaximumPoolSize(1);
    return new HikariDataSource(config);
  }

  @Test
  void applicationOnAPoolDoesNotNoticeACut() throws SQLException {
    try (HikariDataSource pool = pool(IN_TRANSACTIONS)) {
      for (int i = 0; i < 3; i++) {
        try (Connection pooled = pool.getConnection()) {
          pooled.setAutoCommit(false);
          run(pooled, PAY);
          cluster.cutAt(statementContaining("- 7"));
          run(pooled, GIVE);
          pooled.commit();
        }
      }
    }
    assertThat(cluster.balance(1)).isEqualTo(121);
    assertThat(cluster.balance(2)).isEqualTo(179);
  }

  @Test
  void poolReplacesAConnectionWhoseLossSurfaced() throws SQLException {
    try (HikariDataSource pool = pool(BETWEEN_TRANSACTIONS)) {
      try (Connection pooled = pool.getConnection()) {
        cluster.cutAt(statementContaining("+ 7"));
        assertThatExceptionOfType(SQLException.class).isThrownBy(() -> run(pooled, PAY));
      }
      try (Connection pooled = pool.getConnection()) {
        run(pooled, PAY);
      }
    }
    assertThat(cluster.balance(1)).isEqualTo(107);
  }

  @Test
  void poolReplacesAnOldConnection() throws SQLException {
    System.setProperty(ALWAYS_VALIDATE, "-1");
    try (HikariDataSource pool = pool(NEVER)) {
      try (Connection pooled = pool.getConnection()) {
        run(pooled, PAY);
      }
      cluster.clock.advance(Duration.ofMinutes(56));
      long retired = cluster.statistics.count(DriverEvent.CONNECTION_RETIRED);
      try (Connection pooled = pool.getConnection()) {
        run(pooled, PAY);
      }
      assertThat(cluster.statistics.count(DriverEvent.CONNECTION_RETIRED)).isEqualTo(retired + 1);
      assertThat(cluster.opened).hasValue(2);
    } finally {
      System.clearProperty(ALWAYS_VALIDATE);
    }
    assertThat(cluster.balance(1)).isEqualTo(114);
  }
}
