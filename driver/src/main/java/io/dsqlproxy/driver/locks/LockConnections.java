package io.dsqlproxy.driver.locks;

import io.dsqlproxy.driver.execution.Conflict;
import io.dsqlproxy.driver.execution.DsqlExceptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections on which the lock table is read and changed, apart from the application's. Safe
 * for use by many threads; as many as there are permits work at once, and few stay open.
 */
final class LockConnections {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.locks");

  private static final int MOST_IDLE = 2;
  private static final int MOST_AT_WORK = 4;
  private static final int MOST_ATTEMPTS = 20;
  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(4);

  /** The service closes connections after an hour. */
  private static final Duration OLDEST = Duration.ofMinutes(50);

  private static final String UNDEFINED_TABLE = "42P01";
  private static final String UNIQUE_VIOLATION = "23505";
  private static final String DUPLICATE_TABLE = "42P07";
  private static final String CONNECTION_EXCEPTION = "08";

  private final LockTable table;
  private final int networkTimeoutMillis;
  private final Semaphore atWork = new Semaphore(MOST_AT_WORK, true);
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Open> idle = new ArrayDeque<>();
  private LockAccess.Opener opener;
  private boolean closed = true;
  private volatile boolean tableKnown;

  /**
   * Connections to a cluster.
   *
   * @param networkTimeout after which the server is taken for gone
   */
  LockConnections(LockTable table, Duration networkTimeout) {
    this.table = table;
    this.networkTimeoutMillis = (int) networkTimeout.toMillis();
  }

  /**
   * Something that is done in one transaction, and done again after a conflict.
   *
   * @param <T> what it gives
   */
  @FunctionalInterface
  interface Work<T> {

    T in(Connection connection) throws SQLException;
  }

  private record Open(Connection connection, long since, boolean used) {}

  /** Connections can be opened, from now on with this opener. */
  void use(LockAccess.Opener latest) {
    lock.lock();
    try {
      opener = latest;
      closed = false;
    } finally {
      lock.unlock();
    }
  }

  /** Nobody needs them any more, until they are used again. */
  void close() {
    Open open = null;
    do {
      lock.lock();
      try {
        closed = true;
        opener = null;
        open = idle.poll();
      } finally {
        lock.unlock();
      }
      if (open != null) {
        closeQuietly(open.connection());
      }
    } while (open != null);
  }

  /** Whether the lock table is known to exist. */
  boolean isTableKnown() {
    return tableKnown;
  }

  /** Does some work in turn. */
  <T> T run(Work<T> work) throws SQLException {
    atWork.acquireUninterruptibly();
    try {
      return runAtOnce(work);
    } finally {
      atWork.release();
    }
  }

  /** Does some work that must not wait for other work. */
  <T> T runAtOnce(Work<T> work) throws SQLException {
    SQLException last = null;
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Open open = borrow();
      try {
        T result = work.in(open.connection());
        open.connection().commit();
        tableKnown = true;
        giveBack(open);
        return result;
      } catch (SQLException failure) {
        last = failure;
        discardOrGiveBack(open, failure);
        recover(failure, open.used());
      } catch (RuntimeException | Error failure) {
        closeQuietly(open.connection());
        throw failure;
      }
    }
    throw last;
  }

  /** Returns if the work may be done again. */
  private void recover(SQLException failure, boolean used) throws SQLException {
    String sqlState = String.valueOf(failure.getSQLState());
    if (Conflict.isReportedBy(failure) || sqlState.equals(UNIQUE_VIOLATION)) {
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE));
    } else if (sqlState.equals(UNDEFINED_TABLE) && !tableKnown) {
      createTable();
    } else if (!(used && sqlState.startsWith(CONNECTION_EXCEPTION))) {
      throw failure;
    }
  }

  /** Several JVMs may do so at once, and other definitions may be under way. */
  private void createTable() throws SQLException {
    LOG.info("The lock table does not exist and is created: {}", table.create());
    SQLException last = null;
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Open open = borrow();
      try (Statement statement = open.connection().createStatement()) {
        statement.execute(table.create());
        open.connection().commit();
        giveBack(open);
        return;
      } catch (SQLException failure) {
        last = failure;
        discardOrGiveBack(open, failure);
        String sqlState = String.valueOf(failure.getSQLState());
        if (sqlState.equals(DUPLICATE_TABLE) || sqlState.equals(UNIQUE_VIOLATION)) {
          return;
        }
        if (!Conflict.isReportedBy(failure)) {
          throw failure;
        }
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE));
      }
    }
    throw last;
  }

  // -------------------- connections

  private Open borrow() throws SQLException {
    while (true) {
      Open open;
      LockAccess.Opener now;
      lock.lock();
      try {
        if (closed) {
          // Whoever closes takes what is idle.
          throw new SQLException("The session is closed", "08003");
        }
        open = idle.poll();
        now = opener;
      } finally {
        lock.unlock();
      }
      if (open == null) {
        return open(now);
      }
      if (System.nanoTime() - open.since() < OLDEST.toNanos()) {
        return new Open(open.connection(), open.since(), true);
      }
      closeQuietly(open.connection());
    }
  }

  private Open open(LockAccess.Opener now) throws SQLException {
    Connection connection = now.open();
    try {
      if (connection.getTransactionIsolation() < Connection.TRANSACTION_REPEATABLE_READ) {
        throw DsqlExceptions.locksNeedRepeatableRead();
      }
      connection.setAutoCommit(false);
      connection.setNetworkTimeout(Runnable::run, networkTimeoutMillis);
      return new Open(connection, System.nanoTime(), false);
    } catch (SQLException | RuntimeException | Error failure) {
      closeQuietly(connection);
      throw failure;
    }
  }

  private void discardOrGiveBack(Open open, SQLException failure) {
    try {
      if (!open.connection().isClosed()) {
        open.connection().rollback();
        giveBack(open);
      }
    } catch (SQLException unusable) {
      failure.addSuppressed(unusable);
      closeQuietly(open.connection());
    }
  }

  private void giveBack(Open open) {
    boolean kept;
    lock.lock();
    try {
      kept = !closed && idle.size() < MOST_IDLE && idle.offerFirst(open);
    } finally {
      lock.unlock();
    }
    if (!kept) {
      closeQuietly(open.connection());
    }
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException failure) {
      LOG.debug("A connection for locks could not be closed", failure);
    }
  }
}
