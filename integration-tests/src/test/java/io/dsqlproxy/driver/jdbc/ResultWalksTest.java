package io.dsqlproxy.driver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A result set gives with replays what pgJDBC's gives without conflicts. */
class ResultWalksTest {

  private static final int WALKS = Integer.getInteger("result.walks", 150);
  private static final long SEED = Long.getLong("result.seed", 1);

  private static final AtomicLong CONFLICTS = new AtomicLong(1);

  private static DecoratedConnections connections;

  @BeforeAll
  static void start() throws Exception {
    connections = new DecoratedConnections();
    connections.run(
        "CREATE TABLE walked (id int PRIMARY KEY, a int, b text, c text)",
        "INSERT INTO walked VALUES (1, 1, 'x', 'c'), (2, NULL, NULL, 'c'), (3, 3, 'y', NULL),"
            + " (4, NULL, 'z', NULL), (5, 5, '7', 'c')",
        "CREATE TABLE numbers AS SELECT n FROM generate_series(1, 1000) n",
        "CREATE SEQUENCE conflicts",
        "CREATE FUNCTION conflict_once(n bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
            + " IF (SELECT last_value FROM conflicts) < n THEN PERFORM setval('conflicts', n);"
            + " RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END IF; END $$");
  }

  @AfterAll
  static void stop() throws Exception {
    connections.close();
  }

  private static void meetConflict(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT conflict_once(" + CONFLICTS.incrementAndGet() + ")");
    }
  }

  private static void goBackToASavepoint(Connection connection) throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE walked SET a = 99");
    }
    connection.rollback(savepoint);
  }

  @Test
  void randomWalksGiveWithReplaysWhatPgjdbcGivesWithout() throws SQLException {
    try (Connection plain = connections.openPg("");
        Connection decorated = connections.open()) {
      plain.setAutoCommit(false);
      decorated.setAutoCommit(false);
      for (long seed = SEED; seed < SEED + WALKS; seed++) {
        ResultWalk walk = new ResultWalk(seed);
        Random random = new Random(seed);
        List<String> expected = answers(walk, plain, () -> {});
        List<String> answers =
            answers(
                walk,
                decorated,
                () -> {
                  if (random.nextBoolean()) {
                    meetConflict(decorated);
                  } else {
                    goBackToASavepoint(decorated);
                  }
                });
        assertThat(answers).as("walk %d, %s", seed, walk).isEqualTo(expected);
      }
    }
  }

  private static List<String> answers(
      ResultWalk walk, Connection connection, ResultWalk.Replay replay) throws SQLException {
    List<String> answers = walk.answers(connection, replay);
    connection.rollback();
    return answers;
  }

  @Test
  void noRowIsReadTwiceOrLostWhileAnotherThreadReplays() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (Connection connection = connections.open()) {
      connection.setAutoCommit(false);
      for (int round = 0; round < 8; round++) {
        try (Statement statement = connection.createStatement()) {
          statement.setFetchSize(round % 2 * 10);
          ResultSet rows = statement.executeQuery("SELECT n FROM numbers ORDER BY n");
          Future<?> replays =
              other.submit(
                  () -> {
                    while (!rows.isClosed()) {
                      meetConflict(connection);
                    }
                    return null;
                  });
          assertEachOnce(rows);
          rows.close();
          awaitAnyEnd(replays);
        }
        connection.rollback();
      }
    } finally {
      other.shutdownNow();
    }
  }

  private static void assertEachOnce(ResultSet rows) {
    List<Integer> read = new ArrayList<>();
    try {
      while (rows.next()) {
        read.add(rows.getInt(1));
        LockSupport.parkNanos(1);
      }
      assertThat(read).hasSize(1000);
    } catch (SQLException transactionIsLost) {
      assertThat(transactionIsLost.getSQLState()).isNotNull();
    }
    for (int i = 0; i < read.size(); i++) {
      assertThat(read.get(i)).isEqualTo(i + 1);
    }
  }

  private static void awaitAnyEnd(Future<?> replays) throws InterruptedException {
    try {
      replays.get();
    } catch (ExecutionException conflictThatSurfaced) {
      assertThat(conflictThatSurfaced.getCause()).isInstanceOf(SQLException.class);
    }
  }
}
