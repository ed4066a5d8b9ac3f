package io.dsqlproxy.driver.replay;

import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A query has the same outcome if its rows are the same as far as the application has read. */
class QueryOutcomeTest {

  private static final String ACCOUNTS = "SELECT id, balance FROM account ORDER BY id";
  private static final String CHANGE_5 = "UPDATE account SET balance = 7 WHERE id = 5";
  private static final String DELETE_5 = "DELETE FROM account WHERE id = 5";
  private static final String INSERT_6 = "INSERT INTO account VALUES (6, 600)";

  private static final String ROW_CHANGED = "a row that was read changed";
  private static final String FURTHER_ROW = "there is a further row";
  private static final String NUMBER_CHANGED = "the number of its rows changed";

  private static SecondRun run;

  @BeforeAll
  static void start() throws SQLException {
    run =
        new SecondRun(
            "CREATE TABLE pair (id int PRIMARY KEY, a text, b text)",
            "CREATE TABLE typed (id int PRIMARY KEY, small smallint, big bigint, exact numeric(9,2),"
                + " single real, inexact double precision, name text, fixed char(3), bin bytea,"
                + " flag boolean, uid uuid, d date, t time, ts timestamp, tz timestamptz)");
  }

  @AfterAll
  static void stop() {
    run.close();
  }

  @BeforeEach
  void reset() throws SQLException {
    run.reset();
    run.cluster()
        .run(
            "DELETE FROM pair",
            "INSERT INTO pair VALUES (1, 'ab', 'c'), (2, NULL, ''), (3, '', NULL)",
            "DELETE FROM typed",
            "INSERT INTO typed VALUES (1, 1, 1, 1.50, 1.5, 1.5, 'x', 'x', '\\x00ff', true,"
                + " '00000000-0000-0000-0000-000000000001', '2020-01-01', '10:00', '2020-01-01',"
                + " '2020-01-01Z')");
  }

  private static ResultSet read(String sql, int rows) throws SQLException {
    return read(run.statement(), sql, rows);
  }

  private static ResultSet read(Statement statement, String sql, int rows) throws SQLException {
    ResultSet result = statement.executeQuery(sql);
    for (int i = 0; i < rows; i++) {
      assertThat(result.next()).isTrue();
    }
    return result;
  }

  // -------------------- as far as it was read

  @Test
  void unchangedRowsAreTheSame() throws SQLException {
    assertThat(read(ACCOUNTS, 5).next()).isFalse();
    run.isTheSameAfter();
  }

