package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No statement waits for another session; a conflict is told at COMMIT. */
@Timeout(20)
class ConflictTest {

  private static final String CONFLICT = "40001 change conflicts with another transaction (OC000)";

  private static final String RAISE = "UPDATE account SET balance = balance + 5 WHERE id = 1";

  private static DsqlSimulator simulator;

  private final ExecutorService other = Executors.newSingleThreadExecutor();

  private Connection first;
  private Connection second;

  @BeforeAll
  static void start() {
    simulator = DsqlSimulator.start();
  }

  @AfterAll
  static void stop() {
    simulator.close();
  }

  @BeforeEach
  void openTwoTransactionsOnFreshRows() throws SQLException {
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS child");
      statement.execute("DROP TABLE IF EXISTS account");
      statement.execute(
          "CREATE TABLE account (id int PRIMARY KEY, balance int, email text UNIQUE)");
      statement.execute("CREATE TABLE child (id int PRIMARY KEY, account int REFERENCES account)");
      statement.execute("INSERT INTO account VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c')");
    }
    first = transaction();
    second = transaction();
  }

  @AfterEach
  void closeBoth() throws SQLException {
    first.close();
    second.close();
    other.shutdown();
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void theLaterOfTwoWritersLosesAtCommit(String queryMode) throws SQLException {
    second.close();
    second = Sessions.open(simulator, queryMode);
    second.setAutoCommit(false);
    assertThat(update(first, "UPDATE account SET balance = 11 WHERE id = 1")).isEqualTo(1);
    assertThat(update(second, "UPDATE account SET balance = 12 WHERE id = 1")).isEqualTo(1);
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(commit(second)).isEqualTo(CONFLICT);
    assertThat(balance(1)).isEqualTo(11);
  }

  @Test
  void aWriterWithAnOlderSnapshotLosesEvenAfterTheOtherHasCommitted() throws SQLException {
    assertThat(number(second, "SELECT balance FROM account WHERE id = 2")).isEqualTo(20);
    update(first, "UPDATE account SET balance = 11 WHERE id = 1");
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(update(second, "UPDATE account SET balance = balance + 5 WHERE id = 1"))
        .isEqualTo(1);
    assertThat(number(second, "SELECT balance FROM account WHERE id = 1")).isEqualTo(15);
    assertThat(commit(second)).isEqualTo(CONFLICT);
    assertThat(balance(1)).isEqualTo(11);
  }

  @Test
  void lockedReadersOfOneRowExcludeOneAnother() throws SQLException {
    String read = "SELECT balance FROM account WHERE id = 1 FOR UPDATE";
    assertThat(number(first, read)).isEqualTo(10);
    assertThat(number(second, read)).isEqualTo(10);
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  @Test
  void aWriteOfALockedRowConflicts() throws SQLException {
    number(first, "SELECT balance FROM account WHERE id = 1 FOR UPDATE");
    update(second, "UPDATE account SET balance = 12 WHERE id = 1");
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  @Test
  void aLockedReadOfAWrittenRowConflicts() throws SQLException {
    update(first, "UPDATE account SET balance = 12 WHERE id = 1");
    assertThat(number(second, "SELECT balance FROM account WHERE id = 1 FOR UPDATE")).isEqualTo(10);
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  @Test
  void aCommittedLockedReadConflictsWithAnOlderTransaction() throws SQLException {
    number(second, "SELECT balance FROM account WHERE id = 2");
    number(first, "SELECT balance FROM account WHERE id = 1 FOR UPDATE");
    assertThat(commit(first)).isEqualTo("ok");
    number(second, "SELECT balance FROM account WHERE id = 1 FOR UPDATE");
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE account SET balance = balance + 5 WHERE id = 1",
        "SELECT balance FROM account WHERE id = 1 FOR UPDATE",
        "DELETE FROM account WHERE id = 1",
        "UPDATE account SET balance = balance WHERE id = 1"
      })
  void theFirstToCommitWinsEvenIfItCameLast(String early) throws SQLException {
    run(first, early);
    assertThat(update(second, "UPDATE account SET balance = 12 WHERE id = 1")).isEqualTo(1);
    assertThat(number(second, "SELECT balance FROM account WHERE id = 1")).isEqualTo(12);
    assertThat(commit(second)).isEqualTo("ok");
    assertThat(commit(first)).isEqualTo(CONFLICT);
    assertThat(balance(1)).isEqualTo(12);
  }

  @Test
  void aLockedReadAfterAForeignKeysLockOfTheSameRowConflicts() throws SQLException {
    number(second, "SELECT balance FROM account WHERE id = 2");
    update(first, "INSERT INTO child VALUES (1, 1)");
    number(first, "SELECT balance FROM account WHERE id = 1 FOR UPDATE");
    assertThat(commit(first)).isEqualTo("ok");
    number(second, "SELECT balance FROM account WHERE id = 1 FOR UPDATE");
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  @Test
  void aTransactionThatMadeWayKeepsALockedReadAfterAForeignKeysLock() throws SQLException {
    update(first, "INSERT INTO child VALUES (1, 1)");
    number(first, "SELECT balance FROM account WHERE id = 1 FOR UPDATE");
    number(second, "SELECT balance FROM account WHERE id = 1 FOR UPDATE");
    assertThat(commit(second)).isEqualTo("ok");
    assertThat(commit(first)).isEqualTo(CONFLICT);
  }

  @Test
  void aForeignKeysLockIsNoChangeWhereAnotherRowIsLocked() throws SQLException {
    number(second, "SELECT balance FROM account WHERE id = 3");
    update(first, "INSERT INTO child VALUES (1, 1)");
    number(first, "SELECT balance FROM account WHERE id = 2 FOR UPDATE");
    assertThat(commit(first)).isEqualTo("ok");
    update(second, "UPDATE account SET balance = 11 WHERE id = 1");
    assertThat(commit(second)).isEqualTo("ok");
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void aLockedReadOutsideATransactionConflicts(String queryMode) throws SQLException {
    number(first, "SELECT balance FROM account WHERE id = 1 FOR UPDATE");
    try (Connection other = Sessions.open(simulator, queryMode)) {
      assertThat(number(other, "SELECT balance FROM account WHERE id = 1 FOR UPDATE"))
          .isEqualTo(10);
    }
    assertThat(commit(first)).isEqualTo(CONFLICT);
  }

  @Test
  void whatWasInsertedByTheTablesFullNameIsKept() throws SQLException {
    update(first, "UPDATE account SET balance = 11 WHERE id = 1");
    update(second, "UPDATE account SET balance = 12 WHERE id = 1");
    second.rollback();
    update(first, "INSERT INTO public.account VALUES (4, 40, 'd')");
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(balance(4)).isEqualTo(40);
  }

  /** PostgreSQL's catalog is busy, as it is for moments under load. */
  @Test
  void aTransactionMakesWayEvenIfThatTakesAWhile() throws Exception {
    update(first, "UPDATE account SET balance = 11 WHERE id = 1");
    try (Connection catalog = lockCatalog()) {
      Future<Integer> waiting = other.submit(() -> update(second, RAISE));
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
      catalog.rollback();
      assertThat(waiting.get()).isEqualTo(1);
    }
    second.rollback();
    assertThat(number(first, "SELECT balance FROM account WHERE id = 1")).isEqualTo(11);
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(balance(1)).isEqualTo(11);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTransactionThatCannotMakeWayIsToldThatItHasLost(boolean atOnce) throws Exception {
    update(first, "UPDATE account SET balance = 11 WHERE id = 1");
    try (Connection catalog = lockCatalog()) {
      assertThat(catalog.isClosed()).isFalse();
      assertThat(update(second, RAISE)).isEqualTo(1);
    }
    if (atOnce) {
      assertThat(commit(first)).isEqualTo(CONFLICT);
    } else {
      assertThat(attempt(first, "SELECT balance FROM account")).isEqualTo(CONFLICT);
      assertThat(attempt(first, "SELECT balance FROM account")).startsWith("25P02");
      first.rollback();
    }
    assertThat(number(first, "SELECT balance FROM account WHERE id = 1")).isEqualTo(10);
    assertThat(commit(second)).isEqualTo("ok");
    assertThat(balance(1)).isEqualTo(15);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void aStatementOutsideATransactionWinsOverATransactionThatHasNotCommitted(String queryMode)
      throws SQLException {
    number(first, "SELECT balance FROM account WHERE id = 1 FOR UPDATE");
    update(first, "UPDATE account SET balance = 22 WHERE id = 2");
    try (Connection other = Sessions.open(simulator, queryMode)) {
      assertThat(update(other, "UPDATE account SET balance = 12 WHERE id = 1")).isEqualTo(1);
    }
    assertThat(number(first, "SELECT balance FROM account WHERE id = 1")).isEqualTo(10);
    assertThat(number(first, "SELECT balance FROM account WHERE id = 2")).isEqualTo(22);
    assertThat(commit(first)).isEqualTo(CONFLICT);
    assertThat(balance(1)).isEqualTo(12);
    assertThat(balance(2)).isEqualTo(20);
  }

  @Test
  void aTransactionThatMadeWayKeepsAllItsWorkIfTheOtherRollsBack() throws SQLException {
    update(first, "UPDATE account SET balance = 11, email = NULL WHERE id = 1");
    update(first, "DELETE FROM account WHERE id = 2");
    update(first, "INSERT INTO account VALUES (4, 40, 'it''s \"d\", \\ {e}')");
    update(first, "INSERT INTO child VALUES (1, 4)");
    update(second, "UPDATE account SET balance = 12 WHERE id = 1");
    second.rollback();
    assertThat(number(first, "SELECT balance FROM account WHERE id = 1")).isEqualTo(11);
    assertThat(update(first, "UPDATE account SET balance = 31 WHERE id = 3")).isEqualTo(1);
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(text("SELECT string_agg(a::text, ' ' ORDER BY id) FROM account a"))
        .isEqualTo("(1,11,) (3,31,c) (4,40,\"it's \"\"d\"\", \\\\ {e}\")");
    assertThat(text("SELECT account FROM child")).isEqualTo("4");
  }

  @Test
  void aFailedTransactionStandsInNobodysWay() throws SQLException {
    update(first, "UPDATE account SET balance = 11 WHERE id = 1");
    assertThat(attempt(first, "SELECT 1 / 0")).startsWith("22012");
    update(second, "UPDATE account SET balance = 12 WHERE id = 1");
    assertThat(attempt(first, "SELECT 1")).startsWith("25P02");
    assertThat(commit(second)).isEqualTo("ok");
    first.rollback();
    assertThat(balance(1)).isEqualTo(12);
  }

  @Test
  void aPlainReadNeverConflicts() throws SQLException {
    number(second, "SELECT balance FROM account WHERE id = 1");
    update(first, "UPDATE account SET balance = 11 WHERE id = 1");
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(update(second, "UPDATE account SET balance = 22 WHERE id = 2")).isEqualTo(1);
    assertThat(commit(second)).isEqualTo("ok");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NOWAIT", "SKIP LOCKED"})
  void lockModifiersNeitherFailNorSkip(String modifier) throws SQLException {
    update(first, "UPDATE account SET balance = 11 WHERE id = 1");
    String read = "SELECT balance FROM account WHERE id = 1 FOR UPDATE " + modifier;
    assertThat(number(second, read)).isEqualTo(10);
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  @Test
  void aDoomedTransactionReadsItsOwnWrites() throws SQLException {
    number(second, "SELECT 1 FROM account LIMIT 1");
    update(first, "UPDATE account SET balance = 11 WHERE id = 1");
    assertThat(commit(first)).isEqualTo("ok");
    update(second, "UPDATE account SET balance = 22 WHERE id = 2");
    update(second, "UPDATE account SET balance = 12 WHERE id = 1");
    update(second, "UPDATE account SET balance = balance + 1 WHERE id <= 2");
    update(second, "INSERT INTO account VALUES (4, 40, 'd')");
    assertThat(number(second, "SELECT balance FROM account WHERE id = 1")).isEqualTo(13);
    assertThat(number(second, "SELECT balance FROM account WHERE id = 2")).isEqualTo(23);
    assertThat(number(second, "SELECT count(*) FROM account")).isEqualTo(4);
    assertThat(commit(second)).isEqualTo(CONFLICT);
    assertThat(number(second, "SELECT count(*) FROM account")).isEqualTo(3);
    assertThat(balance(2)).isEqualTo(20);
  }

  @Test
  void aDoomedTransactionSeesItsWritesThroughStatementsPreparedBefore() throws SQLException {
    try (PreparedStatement read =
        second.prepareStatement("SELECT balance FROM account WHERE id = ?")) {
      for (int i = 0; i < 10; i++) {
        assertThat(number(read, 1)).isEqualTo(10);
      }
      second.commit();
      update(first, "UPDATE account SET balance = 11 WHERE id = 1");
      update(second, "UPDATE account SET balance = 12 WHERE id = 1");
      assertThat(number(read, 1)).isEqualTo(12);
      assertThat(commit(first)).isEqualTo("ok");
      assertThat(commit(second)).isEqualTo(CONFLICT);
      assertThat(number(read, 1)).isEqualTo(11);
    }
  }

  @Test
  void theLoserCanGoOnAtOnce() throws SQLException {
    update(first, "UPDATE account SET balance = 11 WHERE id = 1");
    update(second, "UPDATE account SET balance = 12 WHERE id = 1");
    commit(first);
    assertThat(commit(second)).isEqualTo(CONFLICT);
    update(second, "UPDATE account SET balance = balance + 1 WHERE id = 1");
    assertThat(commit(second)).isEqualTo("ok");
    assertThat(balance(1)).isEqualTo(12);
  }

  @Test
  void twoInsertsOfOneKeyConflictAtCommit() throws SQLException {
    update(first, "INSERT INTO account VALUES (4, 1, 'x')");
    update(second, "INSERT INTO account VALUES (4, 2, 'y')");
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  @Test
  void anInsertOfAKeyCommittedAfterTheSnapshotConflictsAtCommit() throws SQLException {
    number(second, "SELECT count(*) FROM account");
    update(first, "INSERT INTO account VALUES (4, 1, 'x')");
    commit(first);
    assertThat(update(second, "INSERT INTO account VALUES (5, 2, 'x')")).isEqualTo(1);
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  @Test
  void aVisibleDuplicateIsAUniqueViolationAtTheStatement() {
    assertThat(attempt(second, "INSERT INTO account VALUES (5, 1, 'a')"))
        .isEqualTo("23505 duplicate key value violates unique constraint \"account_email_key\"");
    assertThat(attempt(second, "SELECT 1")).startsWith("25P02");
  }

  @Test
  void aChildInsertConflictsWithTheDeleteOfItsParent() throws SQLException {
    update(first, "DELETE FROM account WHERE id = 1");
    update(second, "INSERT INTO child VALUES (1, 1)");
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  @Test
  void aChildInsertAgreesWithAnUpdateOfItsParent() throws SQLException {
    update(first, "UPDATE account SET balance = 11 WHERE id = 1");
    update(second, "INSERT INTO child VALUES (1, 1)");
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(commit(second)).isEqualTo("ok");
  }

  @Test
  void writesOfDifferentRowsDoNotConflict() throws SQLException {
    update(first, "UPDATE account SET balance = 11 WHERE id = 1");
    update(second, "UPDATE account SET balance = 22 WHERE id = 2");
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(commit(second)).isEqualTo("ok");
  }

  @Test
  void aLockedReadCanBeFetchedInPieces() throws SQLException {
    update(first, "UPDATE account SET balance = 31 WHERE id = 3");
    try (Statement statement = second.createStatement()) {
      statement.setFetchSize(2);
      int sum = 0;
      try (ResultSet rows =
          statement.executeQuery("SELECT balance FROM account ORDER BY id FOR UPDATE")) {
        while (rows.next()) {
          sum += rows.getInt(1);
        }
      }
      assertThat(sum).isEqualTo(60);
    }
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  /** Keeps PostgreSQL from making tables, past the simulator. */
  private static Connection lockCatalog() throws SQLException {
    try (Connection connection = Sessions.open(simulator)) {
      int port = number(connection, "SELECT inet_server_port()");
      Connection backend =
          DriverManager.getConnection(
              "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres");
      backend.setAutoCommit(false);
      run(backend, "LOCK TABLE pg_attribute IN EXCLUSIVE MODE");
      return backend;
    }
  }

  private static Connection transaction() throws SQLException {
    Connection connection = Sessions.open(simulator);
    connection.setAutoCommit(false);
    return connection;
  }

  private static int update(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return statement.executeUpdate();
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(String sql) throws SQLException {
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getInt(1);
    }
  }

  private static int number(PreparedStatement statement, int parameter) throws SQLException {
    statement.setInt(1, parameter);
    try (ResultSet rows = statement.executeQuery()) {
      assertThat(rows.next()).isTrue();
      return rows.getInt(1);
    }
  }

  private static String attempt(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return "ok";
    } catch (SQLException e) {
      return message(e);
    }
  }

  private static String commit(Connection connection) {
    try {
      connection.commit();
      return "ok";
    } catch (SQLException e) {
      return message(e);
    }
  }

  private static String message(SQLException e) {
    var server = ((org.postgresql.util.PSQLException) e).getServerErrorMessage();
    return e.getSQLState() + " " + server.getMessage();
  }

  private int balance(int id) throws SQLException {
    try (Connection connection = Sessions.open(simulator)) {
      return number(connection, "SELECT balance FROM account WHERE id = " + id);
    }
  }
}
