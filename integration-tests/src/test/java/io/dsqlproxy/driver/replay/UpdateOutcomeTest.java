package io.dsqlproxy.driver.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.BatchUpdateException;
import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the application was told of updates, batches, calls and generated keys is told again. */
class UpdateOutcomeTest {

  private static final String RICH = "UPDATE account SET balance = balance + 1 WHERE balance > 300";
  private static final String POOR = "UPDATE account SET balance = balance + 1 WHERE balance < 300";
  private static final String BECOMES_RICH = "UPDATE account SET balance = 1000 WHERE id = 1";
  private static final String CHANGE_3 = "UPDATE account SET balance = 299 WHERE id = 3";

  private static final String OVER_ONE = "UPDATE account SET balance = 1 / balance WHERE id = 1";

  private static SecondRun run;

  @BeforeAll
  static void start() throws SQLException {
    run =
        new SecondRun(
            "CREATE FUNCTION balance_of(int) RETURNS int LANGUAGE sql AS"
                + " 'SELECT balance FROM account WHERE id = $1'",
            "CREATE TABLE stamped (id int PRIMARY KEY, created timestamptz DEFAULT now())");
  }

  @AfterAll
  static void stop() {
    run.close();
  }

  @BeforeEach
  void reset() throws SQLException {
    run.reset();
  }

  // -------------------- counts

  @Test
  void sameUpdateCountIsTheSame() throws SQLException {
    assertThat(run.statement().executeUpdate(RICH)).isEqualTo(2);
    run.isTheSameAfter("UPDATE account SET balance = 1000 WHERE id = 4");
    assertThat(run.cluster().balance(4)).isEqualTo(1001);
  }

  @Test
  void anotherUpdateCountDiffers() throws SQLException {
    run.statement().executeUpdate(RICH);
    run.differsAfter("its update count was 2 and is 3", BECOMES_RICH);
  }

  @Test
  void updateThatFoundNothingDiffersOnceItFindsSomething() throws SQLException {
    run.statement().executeUpdate("UPDATE account SET balance = 0 WHERE id = 6");
    run.differsAfter("its update count was 0 and is 1", "INSERT INTO account VALUES (6, 600)");
  }

  @Test
  void largeUpdateCountsAreCompared() throws SQLException {
    assertThat(run.statement().executeLargeUpdate(RICH)).isEqualTo(2);
    run.differsAfter("its update count was 2 and is 3", BECOMES_RICH);
  }

  @Test
  void preparedUpdateCountsAreCompared() throws SQLException {
    try (PreparedStatement update =
        run.connection().prepareStatement("UPDATE account SET balance = 0 WHERE balance > ?")) {
      update.setInt(1, 300);
      update.executeUpdate();
      update.setInt(1, 5000);
      update.executeLargeUpdate();
    }
    run.differsAfter("its update count was 2 and is 3", BECOMES_RICH);
  }

  // -------------------- batches

  private static Statement batch() throws SQLException {
    Statement statement = run.statement();
    statement.addBatch("UPDATE account SET balance = balance WHERE id = 5");
    statement.addBatch(RICH);
    statement.addBatch(POOR);
    return statement;
  }

  @Test
  void batchWithTheSameCountsIsTheSame() throws SQLException {
    assertThat(batch().executeBatch()).containsExactly(1, 2, 2);
    run.isTheSameAfter("UPDATE account SET balance = 1000 WHERE id = 5");
    assertThat(run.cluster().balance(5)).isEqualTo(1001);
  }

  @Test
  void countOfAnEntryDiffersAlthoughTheirSumIsTheSame() throws SQLException {
    batch().executeBatch();
    run.differsAfter("the update count of its entry 2 changed", BECOMES_RICH);
  }

  @Test
  void largeCountsOfABatchAreCompared() throws SQLException {
    batch().executeLargeBatch();
    run.differsAfter("the update count of its entry 3 changed", CHANGE_3);
  }

  @Test
  void preparedBatchIsExecutedWithTheParametersOfEachEntry() throws SQLException {
    try (PreparedStatement update =
        run.connection()
            .prepareStatement("UPDATE account SET balance = balance + ? WHERE balance > ?")) {
      for (int i = 1; i <= 3; i++) {
        update.setInt(1, i);
        update.setInt(2, 100 * i);
        update.addBatch();
      }
      assertThat(update.executeBatch()).containsExactly(4, 4, 3);
      update.setInt(1, 10_000);
      update.setInt(2, 10_000);
    }
    run.isTheSameAfter("UPDATE account SET balance = 900 WHERE id = 5");
    assertThat(run.cluster().balance(5)).isEqualTo(906);
    assertThat(run.cluster().balance(1)).isEqualTo(100);
  }

