package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What concerns keys is compared at COMMIT, whoever comes first and whenever it was committed. */
@Timeout(20)
class KeyConflictTest {

  private static final String CONFLICT = "40001 change conflicts with another transaction (OC000)";

  private static final List<String> KEY_OPERATIONS =
      List.of(
          "DELETE FROM account WHERE id = 1",
          "UPDATE account SET email = 'new' WHERE id = 1",
          "SELECT balance FROM account WHERE id = 1 FOR UPDATE",
          "SELECT balance FROM rich WHERE id = 1 FOR UPDATE",
          "SELECT balance FROM account WHERE id = 1 FOR UPDATE;"
              + "UPDATE account SET balance = 12 WHERE id = 1",
          "DELETE FROM account WHERE id = 1; INSERT INTO account VALUES (1, 12, 'a')");

  private static final List<String> OTHER_OPERATIONS =
      List.of(
          "UPDATE account SET balance = 12 WHERE id = 1",
          "SELECT balance FROM account WHERE id = 1 FOR KEY SHARE",
          "INSERT INTO child VALUES (21, 1)",
          "SELECT balance FROM account WHERE id = 1");

  private static final List<String> SHARES =
      List.of(
          "SELECT balance FROM account WHERE id = 1 FOR KEY SHARE",
          "SELECT balance FROM rich WHERE id = 1 FOR KEY SHARE",
          "INSERT INTO child VALUES (11, 1)",
          "UPDATE child SET account = 1 WHERE id = 1");

  private static DsqlSimulator simulator;

  private Connection first;
  private Connection second;

  @BeforeAll
  static void startWithTables() throws SQLException {
    simulator = DsqlSimulator.start();
    try (Connection connection = Sessions.open(simulator)) {
      run(
          connection,
          "CREATE TABLE account (id int PRIMARY KEY, balance int, email text UNIQUE)",
          "CREATE TABLE child (id int PRIMARY KEY, account int REFERENCES account)",
          "CREATE TABLE part (id int PRIMARY KEY, account int"
              + " REFERENCES account ON DELETE CASCADE)",
          "CREATE VIEW rich AS SELECT id, balance, email FROM account WHERE balance > 0",
          "CREATE ROLE clerk WITH LOGIN",
          "GRANT SELECT, INSERT ON child TO clerk");
    }
  }

  @AfterAll
  static void stop() {
    simulator.close();
  }

  @BeforeEach
  void openTwoTransactionsOnFreshRows() throws SQLException {
    try (Connection connection = Sessions.open(simulator)) {
      run(
          connection,
          "DELETE FROM child",
          "DELETE FROM account",
          "INSERT INTO account VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, NULL)",
          "INSERT INTO child VALUES (1, 2)",
          "INSERT INTO part VALUES (1, 3)");
    }
    first = transaction("admin");
    second = transaction("admin");
  }

  @AfterEach
  void closeBoth() throws SQLException {
    first.close();
    second.close();
  }

  static Stream<Arguments> conflicts() {
    return pairs(KEY_OPERATIONS);
  }

  static Stream<Arguments> agreements() {
    return pairs(OTHER_OPERATIONS);
  }

  private static Stream<Arguments> pairs(List<String> operations) {
    return operations.stream()
        .flatMap(one -> SHARES.stream().map(share -> Arguments.of(one, share)));
  }

