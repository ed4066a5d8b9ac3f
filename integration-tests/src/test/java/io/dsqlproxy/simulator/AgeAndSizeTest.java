package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

/** No connection, no transaction lives for ever, and no transaction grows without limit. */
@Timeout(30)
class AgeAndSizeTest {

  private static final SimulatedClock CLOCK = SimulatedClock.atPresent();
  private static final Duration CONNECTION = Duration.ofMinutes(60);
  private static final Duration TRANSACTION = Duration.ofSeconds(300);
  private static final int MEBIBYTE = 1 << 20;

  private static DsqlSimulator simulator;

  @BeforeAll
  static void start() throws SQLException {
    simulator = DsqlSimulator.builder().clock(CLOCK).tokenClock(Clock.systemUTC()).start();
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE item (id int PRIMARY KEY, content text)");
    }
  }

  @AfterAll
  static void stop() {
    simulator.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM item");
    }
  }

  @Test
  void anOldConnectionIsCutWithoutAnErrorResponse() throws SQLException {
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      CLOCK.advance(CONNECTION.minusMillis(1));
      statement.execute("SELECT 1");
      CLOCK.advance(Duration.ofMillis(1));
      assertThatThrownBy(() -> statement.execute("SELECT 1"))
          .isInstanceOfSatisfying(
              PSQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("08006");
                assertThat(e.getServerErrorMessage()).isNull();
              });
    }
    try (Connection connection = Sessions.open(simulator)) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void anOldConnectionIsCutWhileItIsIdle() throws Exception {
    try (RawClient client = new RawClient(simulator.port())) {
      client.login(simulator.token("admin"));
      CLOCK.advance(CONNECTION);
      assertThat(endOf(client)).isNegative();
    }
  }

  @Test
  void aTransactionThatWasBegunInTimeGoesOnToItsOwnLimit() throws SQLException {
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      CLOCK.advance(CONNECTION.minusSeconds(1));
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO item VALUES (1, 'a')");
      CLOCK.advance(TRANSACTION);
      statement.execute("INSERT INTO item VALUES (2, 'b')");
      connection.commit();
      assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
    }
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void anOldTransactionHearsOfItWithItsNextStatement() throws SQLException {
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO item VALUES (1, 'a')");
      CLOCK.advance(TRANSACTION);
      statement.execute("INSERT INTO item VALUES (2, 'b')");
      CLOCK.advance(Duration.ofSeconds(1));
      assertLimit(
          () -> statement.execute("SELECT 1"),
          "transaction age limit of 300s exceeded",
          "Current transaction age 301s exceeds 300s");
      assertState("25P02", () -> statement.execute("SELECT 1"));
      connection.rollback();
      statement.execute("INSERT INTO item VALUES (3, 'c')");
      connection.commit();
    }
    assertThat(count()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void theCommitOfAnOldTransactionUndoesIt(String queryMode) throws SQLException {
    try (Connection connection = Sessions.open(simulator, queryMode);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO item VALUES (1, 'a')");
      CLOCK.advance(TRANSACTION.plusSeconds(17));
      assertLimit(
          connection::commit,
          "transaction age limit of 300s exceeded",
          "Current transaction age 317s exceeds 300s");
      statement.execute("INSERT INTO item VALUES (2, 'b')");
      connection.commit();
    }
    assertThat(count()).isEqualTo(1);
  }

  @Test
  void anOldTransactionMayBeRolledBack() throws SQLException {
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO item VALUES (1, 'a')");
      CLOCK.advance(TRANSACTION.plusSeconds(1));
      connection.rollback();
    }
    assertThat(count()).isZero();
  }

  @Test
  void timeBetweenTransactionsDoesNotCount() throws SQLException {
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
      CLOCK.advance(TRANSACTION.plusSeconds(1));
      statement.execute("SELECT 1");
      connection.setAutoCommit(false);
      for (int i = 0; i < 3; i++) {
        statement.execute("SELECT count(*) FROM item");
        CLOCK.advance(TRANSACTION);
        connection.commit();
      }
    }
  }

  @Test
  void aTransactionThatIsTooLargeIsUndoneAtCommit() throws SQLException {
    try (Connection connection = Sessions.open(simulator);
        PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?)")) {
      connection.setAutoCommit(false);
      for (int i = 0; i < 10; i++) {
        insert(insert, i, MEBIBYTE);
      }
      assertLimit(
          connection::commit,
          "transaction size limit 10mb exceeded",
          "Current transaction size 11mb > 10mb");
      assertThat(count()).isZero();
      for (int i = 0; i < 10; i++) {
        insert(insert, i, MEBIBYTE - 100);
      }
      connection.commit();
    }
    assertThat(count()).isEqualTo(10);
  }

  @Test
  void aCopyThatIsTooLargeIsUndone() throws Exception {
    String row = "x".repeat(MEBIBYTE) + "\n";
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 11; i++) {
      rows.append(i).append('\t').append(row);
    }
    try (Connection connection = Sessions.open(simulator)) {
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      var data = new ByteArrayInputStream(rows.toString().getBytes("UTF-8"));
      assertState("54000", () -> copy.copyIn("COPY item FROM STDIN", data));
      assertThat(connection.isValid(5)).isTrue();
    }
    assertThat(count()).isZero();
  }

  @Test
  void aMessageThatIsTooLargeClosesTheConnection() throws SQLException {
    try (Connection connection = Sessions.open(simulator);
        PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?)")) {
      assertThatThrownBy(() -> insert(insert, 1, 10 * MEBIBYTE))
          .isInstanceOfSatisfying(
              PSQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("08006");
                assertThat(e.getServerErrorMessage()).isNull();
              });
    }
  }

  private static void insert(PreparedStatement insert, int id, int size) throws SQLException {
    insert.setInt(1, id);
    insert.setString(2, "x".repeat(size));
    insert.executeUpdate();
  }

  /** What the client reads when nothing more comes: the end, however the socket was closed. */
  private static int endOf(RawClient client) {
    try {
      return client.in.read();
    } catch (java.net.SocketTimeoutException stillOpen) {
      throw new AssertionError(stillOpen);
    } catch (IOException closed) {
      return -1;
    }
  }

  private static void assertLimit(ThrowingCallable call, String message, String detail) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PSQLException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo("54000");
              assertThat(e.getServerErrorMessage().getMessage()).isEqualTo(message);
              assertThat(e.getServerErrorMessage().getDetail()).isEqualTo(detail);
            });
  }

  private static void assertState(String sqlState, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(sqlState));
  }

  private static long count() throws SQLException {
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM item")) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