  /** What the counts before the failure were is undone with them. */
  @Test
  void batchThatFailedInPartIsNoPartOfTheSecondRunOnceItWasUndone() throws SQLException {
    run.statement().executeUpdate(POOR);
    Savepoint savepoint = run.connection().setSavepoint();
    Statement failing = batch();
    failing.addBatch("INSERT INTO account VALUES (1, 1)");
    BatchUpdateException failure =
        catchThrowableOfType(BatchUpdateException.class, failing::executeBatch);
    assertThat(failure.getSQLState()).isEqualTo("23505");
    assertThat(failure.getUpdateCounts()).hasSize(4).containsOnly(Statement.EXECUTE_FAILED);
    run.connection().rollback(savepoint);
    batch().executeBatch();
    run.isTheSameAfter();
    assertThat(run.cluster().balance(1)).isEqualTo(102);
    assertThat(run.cluster().balance(4)).isEqualTo(401);
  }

  /** It is pgJDBC that fails, and the server that has executed it. */
  @Test
  void failureThatLeftTheTransactionOpenIsTheSameIfItFailsAlike() throws SQLException {
    SQLException failure =
        catchThrowableOfType(SQLException.class, () -> run.statement().executeQuery(RICH));
    assertThat(failure.getSQLState()).isEqualTo("02000");
    run.isTheSameAfter(BECOMES_RICH);
    assertThat(run.cluster().balance(1)).isEqualTo(1001);
  }

  @Test
  void failureThatLeftTheTransactionOpenDiffersIfItFailsOtherwise() throws SQLException {
    catchThrowableOfType(SQLException.class, () -> run.statement().executeQuery(OVER_ONE));
    run.differsAfter(
        "it succeeded and fails now with SQLSTATE 22012",
        "UPDATE account SET balance = 0 WHERE id = 1");
  }

  // -------------------- several results

  private static final String SEVERAL =
      RICH + "; SELECT balance FROM account WHERE id = 1; " + POOR;

  @Test
  void everyResultThatTheApplicationWentOnToCounts() throws SQLException {
    Statement statement = run.statement();
    assertThat(statement.execute(SEVERAL)).isFalse();
    assertThat(statement.getMoreResults()).isTrue();
    assertThat(statement.getResultSet().next()).isTrue();
    assertThat(statement.getMoreResults()).isFalse();
    assertThat(statement.getUpdateCount()).isEqualTo(2);
    assertThat(statement.getMoreResults()).isFalse();
    assertThat(statement.getUpdateCount()).isEqualTo(-1);
    run.isTheSameAfter("UPDATE account SET balance = 250 WHERE id = 2");
  }

  @Test
  void firstCountOfSeveralResultsCounts() throws SQLException {
    run.statement().execute(SEVERAL);
    run.differsAfter("its update count was 2 and is 3", BECOMES_RICH);
  }

  @Test
  void rowsOfAFurtherResultCount() throws SQLException {
    Statement statement = run.statement();
    statement.execute(SEVERAL);
    statement.getMoreResults();
    statement.getResultSet().next();
    run.differsAfter(
        "a row that was read changed", "UPDATE account SET balance = 101 WHERE id = 1");
  }

  @Test
  void countOfAFurtherResultCounts() throws SQLException {
    Statement statement = run.statement();
    statement.execute(SEVERAL);
    statement.getMoreResults();
    statement.getMoreResults();
    run.differsAfter("a further result of it changed", CHANGE_3);
  }

  @Test
  void resultThatNobodyWentOnToMayChange() throws SQLException {
    Statement statement = run.statement();
    statement.execute(SEVERAL);
    statement.getMoreResults();
    run.isTheSameAfter(CHANGE_3);
  }

  // -------------------- calls

  private static CallableStatement call() throws SQLException {
    CallableStatement call = run.connection().prepareCall("{? = call balance_of(?)}");
    call.registerOutParameter(1, Types.INTEGER);
    call.setInt(2, 1);
    call.execute();
    return call;
  }

  @Test
  void callWithTheSameOutputIsTheSame() throws SQLException {
    assertThat(call().getInt(1)).isEqualTo(100);
    run.isTheSameAfter("UPDATE account SET balance = 0 WHERE id = 2");
  }

  @Test
  void outputOfACallCountsWhetherItWasReadOrNot() throws SQLException {
    call();
    run.differsAfter("its output parameter changed", BECOMES_RICH);
  }

  // -------------------- generated keys

  private static Statement insert() throws SQLException {
    Statement statement = run.statement();
    statement.executeUpdate(
        "INSERT INTO account SELECT id + 10, balance FROM account WHERE id < 3 ORDER BY id",
        new String[] {"id", "balance"});
    return statement;
  }

  @Test
  void generatedKeysThatWereNotAskedForMayChange() throws SQLException {
    insert();
    run.isTheSameAfter(BECOMES_RICH);
    assertThat(run.cluster().balance(11)).isEqualTo(1000);
  }

  @Test
  void generatedKeysCountAsFarAsTheyWereRead() throws SQLException {
    ResultSet keys = insert().getGeneratedKeys();
    keys.next();
    run.isTheSameAfter("UPDATE account SET balance = 0 WHERE id = 2");
    assertThat(run.cluster().balance(12)).isZero();
  }