  @ParameterizedTest
  @MethodSource("conflicts")
  void aCommittedChangeOfAKeyConflictsWithALaterShareInAnOlderSnapshot(String key, String share)
      throws SQLException {
    takeSnapshot(second);
    run(first, key);
    assertThat(commit(first)).isEqualTo("ok");
    run(second, share);
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  @ParameterizedTest
  @MethodSource("conflicts")
  void aCommittedShareConflictsWithALaterChangeOfTheKeyInAnOlderSnapshot(String key, String share)
      throws SQLException {
    takeSnapshot(second);
    run(first, share);
    assertThat(commit(first)).isEqualTo("ok");
    run(second, key);
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  @ParameterizedTest
  @MethodSource("conflicts")
  void ofAChangeOfAKeyAndAShareAtOnceTheFirstToCommitWins(String key, String share)
      throws SQLException {
    run(first, share);
    run(second, key);
    assertThat(commit(second)).isEqualTo("ok");
    assertThat(commit(first)).isEqualTo(CONFLICT);
  }

  @ParameterizedTest
  @MethodSource("agreements")
  void aShareAgreesWithWhatLeavesTheKeyAlone(String other, String share) throws SQLException {
    takeSnapshot(second);
    run(first, other);
    assertThat(commit(first)).isEqualTo("ok");
    run(second, share);
    assertThat(commit(second)).isEqualTo("ok");
  }

  @Test
  void aChangeOfAParentThatHasGotAChildAgreesWithAnotherChild() throws SQLException {
    takeSnapshot(second);
    run(first, "INSERT INTO child VALUES (11, 1)");
    run(first, "UPDATE account SET balance = 11 WHERE id = 1");
    assertThat(commit(first)).isEqualTo("ok");
    run(second, "INSERT INTO child VALUES (21, 1)");
    assertThat(commit(second)).isEqualTo("ok");
  }

  @Test
  void aShareIsNoConflictForASnapshotThatSeesIt() throws SQLException {
    run(first, "SELECT balance FROM account WHERE id = 1 FOR KEY SHARE");
    assertThat(commit(first)).isEqualTo("ok");
    run(second, "DELETE FROM account WHERE id = 1");
    assertThat(commit(second)).isEqualTo("ok");
  }

  @Test
  void whatWasRolledBackIsNoConflict() throws SQLException {
    takeSnapshot(second);
    run(first, "DELETE FROM account WHERE id = 1");
    first.rollback();
    run(second, "INSERT INTO child VALUES (11, 1)");
    assertThat(commit(second)).isEqualTo("ok");
  }

  @Test
  void aShareAfterMakingWayIsNoChange() throws SQLException {
    run(first, "UPDATE account SET balance = 11 WHERE id = 1");
    run(second, "UPDATE account SET balance = 12 WHERE id = 1");
    second.rollback();
    run(first, "SELECT balance FROM account WHERE id = 2 FOR KEY SHARE");
    run(second, "UPDATE account SET balance = 22 WHERE id = 2");
    assertThat(commit(second)).isEqualTo("ok");
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(number("SELECT sum(balance) FROM account WHERE id < 3")).isEqualTo(33);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT balance FROM account WHERE id = 1 FOR KEY SHARE",
        "INSERT INTO child VALUES (11, 1)"
      })
  void aShareOutsideATransactionConflicts(String share) throws SQLException {
    takeSnapshot(second);
    first.setAutoCommit(true);
    run(first, share);
    run(second, "DELETE FROM account WHERE id = 1");
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  @Test
  void aDeleteOutsideATransactionConflictsWithAShare() throws SQLException {
    run(second, "SELECT balance FROM account WHERE id = 1 FOR KEY SHARE");
    first.setAutoCommit(true);
    run(first, "DELETE FROM account WHERE id = 1");
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  @Test
  void aChildThatTheSnapshotShowsKeepsItsParentAtTheStatement() throws SQLException {
    assertThat(attempt(second, "DELETE FROM account WHERE id = 2")).startsWith("23503");
    assertThat(attempt(second, "SELECT 1")).startsWith("25P02");
  }

  @Test
  void aChildWithoutParentIsRefusedAtTheStatementAfterMakingWayToo() throws SQLException {
    makeWay(first);
    assertThat(attempt(first, "INSERT INTO child VALUES (11, 99)")).startsWith("23503");
  }

  @Test
  void aChildCanFollowAParentThatWasInsertedBeforeMakingWay() throws SQLException {
    run(first, "INSERT INTO account VALUES (4, 40, 'd')");
    makeWay(first);
    run(first, "INSERT INTO child VALUES (11, 4)");
    makeWay(first);
    run(first, "INSERT INTO child VALUES (12, 4)");
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(number("SELECT count(*) FROM child WHERE account = 4")).isEqualTo(2);
  }

  @Test
  void aDeleteCascadesAfterMakingWayToo() throws SQLException {
    run(first, "UPDATE part SET id = id WHERE id = 1");
    makeWay(first);
    run(first, "DELETE FROM account WHERE id = 3");
    assertThat(number(first, "SELECT count(*) FROM part")).isZero();
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(number("SELECT count(*) FROM part")).isZero();
  }

  @Test
  void aViewShowsWhatATransactionHasDoneBeforeAndAfterMakingWay() throws SQLException {
    run(first, "SELECT balance FROM rich WHERE id = 2 FOR UPDATE");
    makeWay(first);
    assertThat(number(first, "SELECT balance FROM rich WHERE id = 1")).isEqualTo(11);
    run(first, "UPDATE rich SET balance = 13 WHERE id = 1");
    assertThat(number(first, "SELECT balance FROM rich WHERE id = 1")).isEqualTo(13);
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(number("SELECT balance FROM account WHERE id = 1")).isEqualTo(13);
  }

  @Test
  void lockedReadersThroughAViewExcludeThoseOfTheTable() throws SQLException {
    for (String early : new String[] {"rich", "account"}) {
      String late = early.equals("rich") ? "account" : "rich";
      run(first, "SELECT balance FROM " + early + " WHERE id = 1 FOR UPDATE");
      run(second, "SELECT balance FROM " + late + " WHERE id = 1 FOR UPDATE");
      assertThat(commit(second)).isEqualTo("ok");
      assertThat(commit(first)).isEqualTo(CONFLICT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"(4, 40, 'x')", "(5, 50, 'd')"})
  void anInsertOfAKeyThatWasInsertedAndDeletedSinceTheSnapshotConflicts(String row)
      throws SQLException {
    takeSnapshot(second);
    first.setAutoCommit(true);
    run(first, "INSERT INTO account VALUES (4, 40, 'd')", "DELETE FROM account WHERE id = 4");
    run(second, "INSERT INTO account VALUES " + row);
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  /** So much is committed in between that what no snapshot needs any more is forgotten. */
  @Test
  void aKeyIsRememberedForAsLongAsASnapshotMayNeedIt() throws SQLException {
    takeSnapshot(second);
    first.setAutoCommit(true);
    run(first, "INSERT INTO account VALUES (4, 40, 'd')", "DELETE FROM account WHERE id = 4");
    for (int i = 0; i < 6; i++) {
      run(
          first,
          "INSERT INTO account SELECT n, 0, n FROM generate_series(1001, 2000) n",
          "DELETE FROM account WHERE id > 1000");
    }
    run(second, "INSERT INTO account VALUES (4, 40, 'd')");
    assertThat(commit(second)).isEqualTo(CONFLICT);
    run(first, "INSERT INTO account VALUES (1001, 0, '1001')");
  }

  @Test
  void whatWasWrittenPastAPrivateCopyIsNeverLost() throws SQLException {
    makeWay(first);
    run(first, "INSERT INTO public.account VALUES (4, 40, 'd')");
    run(second, "DELETE FROM account WHERE id = 1");
    second.rollback();
    assertThat(commit(first)).isEqualTo("ok");
    assertThat(number("SELECT count(*) FROM account WHERE balance IN (11, 40)")).isEqualTo(2);
  }

  @Test
  void aRoleThatMayOnlyInsertChildrenClaimsTheirParents() throws SQLException {
    takeSnapshot(second);
    try (Connection clerk = transaction("clerk")) {
      run(clerk, "INSERT INTO child VALUES (11, 1)");
      assertThat(commit(clerk)).isEqualTo("ok");
    }
    run(second, "DELETE FROM account WHERE id = 1");
    assertThat(commit(second)).isEqualTo(CONFLICT);
  }

  /** The triggers that note what is written are no business of clients. */
  @Test
  void columnsCanHaveTheNamesThatTheSimulatorUses() throws SQLException {
    try (Connection connection = Sessions.open(simulator)) {
      run(
          connection,
          "CREATE TABLE names (k int PRIMARY KEY, r int UNIQUE, keys int, d int)",
          "INSERT INTO names VALUES (1, 1, 1, 1)");
    }
    run(first, "SELECT k FROM names FOR UPDATE", "UPDATE names SET keys = 2", "COMMIT");
    run(second, "SELECT k FROM names FOR UPDATE", "COMMIT");
  }

  @Test
  void noTriggerIsToBeSeen() throws SQLException {
    assertThat(number("SELECT count(*) FROM information_schema.triggers")).isZero();
    assertThat(number("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")).isZero();
  }

  /**
   * Has the transaction change a row that another one needs, so that it works on private copies.
   */
  private void makeWay(Connection connection) throws SQLException {
    run(connection, "UPDATE account SET balance = 11 WHERE id = 1");
    try (Connection other = transaction("admin")) {
      run(other, "UPDATE account SET balance = 12 WHERE id = 1");
      other.rollback();
    }
  }

  private static Connection transaction(String user) throws SQLException {
    Connection connection =
        DriverManager.getConnection(
            Sessions.url(simulator), Sessions.properties(simulator, user, simulator.token(user)));
    connection.setAutoCommit(false);
    return connection;
  }

  private static void takeSnapshot(Connection connection) throws SQLException {
    number(connection, "SELECT count(*) FROM part");
  }

  private static void run(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        for (String one : sql.split(";")) {
          statement.execute(one);
        }
      }
    }
  }

  private static int number(String sql) throws SQLException {
    try (Connection connection = Sessions.open(simulator)) {
      return number(connection, sql);
    }
  }

  private static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
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
}
