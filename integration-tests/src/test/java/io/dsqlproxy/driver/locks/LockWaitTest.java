package io.dsqlproxy.driver.locks;

import static io.dsqlproxy.driver.locks.LockCluster.call;
import static io.dsqlproxy.driver.locks.LockCluster.execute;
import static io.dsqlproxy.driver.locks.LockCluster.test;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A statement waits for its lock until it is free, or until its application has enough. */
@Timeout(120)
class LockWaitTest {

  @RegisterExtension static final LockCluster CLUSTER = new LockCluster();

  private static final String SESSION = "SELECT pg_advisory_lock(1)";
  private static final String TRANSACTION = "SELECT pg_advisory_xact_lock(1)";

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private Connection holder;
  private Connection waiter;

  @BeforeEach
  void connect() throws SQLException {
    holder = CLUSTER.connect();
    waiter = CLUSTER.connect();
    call(holder, SESSION);
  }

  @AfterEach
  void closeConnections() throws SQLException {
    executor.shutdownNow();
    holder.close();
    waiter.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {SESSION, TRANSACTION, "SELECT pg_advisory_lock_shared(1)"})
  void theWaitEndsWhenTheLockIsGivenBack(String lock) throws Exception {
    Future<String> waiting = executor.submit(() -> call(waiter, lock));
    waitsInTheLockTable();
    assertThat(waiting.isDone()).isFalse();
    assertThat(test(holder, "SELECT pg_advisory_unlock(1)")).isTrue();
    assertThat(waiting.get()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {SESSION, TRANSACTION})
  void theLockTimeoutEndsIt(String lock) throws SQLException {
    try (Connection impatient = CLUSTER.connect("&lockTimeout=50ms")) {
      assertThat(failure(() -> call(impatient, lock)).getSQLState()).isEqualTo("55P03");
      assertThat(call(impatient, "SELECT 1")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {SESSION, TRANSACTION})
  void aLockThatCannotBeHadAbortsTheTransaction(String lock) throws SQLException {
    try (Connection impatient = CLUSTER.connect("&lockTimeout=50ms")) {
      impatient.setAutoCommit(false);
      assertThat(failure(() -> call(impatient, lock)).getSQLState()).isEqualTo("55P03");
      assertThat(failure(() -> call(impatient, "SELECT 1")).getSQLState()).isEqualTo("25P02");
      impatient.rollback();
      assertThat(call(impatient, "SELECT 1")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {SESSION, TRANSACTION})
  void theQueryTimeoutEndsIt(String lock) throws SQLException {
    try (PreparedStatement statement = waiter.prepareStatement(lock)) {
      statement.setQueryTimeout(1);
      assertThat(failure(statement::execute).getSQLState()).isEqualTo("57014");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {SESSION, TRANSACTION})
  void cancellingTheStatementEndsIt(String lock) throws Exception {
    waiter.setAutoCommit(false);
    try (Statement statement = waiter.createStatement()) {
      Future<Boolean> waiting = executor.submit(() -> statement.execute(lock));
      waitsInTheLockTable();
      while (!waiting.isDone()) {
        statement.cancel();
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(failureOf(waiting).getSQLState()).isEqualTo("57014");
    }
    waiter.rollback();
    assertThat(LockCluster.held(waiter)).isEmpty();
  }

  @Test
  void interruptingTheThreadEndsItAndTheThreadStaysInterrupted() throws Exception {
    AtomicInteger interrupted = new AtomicInteger();
    List<Thread> thread = new ArrayList<>();
    Future<String> waiting =
        executor.submit(
            () -> {
              thread.add(Thread.currentThread());
              try {
                return call(waiter, SESSION);
              } finally {
                interrupted.addAndGet(Thread.interrupted() ? 1 : 0);
              }
            });
    waitsInTheLockTable();
    thread.get(0).interrupt();
    assertThat(failureOf(waiting).getSQLState()).isEqualTo("57014");
    assertThat(interrupted).hasValue(1);
    assertThat(call(waiter, "SELECT 1")).isEqualTo("1");
  }

  @Test
  void closingTheConnectionEndsIt() throws Exception {
    Future<String> waiting = executor.submit(() -> call(waiter, SESSION));
    waitsInTheLockTable();
    waiter.close();
    assertThat(failureOf(waiting).getSQLState()).isEqualTo("08003");
    call(holder, "SELECT pg_advisory_unlock(1)");
    assertThat(test(holder, "SELECT pg_try_advisory_lock(1)")).isTrue();
  }

  // -------------------- a replay that takes a lock again, which another session has taken since

  /** What ends such a wait. */
  private enum End {
    CANCEL {
      @Override
      void end(Connection connection, Statement statement) throws SQLException {
        statement.cancel();
      }
    },
    CLOSE {
      @Override
      void end(Connection connection, Statement statement) throws SQLException {
        connection.close();
      }
    },
    QUERY_TIMEOUT {
      @Override
      void end(Connection connection, Statement statement) {}
    };

    abstract void end(Connection connection, Statement statement) throws SQLException;
  }

  @ParameterizedTest
  @EnumSource
  void waitOfAReplayEnds(End end) throws Exception {
    try (Connection replaying = CLUSTER.connect();
        Statement statement = replaying.createStatement()) {
      replaying.setAutoCommit(false);
      execute(replaying, "SELECT pg_advisory_xact_lock(7)");
      execute(replaying, "UPDATE account SET balance = 1 WHERE id = 1");
      call(holder, "SELECT pg_advisory_lock(7)");
      if (end == End.QUERY_TIMEOUT) {
        statement.setQueryTimeout(1);
      }
      CLUSTER.faults().at(statementContaining("balance = 2")).answer(conflict());
      Future<Boolean> waiting =
          executor.submit(() -> statement.execute("UPDATE account SET balance = 2 WHERE id = 2"));
      waitsInTheLockTable();
      while (!waiting.isDone()) {
        end.end(replaying, statement);
        LockSupport.parkNanos(1_000_000);
      }
      SQLException failure = failureOf(waiting);
      assertThat((Throwable) failure).isInstanceOf(SQLTransactionRollbackException.class);
      assertThat(failure.getMessage())
          .containsAnyOf(
              "the statement was cancelled",
              "the connection was closed",
              "the query timeout has passed");
    } finally {
      call(holder, "SELECT pg_advisory_unlock(7)");
    }
  }

  @Test
  void afterAWaitThatFailedOnlyTheEndOfTheTransactionIsPossible() throws SQLException {
    try (Connection impatient = CLUSTER.connect("&lockTimeout=50ms")) {
      impatient.setAutoCommit(false);
      execute(impatient, "UPDATE account SET balance = 1 WHERE id = 1");
      assertThat(failure(() -> call(impatient, TRANSACTION)).getSQLState()).isEqualTo("55P03");
      assertThat(failure(() -> call(impatient, "SELECT 1")).getSQLState()).isEqualTo("25P02");
      impatient.commit();
      assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 1")).isEqualTo("0");
      assertThat(call(impatient, "SELECT 1")).isEqualTo("1");
    }
  }

  /** A lost update, or two holders at once, would show in the sum and in the fencing numbers. */
  @ParameterizedTest
  @ValueSource(strings = {"pg_advisory_lock(?)", "pg_try_advisory_lock(?)"})
  void underContentionOneSessionAtATimeHoldsTheLock(String function) throws Exception {
    execute(holder, "UPDATE account SET balance = 0 WHERE id = 2");
    int threads = 4;
    int rounds = 5;
    AtomicInteger inside = new AtomicInteger();
    List<Long> fences = Collections.synchronizedList(new ArrayList<>());
    Callable<Void> worker =
        () -> {
          try (Connection connection = CLUSTER.connect()) {
            for (int i = 0; i < rounds; i++) {
              while ("f".equals(call(connection, "SELECT " + function, 77L))) {
                LockSupport.parkNanos(1_000_000);
              }
              assertThat(inside.incrementAndGet()).isEqualTo(1);
              fences.add(LockCluster.held(connection).get(0).fencingNumber());
              String balance = call(connection, "SELECT balance FROM account WHERE id = 2");
              execute(
                  connection,
                  "UPDATE account SET balance = "
                      + (Integer.parseInt(balance) + 1)
                      + " WHERE id = 2");
              inside.decrementAndGet();
              assertThat(test(connection, "SELECT pg_advisory_unlock(77)")).isTrue();
            }
          }
          return null;
        };
    List<Future<Void>> results = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      results.add(executor.submit(worker));
    }
    for (Future<Void> result : results) {
      result.get();
    }
    assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 2"))
        .isEqualTo(String.valueOf(threads * rounds));
    assertThat(fences).hasSize(threads * rounds).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void severalSessionsThatNeedTheFirstLockTableAtOnceAllGetTheirs() throws Exception {
    List<Future<String>> results = new ArrayList<>();
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      // Another application name is another set of connections, as in another JVM.
      Connection connection =
          CLUSTER.connect("&lockTable=public.other_locks&ApplicationName=jvm" + i);
      connections.add(connection);
      int key = i;
      results.add(executor.submit(() -> call(connection, "SELECT pg_advisory_lock(?)", key)));
    }
    for (Future<String> result : results) {
      assertThat(result.get()).isEmpty();
    }
    for (Connection connection : connections) {
      connection.close();
    }
    assertThat(CLUSTER.ask("SELECT count(*) FROM public.other_locks")).isEqualTo("4");
  }

  /** The holder's row is read again and again. */
  private static void waitsInTheLockTable() {
    int before = reads();
    while (reads() < before + 3) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static int reads() {
    return (int)
        CLUSTER.simulator().statements().stream()
            .filter(sql -> sql.startsWith("SELECT owner, mode, fence"))
            .count();
  }

  private static SQLException failure(ThrowingCallable work) {
    return catchThrowableOfType(SQLException.class, work);
  }

  private static SQLException failureOf(Future<?> future) {
    ExecutionException failure = catchThrowableOfType(ExecutionException.class, future::get);
    return (SQLException) failure.getCause();
  }
}