  @Test
  void queryOfWhichNothingWasReadIsAlwaysTheSame() throws SQLException {
    read(ACCOUNTS, 0);
    run.isTheSameAfter("DELETE FROM account");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void rowBehindThoseThatWereReadMayChange(int fetchSize) throws SQLException {
    Statement statement = run.statement();
    statement.setFetchSize(fetchSize);
    read(statement, ACCOUNTS, 4);
    run.isTheSameAfter(CHANGE_5);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void rowThatWasReadMustNotChange(int fetchSize) throws SQLException {
    Statement statement = run.statement();
    statement.setFetchSize(fetchSize);
    read(statement, ACCOUNTS, 5);
    run.differsAfter(ROW_CHANGED, CHANGE_5);
  }

  @Test
  void rowThatWasReadMustBeThere() throws SQLException {
    read(ACCOUNTS, 5);
    run.differsAfter("a row that was read is not there any more", DELETE_5);
  }

  @Test
  void closedResultCounts() throws SQLException {
    Statement statement = run.statement();
    read(statement, ACCOUNTS, 5).close();
    statement.close();
    run.differsAfter(ROW_CHANGED, CHANGE_5);
  }

  @Test
  void resultThatAnotherExecutionHasReplacedCounts() throws SQLException {
    try (PreparedStatement query =
        run.connection().prepareStatement("SELECT balance FROM account WHERE id = ?")) {
      for (int id = 1; id <= 5; id++) {
        query.setInt(1, id);
        query.executeQuery().next();
      }
    }
    run.differsAfter(ROW_CHANGED, "UPDATE account SET balance = 7 WHERE id = 2");
  }

  // -------------------- the end

  @Test
  void endThatWasSeenCounts() throws SQLException {
    assertThat(read(ACCOUNTS, 5).next()).isFalse();
    run.differsAfter(FURTHER_ROW, INSERT_6);
  }

  @Test
  void endThatWasNotSeenDoesNotCount() throws SQLException {
    read(ACCOUNTS, 5);
    run.isTheSameAfter(INSERT_6);
  }

  @Test
  void emptyResultThatWasSeenCounts() throws SQLException {
    assertThat(read("SELECT id FROM account WHERE id > 5", 0).next()).isFalse();
    run.differsAfter(FURTHER_ROW, INSERT_6);
  }

  @Test
  void lastRowThatWasSaidToBeTheLastCounts() throws SQLException {
    assertThat(read(ACCOUNTS, 5).isLast()).isTrue();
    run.differsAfter(NUMBER_CHANGED, INSERT_6);
  }

  @Test
  void rowThatWasSaidNotToBeTheLastCounts() throws SQLException {
    assertThat(read(ACCOUNTS, 4).isLast()).isFalse();
    run.differsAfter(NUMBER_CHANGED, DELETE_5);
  }

  @Test
  void answerBeforeTheFirstRowCounts() throws SQLException {
    assertThat(read("SELECT id FROM account WHERE id > 5", 0).isBeforeFirst()).isFalse();
    run.differsAfter(NUMBER_CHANGED, INSERT_6);
  }

  @Test
  void answersOnTheWayAreTheSameInTheSecondRun() throws SQLException {
    Statement statement = run.statement();
    statement.setFetchSize(2);
    ResultSet rows = statement.executeQuery(ACCOUNTS);
    assertThat(rows.isBeforeFirst()).isTrue();
    for (int i = 1; i <= 5; i++) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.isLast()).isEqualTo(i == 5);
    }
    assertThat(rows.next()).isFalse();
    assertThat(rows.isAfterLast()).isTrue();
    run.isTheSameAfter();
  }

  // -------------------- all of a row

  @Test
  void columnThatWasNotLookedAtCounts() throws SQLException {
    assertThat(read(ACCOUNTS, 5).getInt("id")).isEqualTo(5);
    run.differsAfter(ROW_CHANGED, CHANGE_5);
  }

  @Test
  void orderOfRowsCounts() throws SQLException {
    read("SELECT 1 AS same, id FROM account ORDER BY balance", 2);
    run.differsAfter(ROW_CHANGED, "UPDATE account SET balance = 300 - balance WHERE id < 3");
  }

  @ParameterizedTest
  @CsvSource({"1,'a = ''a'', b = ''bc'''", "2,'a = '''', b = NULL'", "2,'b = NULL'", "3,a = NULL"})
  void placeWhereValuesEndAndNullsCount(int id, String assignment) throws SQLException {
    read("SELECT a, b FROM pair WHERE id = " + id, 1);
    run.differsAfter(ROW_CHANGED, "UPDATE pair SET " + assignment + " WHERE id = " + id);
  }

  static Stream<String> changesOfEachType() {
    return Stream.of(
        "small = 2",
        "big = 2",
        "exact = 1.51",
        "single = 1.25",
        "inexact = 1.25",
        "name = 'x '",
        "fixed = 'y'",
        "bin = '\\x00fe'",
        "flag = false",
        "uid = '00000000-0000-0000-0000-000000000002'",
        "d = '2020-01-02'",
        "t = '10:01'",
        "ts = '2020-01-01 00:00:00.000001'",
        "tz = '2020-01-01 00:00:00.000001Z'",
        "name = NULL");
  }

  @ParameterizedTest
  @MethodSource("changesOfEachType")
  void valueOfAnyTypeCountsAsText(String assignment) throws SQLException {
    read("SELECT * FROM typed", 1);
    run.differsAfter(ROW_CHANGED, "UPDATE typed SET " + assignment);
  }