  @Test
  void generatedKeyThatWasReadMustNotChange() throws SQLException {
    ResultSet keys = insert().getGeneratedKeys();
    keys.next();
    keys.getInt(2);
    run.differsAfter("a row that was read changed", BECOMES_RICH);
  }

  @Test
  void generatedKeysThatWereAskedForTwiceCountFromTheFirstTimeOn() throws SQLException {
    Statement statement = insert();
    ResultSet keys = statement.getGeneratedKeys();
    keys.next();
    assertThat(statement.getGeneratedKeys()).isSameAs(keys);
    keys.getInt("balance");
    run.differsAfter("a row that was read changed", BECOMES_RICH);
  }

  @Test
  void columnOfGeneratedKeysThatWasNotReadMayChange() throws SQLException {
    ResultSet keys = insert().getGeneratedKeys();
    assertThat(keys.next()).isTrue();
    assertThat(keys.getInt("id")).isEqualTo(11);
    run.isTheSameAfter(BECOMES_RICH);
  }

  @Test
  void columnOfGeneratedKeysThatIsReadAfterAReplayIsThatOfTheReplay() throws SQLException {
    ResultSet keys = insert().getGeneratedKeys();
    keys.next();
    assertThat(keys.getInt(1)).isEqualTo(11);
    run.cluster().run(BECOMES_RICH);
    run.meetConflictIn("UPDATE account SET balance = 7 WHERE id = 5");
    assertThat(keys.getInt(2)).isEqualTo(1000);
    run.differsAfter("a row that was read changed", "UPDATE account SET balance = 8 WHERE id = 1");
  }

  @Test
  void timeOfTheTransactionAmongGeneratedKeysIsNamedIfItWasRead() throws SQLException {
    ResultSet keys = insertStamped();
    assertThat(keys.getInt("id")).isEqualTo(1);
    run.meetConflictIn("UPDATE account SET balance = 7 WHERE id = 5");
    assertThat(keys.getTimestamp("created")).isNotNull();
    run.differsAfter(
        "the application has read the value of now() in its column created, which differs in each"
            + " transaction");
  }

  private static ResultSet insertStamped() throws SQLException {
    Statement statement = run.statement();
    statement.executeUpdate("INSERT INTO stamped (id) VALUES (1)", Statement.RETURN_GENERATED_KEYS);
    ResultSet keys = statement.getGeneratedKeys();
    assertThat(keys.next()).isTrue();
    return keys;
  }

  @Test
  void generatedKeyThatDiffersEachTimeIsNamedIfItWasRead() throws SQLException {
    Statement statement = run.statement();
    statement.executeUpdate(
        "INSERT INTO entry (id, note) VALUES (gen_random_uuid(), 'a')",
        new String[] {"id", "note"});
    ResultSet keys = statement.getGeneratedKeys();
    assertThat(keys.next()).isTrue();
    assertThat(keys.getString("note")).isEqualTo("a");
    run.meetConflictIn("UPDATE account SET balance = 7 WHERE id = 5");
    keys.getString("id");
    run.isImpossible(
        "the application has read the value of gen_random_uuid(), which differs each time");
  }

  /** After the first conflict its keys are those of the replay; they count in the next, too. */
  @Test
  void generatedKeysThatWereClosedCountInEveryReplay() throws SQLException {
    Statement statement = insert();
    ResultSet keys = statement.getGeneratedKeys();
    keys.next();
    keys.getInt(2);
    keys.close();
    meetConflictInAStatement();
    assertThat(statement.getGeneratedKeys().isClosed()).isTrue();
    run.differsAfter("a row that was read changed", BECOMES_RICH);
  }

  @Test
  void keysOfAStatementThatGeneratesNoneAreEmptyEachTime() throws SQLException {
    Statement statement = run.statement();
    statement.executeUpdate(RICH);
    ResultSet keys = statement.getGeneratedKeys();
    ResultSet others = statement.getGeneratedKeys();
    assertThat(keys.next()).isFalse();
    assertThat(others.next()).isFalse();
    run.isTheSameAfter();
  }

  @Test
  void resultThatWasClosedIsClosedAfterAReplayToo() throws SQLException {
    Statement statement = run.statement();
    ResultSet rows = statement.executeQuery("SELECT balance FROM account ORDER BY id");
    rows.next();
    rows.close();
    meetConflictInAStatement();
    assertThat(statement.getResultSet().isClosed()).isTrue();
    run.differsAfter("a row that was read changed", BECOMES_RICH);
  }

  private static void meetConflictInAStatement() throws SQLException {
    run.meetConflictIn("UPDATE account SET balance = balance + 1 WHERE id = 5");
  }

  // -------------------- settings

  @Test
  void schemaIsSetAgainInItsPlace() throws SQLException {
    run.connection().setSchema("pg_catalog");
    ResultSet rows = run.statement().executeQuery("SELECT current_schema()");
    rows.next();
    assertThat(rows.getString(1)).isEqualTo("pg_catalog");
    run.connection().setSchema("public");
    run.statement().executeUpdate(RICH);
    run.isTheSameAfter();
    assertThat(run.connection().getSchema()).isEqualTo("public");
  }
}
