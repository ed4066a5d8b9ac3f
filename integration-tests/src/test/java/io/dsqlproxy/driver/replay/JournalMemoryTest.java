package io.dsqlproxy.driver.replay;

import static io.dsqlproxy.simulator.fault.Fault.disconnect;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.bench.InMemoryPostgres;
import io.dsqlproxy.driver.DsqlDriver;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is remembered of a transaction is bounded while it is open, and gone when it is over. The
 * system property {@code soak.transactions} says how many transactions one connection makes.
 */
@Timeout(1800)
class JournalMemoryTest {

  private static final int TRANSACTIONS = Integer.getInteger("soak.transactions", 200_000);
  private static final int SAMPLES = 10;
  private static final long NOISE = 400_000;
  private static final int JOURNAL_BYTES = 1 << 20;

  /** Without pgJDBC's cache, which keeps statements after the transaction that executed them. */
  private static Connection connect() throws SQLException {
    String url = InMemoryPostgres.url().replaceFirst("jdbc:", "jdbc:dsql-proxy:");
    String parameters =
        "&dialect=dsql&preparedStatementCacheQueries=0&journalBytes=" + JOURNAL_BYTES;
    Connection connection = new DsqlDriver().connect(url + parameters, new Properties());
    connection.setAutoCommit(false);
    return connection;
  }

  // -------------------- many transactions

  @Test
  void transactionsOfOneConnectionDoNotAddUpOnTheHeap() throws SQLException {
    List<Long> samples = new ArrayList<>();
    try (Connection connection = connect();
        PreparedStatement update =
            connection.prepareStatement("UPDATE t SET a = ? WHERE b = ? RETURNING b");
        PreparedStatement query = connection.prepareStatement("SELECT a, b FROM t LIMIT 5")) {
      for (int i = 0; i < TRANSACTIONS; i++) {
        if (i % (TRANSACTIONS / SAMPLES) == 0) {
          samples.add(Heap.used());
        }
        runTransaction(connection, update, query, i);
      }
      samples.add(Heap.used());
    }
    System.out.printf("%d transactions, heap in bytes: %s%n", TRANSACTIONS, samples);
    long early = Collections.min(samples.subList(1, SAMPLES / 2));
    long late = Collections.min(samples.subList(SAMPLES / 2, samples.size()));
    assertThat(late - early).as("growth in bytes: %s", samples).isLessThan(NOISE);
  }

  private static void runTransaction(
      Connection connection, PreparedStatement update, PreparedStatement query, int i)
      throws SQLException {
    update.setString(1, "some text " + i);
    update.setInt(2, i);
    update.executeUpdate();
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next() && !rows.isLast()) {
        rows.getString(1);
      }
    }
    if (i % 4 == 0) {
      JournaledWork.values()[i / 4 % 2].run(connection, i);
    }
    if (i % 3 == 0) {
      connection.releaseSavepoint(connection.setSavepoint());
    }
    if (i % 16 == 0) {
      connection.rollback();
    } else {
      connection.commit();
    }
  }

  // -------------------- one transaction

  @ParameterizedTest
  @EnumSource
  void openTransactionTakesNoMoreThanItsBytesAndNothingOnceItHasGivenUp(JournaledWork work)
      throws SQLException {
    try (Connection connection = connect()) {
      work.run(connection, 0);
      connection.commit();
      long before = Heap.settled();
      long most = 0;
      long last = 0;
      // What others in this JVM give up meanwhile hides the first of it.
      for (int chunk = 0; chunk < 20 && (most < JOURNAL_BYTES / 8L || last >= most / 2); chunk++) {
        for (int i = 0; i < work.times(); i++) {
          work.run(connection, i);
        }
        last = Heap.used() - before;
        most = Math.max(most, last);
      }
      assertThat(most).as("most").isBetween(JOURNAL_BYTES / 8L, JOURNAL_BYTES + NOISE);
      assertThat(last).as("after it has given up").isLessThan(most / 2);
    }
  }

  static Stream<Arguments> ends() {
    return Stream.of(
        Arguments.of("commit", (End) Connection::commit),
        Arguments.of("rollback", (End) Connection::rollback),
        Arguments.of("setAutoCommit", (End) connection -> connection.setAutoCommit(true)),
        Arguments.of("COMMIT", (End) connection -> execute(connection, "COMMIT")),
        Arguments.of("ROLLBACK", (End) connection -> execute(connection, "ROLLBACK")),
        Arguments.of("close", (End) Connection::close));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ends")
  void endOfATransactionDropsWhatItHasExecuted(String name, End end) throws SQLException {
    try (Connection connection = connect()) {
      WeakReference<String> value = executeWithAValue(connection);
      assertThat(Heap.isCollected(value)).isFalse();
      end.apply(connection);
      assertThat(Heap.isCollected(value)).isTrue();
    }
  }

  @Test
  void rollbackToASavepointDropsWhatWasExecutedSince() throws SQLException {
    try (Connection connection = connect()) {
      executeWithAValue(connection);
      var savepoint = connection.setSavepoint();
      WeakReference<String> value = executeWithAValue(connection);
      connection.rollback(savepoint);
      assertThat(Heap.isCollected(value)).isTrue();
    }
  }

  @Test
  void endOfATransactionWhoseConnectionIsLostDropsWhatItHasExecuted() throws SQLException {
    try (ReplayCluster cluster = new ReplayCluster()) {
      cluster.run("CREATE TABLE t (a text, b text)");
      Connection connection = cluster.connect();
      connection.setAutoCommit(false);
      WeakReference<String> value = executeWithAValue(connection);
      cluster.faults().at(statementContaining("lost")).always().answer(disconnect());
      catchThrowableOfType(SQLException.class, () -> execute(connection, "SELECT 'lost'"));
      catchThrowableOfType(SQLException.class, connection::rollback);
      assertThat(Heap.isCollected(value)).isTrue();
      assertThat(connection).isNotNull();
    }
  }

  private static WeakReference<String> executeWithAValue(Connection connection)
      throws SQLException {
    String value = new String(new char[] {'v', 'a', 'l', 'u', 'e'});
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE t SET a = ? WHERE b = 'none'")) {
      update.setString(1, value);
      update.executeUpdate();
    }
    return new WeakReference<>(value);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Ends a transaction. */
  @FunctionalInterface
  interface End {

    void apply(Connection connection) throws SQLException;
  }
}