  /** From its fifth execution on pgJDBC asks for binary values of a prepared statement. */
  @ParameterizedTest
  @MethodSource("changesOfEachType")
  void valueOfAnyTypeCountsInBinary(String assignment) throws SQLException {
    run.connection().commit();
    try (PreparedStatement query = run.connection().prepareStatement("SELECT * FROM typed")) {
      for (int i = 0; i < 6; i++) {
        query.executeQuery().next();
        run.connection().rollback();
      }
      query.executeQuery().next();
      run.differsAfter(ROW_CHANGED, "UPDATE typed SET " + assignment);
    }
  }

  @Test
  void unchangedValuesAreTheSameInWhicheverFormatTheyCame() throws SQLException {
    try (PreparedStatement query = run.connection().prepareStatement("SELECT * FROM typed")) {
      for (int i = 0; i < 8; i++) {
        assertThat(query.executeQuery().next()).isTrue();
      }
    }
    run.isTheSameAfter();
  }

  /** pgJDBC prepares every text then, after some executions, and its results become binary. */
  @ParameterizedTest
  @CsvSource({
    "simple,1",
    "simple,6",
    "extended,6",
    "extendedForPrepared,6",
    "extendedCacheEverything,1",
    "extendedCacheEverything,2",
    "extendedCacheEverything,3",
    "extendedCacheEverything,4",
    "extendedCacheEverything,5",
    "extendedCacheEverything,6",
    "extendedCacheEverything,7"
  })
  void unchangedValuesAreTheSameInWhicheverModeTheyWereAskedFor(String mode, int executions)
      throws SQLException {
    try (Connection connection = run.cluster().connect("&preferQueryMode=" + mode)) {
      connection.setAutoCommit(false);
      Statement statement = connection.createStatement();
      for (int i = 0; i < executions; i++) {
        assertThat(statement.executeQuery("SELECT * FROM typed").next()).isTrue();
      }
      for (int i = 0; i < 3; i++) {
        run.cluster().faults().clear();
        run.cluster().faults().at(statementContaining("UPDATE")).answer(conflict());
        connection.createStatement().executeUpdate("UPDATE account SET balance = 7 WHERE id = 5");
        assertThat(run.cluster().faults().fired()).hasSize(1);
      }
      connection.commit();
    }
  }

  // -------------------- scrollable results

  private static ResultSet scrollable() throws SQLException {
    return run.connection()
        .createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)
        .executeQuery(ACCOUNTS);
  }

  @Test
  void everyRowOfAScrollableResultCountsAsRead() throws SQLException {
    scrollable();
    run.differsAfter(ROW_CHANGED, CHANGE_5);
  }

  @Test
  void numberOfRowsOfAScrollableResultCounts() throws SQLException {
    scrollable();
    run.differsAfter(NUMBER_CHANGED, INSERT_6);
  }

  @Test
  void scrollableResultKeepsItsPositionInTheSecondRun() throws SQLException {
    ResultSet rows = scrollable();
    rows.absolute(3);
    run.cluster().faults().clear();
    run.isTheSameAfter();
    assertThat(rows.getInt("id")).isEqualTo(3);
    assertThat(rows.previous()).isTrue();
    assertThat(rows.getInt("balance")).isEqualTo(200);
  }

  // -------------------- other ways to a result

  @Test
  void rowsOfExecuteCountLikeThoseOfAQuery() throws SQLException {
    Statement statement = run.statement();
    assertThat(statement.execute(ACCOUNTS)).isTrue();
    for (int i = 0; i < 5; i++) {
      statement.getResultSet().next();
    }
    run.differsAfter(ROW_CHANGED, CHANGE_5);
  }

  @Test
  void maximumOfRowsIsTheSameInTheSecondRun() throws SQLException {
    Statement statement = run.statement();
    statement.setMaxRows(3);
    assertThat(read(statement, ACCOUNTS, 3).next()).isFalse();
    run.isTheSameAfter(CHANGE_5);
  }
}
