package io.dsqlproxy.driver.replay;

import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.execution.NotReplayableException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A result has, after a replay, everything that the application has set on it or read of it. */
class ResultStateTest {

  private static final String ACCOUNTS = "SELECT id, balance FROM account ORDER BY id";
  private static final String OTHER_UPDATE = "UPDATE account SET balance = 7 WHERE id = 5";
  private static final String ROWS_CHANGED = "rows were changed through a result set";

  private static SecondRun run;

  @BeforeAll
  static void start() throws SQLException {
    run = new SecondRun("CREATE TABLE sparse (id int PRIMARY KEY, a int, b text)");
    run.cluster().run("INSERT INTO sparse VALUES (1, NULL, 'x'), (2, 2, NULL)");
  }

  @AfterAll
  static void stop() {
    run.close();
  }

  @BeforeEach
  void reset() throws SQLException {
    run.reset();
  }

  private static ResultSet query(int type, int concurrency, int fetchSize) throws SQLException {
    Statement statement = run.connection().createStatement(type, concurrency);
    statement.setFetchSize(fetchSize);
    return statement.executeQuery(ACCOUNTS);
  }

  private static void replayByConflict() throws SQLException {
    run.meetConflictIn(OTHER_UPDATE);
  }

  private static void replayBySavepoint() throws SQLException {
    Savepoint savepoint = run.connection().setSavepoint();
    run.statement().executeUpdate(OTHER_UPDATE);
    run.connection().rollback(savepoint);
  }

  // -------------------- changes of a row

  @ParameterizedTest
  @CsvSource({"1003,0", "1003,2", "1004,0"})
  void valueThatIsNotWrittenYetIsWrittenAfterAReplay(int type, int fetchSize) throws SQLException {
    ResultSet rows = query(type, ResultSet.CONCUR_UPDATABLE, fetchSize);
    rows.next();
    rows.next();
    rows.updateInt("balance", 222);
    replayBySavepoint();
    rows.updateRow();
    assertThat(rows.getInt(2)).isEqualTo(222);
    assertThat(rows.next()).isTrue();
    assertThat(rows.getInt(1)).isEqualTo(3);
    run.connection().commit();
    assertThat(run.cluster().balance(2)).isEqualTo(222);
  }

  @ParameterizedTest
  @ValueSource(ints = {ResultSet.TYPE_FORWARD_ONLY, ResultSet.TYPE_SCROLL_INSENSITIVE})
  void rowIsInsertedThatWasBegunBeforeAReplay(int type) throws SQLException {
    ResultSet rows = query(type, ResultSet.CONCUR_UPDATABLE, 0);
    rows.next();
    rows.moveToInsertRow();
    rows.updateInt(1, 9);
    replayByConflict();
    rows.updateInt(2, 900);
    rows.insertRow();
    rows.moveToCurrentRow();
    assertThat(rows.getInt(1)).isEqualTo(1);
    run.connection().commit();
    assertThat(run.cluster().balance(9)).isEqualTo(900);
  }

  @Test
  void movingAwayFromAValueThatIsNotWrittenFailsAfterAReplay() throws SQLException {
    ResultSet rows = query(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE, 0);
    rows.next();
    rows.updateInt("balance", 222);
    replayBySavepoint();
    SQLException failure = catchThrowableOfType(SQLException.class, rows::next);
    assertThat(failure.getMessage()).contains("not written");
    assertThat(failure.getSQLState()).isEqualTo("24000");
    rows.cancelRowUpdates();
    assertThat(rows.next()).isTrue();
    assertThat(rows.getInt(2)).isEqualTo(200);
  }

  @Test
  void rowThatWasInsertedIntoAnEmptyResultIsItsFirst() throws SQLException {
    run.cluster().run("DELETE FROM account");
    ResultSet rows = query(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE, 0);
    rows.moveToInsertRow();
    rows.updateInt(1, 9);
    rows.updateInt(2, 900);
    rows.insertRow();
    rows.moveToCurrentRow();
    assertThat(rows.next()).isTrue();
    assertThat(rows.getInt(1)).isEqualTo(9);
  }

  // -------------------- conflicts of such changes

  @FunctionalInterface
  private interface Change {
    void on(ResultSet rows) throws SQLException;
  }

  private enum RowChange {
    UPDATE(
        "UPDATE",
        rows -> {
          rows.updateInt(2, 1);
          rows.updateRow();
        }),
    INSERT(
        "INSERT",
        rows -> {
          rows.moveToInsertRow();
          rows.updateInt(1, 9);
          rows.updateInt(2, 1);
          rows.insertRow();
        }),
    DELETE("DELETE", ResultSet::deleteRow),
    REFRESH("where \"id\" =", ResultSet::refreshRow);

    private final String text;
    private final Change change;

    RowChange(String text, Change change) {
      this.text = text;
      this.change = change;
    }
  }

  private static ResultSet updatable() throws SQLException {
    ResultSet rows = query(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE, 0);
    rows.next();
    return rows;
  }

  @ParameterizedTest
  @EnumSource
  void conflictOfTheFirstChangeIsAbsorbed(RowChange change) throws SQLException {
    run.statement().executeUpdate(OTHER_UPDATE);
    ResultSet rows = updatable();
    run.cluster().faults().at(statementContaining(change.text)).answer(conflict());
    change.change.on(rows);
    assertThat(run.cluster().faults().fired()).hasSize(1);
    run.connection().commit();
    assertThat(run.cluster().balance(5)).isEqualTo(7);
  }

