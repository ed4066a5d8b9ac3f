package io.dsqlproxy.driver.locks;

import static io.dsqlproxy.driver.locks.LockCluster.call;
import static io.dsqlproxy.driver.locks.LockCluster.execute;
import static io.dsqlproxy.driver.locks.LockCluster.held;
import static io.dsqlproxy.driver.locks.LockCluster.test;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.execution.DataChangedException;
import io.dsqlproxy.driver.execution.UnsupportedStatementException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A query that asks for the locks of its rows gives those that it has locked, and no lock more. */
@Timeout(60)
class LockedRowsTest {

  @RegisterExtension static final LockCluster CLUSTER = new LockCluster();

  private Connection connection;
  private Connection other;

  @BeforeEach
  void connect() throws SQLException {
    CLUSTER.run(
        "INSERT INTO account VALUES (3, 1), (4, 0), (5, 0), (6, 0)",
        "UPDATE account SET balance = 9 WHERE id = 1");
    connection = CLUSTER.connect();
    other = CLUSTER.connect();
  }

  @AfterEach
  void closeConnections() throws SQLException {
    connection.close();
    other.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id FROM account WHERE balance = 0 AND pg_try_advisory_lock(id) ORDER BY id LIMIT 2",
        "SELECT id FROM account a WHERE pg_try_advisory_lock(a.id) AND balance = 0"
            + " ORDER BY 1 FETCH FIRST 2 ROWS ONLY",
        "SELECT j.id FROM (SELECT * FROM account WHERE balance = 0 ORDER BY id LIMIT 10) j"
            + " WHERE pg_try_advisory_lock(j.id) LIMIT 2",
        "WITH c AS (SELECT id FROM account WHERE balance = 0 ORDER BY id LIMIT 3)"
            + " SELECT * FROM c WHERE pg_try_advisory_lock(c.id)",
      })
  void whatAnotherSessionHoldsIsSkippedAndOnlyTheAnswerIsLocked(String sql) throws SQLException {
    call(other, "SELECT pg_advisory_lock(4)");
    for (boolean autoCommit : new boolean[] {true, false}) {
      connection.setAutoCommit(autoCommit);
      assertThat(numbers(sql)).containsExactly(2, 5);
      assertThat(heldKeys()).containsExactlyInAnyOrder("2", "5");
      assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
      execute(connection, "SELECT pg_advisory_unlock_all()");
    }
    connection.commit();
  }

  @Test
  void aPreparedStatementKeepsAllItsParameters() throws SQLException {
    call(other, "SELECT pg_advisory_lock(7, 4)");
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT ? AS who, id FROM account WHERE pg_try_advisory_lock(7, id) AND balance = ?"
                + " ORDER BY id LIMIT ? OFFSET ?")) {
      assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(4);
      assertThat(statement.getMetaData().getColumnCount()).isEqualTo(2);
      for (boolean autoCommit : new boolean[] {true, false, true}) {
        connection.setAutoCommit(autoCommit);
        statement.setString(1, "me");
        statement.setInt(2, 0);
        statement.setInt(3, 1);
        statement.setLong(4, 1);
        statement.setFetchSize(1);
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString(1)).isEqualTo("me");
          assertThat(rows.getInt(2)).isEqualTo(5);
          assertThat(rows.next()).isFalse();
        }
        assertThat(statement.getFetchSize()).isEqualTo(1);
      }
    }
    // The row that OFFSET leaves out was locked, as in PostgreSQL.
    assertThat(heldKeys()).containsExactlyInAnyOrder("7,2", "7,5");
    assertThat(held(connection)).extracting(HeldLock::times).containsOnly(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&retryMode=off"})
  void aPreparedStatementInATransactionIsExecutedAgainWithItsParameters(String settings)
      throws SQLException {
    try (Connection session = CLUSTER.connect(settings);
        PreparedStatement statement =
            session.prepareCall(
                "SELECT id FROM account WHERE balance = ? AND pg_try_advisory_lock(id)"
                    + " ORDER BY id LIMIT ?")) {
      call(other, "SELECT pg_advisory_lock(2)");
      session.setAutoCommit(false);
      statement.setInt(1, 0);
      statement.setInt(2, 2);
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(4);
        execute(session, "UPDATE account SET balance = 3 WHERE id = 4");
        if (settings.isEmpty()) {
          CLUSTER.faults().at(commit()).answer(conflict());
        }
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(5);
      }
      session.commit();
      assertThat(held(session)).extracting(HeldLock::times).containsExactly(1, 1);
    }
    assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 4")).isEqualTo("3");
  }

  @Test
  void maxRowsIsALimit() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setMaxRows(1);
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT id FROM account WHERE pg_try_advisory_lock(id) ORDER BY id DESC")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(6);
      }
    }
    assertThat(heldKeys()).containsExactly("6");
  }

  @Test
  void aColumnHasTheAnswerOfItsRow() throws SQLException {
    call(other, "SELECT pg_advisory_lock(4)");
    assertThat(rows("SELECT id, pg_try_advisory_lock(nullif(id, 5)) FROM account ORDER BY id"))
        .containsExactly("1 t", "2 t", "3 t", "4 f", "5 null", "6 t");
    assertThat(rows("SELECT pg_advisory_unlock(id), id FROM account WHERE id < 5 ORDER BY 2"))
        .containsExactly("t 1", "t 2", "t 3", "f 4");
    assertThat(heldKeys()).containsExactly("6");
    assertThat(
            rows(
                "WITH c AS (SELECT id FROM account WHERE balance = 0)"
                    + " SELECT id, pg_advisory_xact_lock(nullif(id, 5)) AS x FROM c"
                    + " WHERE id > 4 ORDER BY 1"))
        .containsExactly("5 null", "6 ");
    assertThat(rows("SELECT id, pg_advisory_unlock(nullif(id, 5)) FROM account WHERE id = 5"))
        .containsExactly("5 null");
    assertThat(rows("SELECT id, pg_advisory_lock(id) FROM account WHERE id > 99")).isEmpty();
  }

  @Test
  void aKeyOfTwoRowsIsLockedTwiceAndIsNotUnlockedForBoth() throws SQLException {
    assertThat(numbers("SELECT id FROM account WHERE pg_try_advisory_lock(balance) ORDER BY id"))
        .hasSize(6);
    assertThat(held(connection)).hasSize(3).extracting(HeldLock::times).contains(4);
    UnsupportedStatementException refused =
        catchThrowableOfType(
            UnsupportedStatementException.class,
            () -> rows("SELECT pg_advisory_unlock(balance) FROM account"));
    assertThat(refused.getSQLState()).isEqualTo("0A000");
    assertThat(held(connection)).hasSize(3);
    assertThat(connection.getAutoCommit()).isTrue();
  }

  @Test
  void aTransactionsLocksAreTakenForTheRowsOfTheAnswer() throws SQLException {
    connection.setAutoCommit(false);
    other.setAutoCommit(false);
    String next =
        "SELECT id FROM account WHERE balance = 0 AND pg_try_advisory_xact_lock(id)"
            + " ORDER BY id LIMIT 1";
    assertThat(numbers(next)).containsExactly(2);
    assertThat(test(other, "SELECT pg_try_advisory_xact_lock(4)")).isTrue();
    other.commit();
    execute(connection, "UPDATE account SET balance = 8 WHERE id = 2");
    CLUSTER.faults().at(commit()).answer(conflict());
    connection.commit();
    assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 2")).isEqualTo("8");
    assertThat(numbers(next)).containsExactly(4);
    connection.rollback();
  }

  /** Each of them would get the row, and one of them has to find out at COMMIT. */
  @Test
  void ofTwoTransactionsThatHoldTheLockOfARowTheLaterIsNotCommitted() throws SQLException {
    String next =
        "SELECT id FROM account WHERE balance = 0 AND pg_try_advisory_xact_lock(id)"
            + " ORDER BY id LIMIT 1";
    connection.setAutoCommit(false);
    other.setAutoCommit(false);
    assertThat(numbers(next)).containsExactly(2);
    assertThat(call(other, next)).isEqualTo("2");
    execute(connection, "INSERT INTO account VALUES (100, 1)");
    execute(other, "INSERT INTO account VALUES (101, 1)");
    execute(connection, "UPDATE account SET balance = 1 WHERE id = 2");
    connection.commit();
    DataChangedException changed = catchThrowableOfType(DataChangedException.class, other::commit);
    assertThat(changed.getSQLState()).isEqualTo("40001");
    assertThat(CLUSTER.ask("SELECT count(*) FROM account WHERE id > 99")).isEqualTo("1");
  }

  @Test
  void inAutocommitALockOfTheTransactionEndsWithTheStatement() throws SQLException {
    call(other, "SELECT pg_advisory_lock(2)");
    assertThat(
            numbers(
                "SELECT id FROM account WHERE balance = 0 AND pg_try_advisory_xact_lock(id)"
                    + " ORDER BY id LIMIT 1"))
        .containsExactly(4);
    assertThat(held(connection)).isEmpty();
    assertThat(call(other, "SELECT pg_try_advisory_lock(4)")).isEqualTo("t");
  }

  @Test
  void aRowThatChangedBeforeItWasLockedIsNotGivenAndNotLocked() throws SQLException {
    String next =
        "SELECT id FROM account WHERE balance = 0 AND pg_try_advisory_lock(id)"
            + " ORDER BY id LIMIT 1";
    connection.setAutoCommit(false);
    assertThat(numbers("SELECT 1 FROM account WHERE id = 1")).containsExactly(1);
    execute(other, "UPDATE account SET balance = 5 WHERE id = 2");
    assertThat(numbers(next)).containsExactly(4);
    assertThat(heldKeys()).containsExactly("4");
    connection.commit();
  }

  @Test
  void afterAFailureTheConnectionIsInAutocommitAgain() throws SQLException {
    SQLException failure =
        catchThrowableOfType(
            SQLException.class,
            () ->
                numbers(
                    "SELECT id FROM account WHERE id / (id - id) > 0 AND pg_try_advisory_lock(id)"));
    assertThat(failure.getSQLState()).isEqualTo("22012");
    assertThat(connection.getAutoCommit()).isTrue();
    assertThat(held(connection)).isEmpty();
    assertThat(numbers("SELECT 7")).containsExactly(7);
  }

  @Test
  void whoTakesWorkByTheLockOfItsRowDoesEachPieceOnce() throws Exception {
    CLUSTER.run(
        "DELETE FROM account", "INSERT INTO account SELECT g, 0 FROM generate_series(1, 8) g");
    CompletableFuture<Void> second =
        CompletableFuture.runAsync(
            () -> {
              try {
                work(other);
              } catch (SQLException failure) {
                throw new CompletionException(failure);
              }
            });
    work(connection);
    second.get();
    assertThat(CLUSTER.ask("SELECT count(*) FROM account WHERE balance = 1")).isEqualTo("8");
  }

  private static void work(Connection worker) throws SQLException {
    try (PreparedStatement next =
            worker.prepareStatement(
                "SELECT id FROM account WHERE balance = ? AND pg_try_advisory_lock(id)"
                    + " ORDER BY id LIMIT ?");
        PreparedStatement done =
            worker.prepareStatement("UPDATE account SET balance = balance + 1 WHERE id = ?")) {
      next.setInt(1, 0);
      next.setInt(2, 1);
      for (ResultSet row = next.executeQuery(); row.next(); row = next.executeQuery()) {
        int id = row.getInt(1);
        done.setInt(1, id);
        assertThat(done.executeUpdate()).isEqualTo(1);
        assertThat(test(worker, "SELECT pg_advisory_unlock(?)", id)).isTrue();
        assertThat(held(worker)).isEmpty();
      }
    }
  }

  private List<String> heldKeys() throws SQLException {
    return held(connection).stream().map(HeldLock::key).toList();
  }

  private List<Integer> numbers(String sql) throws SQLException {
    return rows(sql).stream().map(Integer::valueOf).toList();
  }

  private List<String> rows(String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          text.append(i == 1 ? "" : " ").append(row.getString(i));
        }
        found.add(text.toString());
      }
    }
    return found;
  }
}