  @ParameterizedTest
  @EnumSource
  void conflictOfALaterChangeSaysWhyTheTransactionCannotBeRunAgain(RowChange change)
      throws SQLException {
    ResultSet rows = updatable();
    rows.refreshRow();
    run.cluster().faults().at(statementContaining(change.text)).answer(conflict());
    NotReplayableException surfaced =
        catchThrowableOfType(NotReplayableException.class, () -> change.change.on(rows));
    assertThat(surfaced.reason()).isEqualTo(ROWS_CHANGED);
    assertThat(surfaced.getCause()).isInstanceOf(SQLException.class);
  }

  @ParameterizedTest
  @EnumSource
  void conflictOfAChangeInAutocommitIsAbsorbed(RowChange change) throws SQLException {
    run.connection().setAutoCommit(true);
    ResultSet rows = updatable();
    run.cluster().faults().at(statementContaining(change.text)).answer(conflict());
    change.change.on(rows);
    assertThat(run.cluster().faults().fired()).hasSize(1);
  }

  @Test
  void nothingIsChangedAfterTheTransactionWasLost() throws SQLException {
    ResultSet rows = updatable();
    rows.refreshRow();
    rows.updateInt(2, 1);
    run.cluster().faults().at(statementContaining("SET balance = 7")).answer(conflict());
    catchThrowableOfType(
        NotReplayableException.class, () -> run.statement().executeUpdate(OTHER_UPDATE));
    SQLException aborted = catchThrowableOfType(SQLException.class, rows::updateRow);
    assertThat(aborted.getSQLState()).isEqualTo("25P02");
  }

  // -------------------- what was read

  @ParameterizedTest
  @CsvSource({"1003,0", "1003,1", "1004,0"})
  void wasNullIsAboutTheLastValueThatWasRead(int type, int fetchSize) throws SQLException {
    Statement statement = run.connection().createStatement(type, ResultSet.CONCUR_READ_ONLY);
    statement.setFetchSize(fetchSize);
    ResultSet rows = statement.executeQuery("SELECT id, a, b FROM sparse ORDER BY id");
    assertThat(rows.wasNull()).isFalse();
    rows.next();
    assertThat(rows.getInt("a")).isZero();
    replayByConflict();
    assertThat(rows.wasNull()).isTrue();
    assertThat(rows.getString("b")).isEqualTo("x");
    assertThat(rows.wasNull()).isFalse();
    rows.next();
    assertThat(rows.wasNull()).isFalse();
    assertThat(rows.getInt("a")).isEqualTo(2);
    replayBySavepoint();
    assertThat(rows.wasNull()).isFalse();
    assertThat(rows.getString("b")).isNull();
    assertThat(rows.wasNull()).isTrue();
  }

  @Test
  void wasNullOfAGeneratedKeyIsAboutTheLastValueThatWasRead() throws SQLException {
    Statement statement = run.statement();
    statement.executeUpdate("INSERT INTO entry (note) VALUES (NULL)", new String[] {"note", "id"});
    ResultSet keys = statement.getGeneratedKeys();
    keys.next();
    assertThat(keys.getString(1)).isNull();
    replayByConflict();
    assertThat(keys.wasNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1003,0", "1003,2", "1004,0"})
  void fetchSizeOfAResultIsKept(int type, int fetchSize) throws SQLException {
    ResultSet rows = query(type, ResultSet.CONCUR_READ_ONLY, fetchSize);
    rows.next();
    rows.setFetchSize(3);
    replayByConflict();
    assertThat(rows.getFetchSize()).isEqualTo(3);
    rows.next();
    assertThat(rows.getFetchSize()).isEqualTo(3);
  }

  @Test
  void rowsAreReadOnAfterManyReplaysAndTheirStatementsAreClosed() throws SQLException {
    Statement reader = run.statement();
    reader.setFetchSize(1);
    ResultSet rows = reader.executeQuery(ACCOUNTS);
    for (int i = 1; i <= 5; i++) {
      replayBySavepoint();
      assertThat(rows.next()).isTrue();
      replayBySavepoint();
      replayBySavepoint();
      assertThat(rows.getInt(1)).isEqualTo(i);
      assertThat(reader.getResultSet()).isSameAs(rows);
    }
    replayBySavepoint();
    assertThat(rows.next()).isFalse();
    reader.executeQuery(ACCOUNTS);
    assertThat(rows.isClosed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {ResultSet.TYPE_FORWARD_ONLY, ResultSet.TYPE_SCROLL_INSENSITIVE})
  void resultIsClosedAfterAReplayWhenTheNextIsAskedFor(int type) throws SQLException {
    Statement statement = run.connection().createStatement(type, ResultSet.CONCUR_READ_ONLY);
    statement.execute("SELECT 1; SELECT 2; SELECT 3");
    ResultSet first = statement.getResultSet();
    first.next();
    replayByConflict();
    assertThat(statement.getMoreResults(Statement.KEEP_CURRENT_RESULT)).isTrue();
    assertThat(first.getInt(1)).isEqualTo(1);
    ResultSet second = statement.getResultSet();
    second.next();
    replayBySavepoint();
    assertThat(first.getInt(1)).isEqualTo(1);
    assertThat(second.getInt(1)).isEqualTo(2);
    assertThat(statement.getMoreResults()).isTrue();
    assertThat(first.isClosed()).isTrue();
    assertThat(second.isClosed()).isTrue();
    assertThat(statement.getResultSet().next()).isTrue();
  }
}
