package io.dsqlproxy.driver.locks;

import io.dsqlproxy.driver.execution.Conflict;
import io.dsqlproxy.driver.execution.Session;
import io.dsqlproxy.rewriter.analysis.TransactionModes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The locks in the lock table of one cluster: each method is one transaction, which is run again
 * after conflicts. Safe for use by many threads.
 */
final class LockStore {

  private final LockTable table;
  private final Duration duration;
  private final LockConnections connections;

  /**
   * The locks in a table.
   *
   * @param duration of a lease that is not renewed
   */
  LockStore(LockTable table, Duration duration, LockConnections connections) {
    this.table = table;
    this.duration = duration;
    this.connections = connections;
  }

  private record Row(String owner, String mode, long fence, boolean expired) {

    boolean isLock() {
      return owner.isEmpty();
    }

    boolean conflicts(UUID with, boolean shared) {
      return !isLock()
          && !owner.equals(with.toString())
          && !(shared && mode.equals(LockTable.SHARED));
    }
  }

  /** Whether the lock table is known to exist. */
  boolean isTableKnown() {
    return connections.isTableKnown();
  }

  /**
   * Takes a lease, if no other session has one that conflicts. Empty also if so many sessions try
   * at once that none can be told to be first.
   */
  Optional<Lease> tryTake(UUID owner, LockKey key, boolean shared) throws SQLException {
    try {
      return connections.run(connection -> tryTake(connection, owner, key, shared));
    } catch (SQLException failure) {
      if (Conflict.isReportedBy(failure)) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /**
   * An exclusive lease locks what it has read, so that it conflicts with those who only read it FOR
   * KEY SHARE.
   */
  private Optional<Lease> tryTake(Connection connection, UUID owner, LockKey key, boolean shared)
      throws SQLException {
    long asked = System.nanoTime();
    String mode = shared ? LockTable.SHARED : LockTable.EXCLUSIVE;
    long given = 0;
    boolean known = false;
    List<Row> inTheWay = new ArrayList<>();
    for (Row row : read(connection, key, !shared)) {
      boolean conflicts = row.conflicts(owner, shared);
      if (conflicts && !row.expired()) {
        // What was locked to be read must not get into the way of the lease's renewal.
        connection.rollback();
        return Optional.empty();
      }
      if (row.isLock()) {
        known = true;
        given = row.fence();
      } else if (conflicts || row.owner().equals(owner.toString()) && row.mode().equals(mode)) {
        // Its own is left over from a COMMIT whose answer was lost.
        inTheWay.add(row);
      }
    }
    for (Row row : inTheWay) {
      delete(connection, key, row);
    }
    long fence = given + 1;
    if (known) {
      execute(connection, table.countLease(), fence, key.space().name(), key.key());
    } else {
      execute(connection, table.insertLock(), key.space().name(), key.key(), fence);
    }
    execute(
        connection,
        table.insertLease(),
        key.space().name(),
        key.key(),
        owner.toString(),
        mode,
        fence,
        duration.toMillis());
    return Optional.of(new Lease(owner, key, shared, fence, duration, asked));
  }

  /**
   * Whether no other session has a lease that conflicts. The lock's own row exists afterwards if
   * so, and expired leases do not.
   */
  boolean isFree(UUID owner, LockKey key, boolean shared) throws SQLException {
    return connections.run(connection -> isFree(connection, owner, key, shared));
  }

  private boolean isFree(Connection connection, UUID owner, LockKey key, boolean shared)
      throws SQLException {
    boolean known = false;
    List<Row> expired = new ArrayList<>();
    for (Row row : read(connection, key, false)) {
      known |= row.isLock();
      if (row.conflicts(owner, shared)) {
        if (!row.expired()) {
          return false;
        }
        expired.add(row);
      }
    }
    for (Row row : expired) {
      delete(connection, key, row);
    }
    if (!known) {
      execute(connection, table.insertLock(), key.space().name(), key.key(), 0L);
    }
    return true;
  }

  /** Gives a lease back, which may be lost. */
  void release(Lease lease) throws SQLException {
    connections.run(connection -> delete(connection, lease.key(), rowOf(lease)));
  }

  private static Row rowOf(Lease lease) {
    String mode = lease.shared() ? LockTable.SHARED : LockTable.EXCLUSIVE;
    return new Row(lease.owner().toString(), mode, lease.fencingNumber(), false);
  }

  /** Lets leases begin anew. Those that were taken away are lost. */
  void renew(List<Lease> leases) throws SQLException {
    connections.runAtOnce(
        connection -> {
          long asked = System.nanoTime();
          int[] renewed = renew(connection, leases);
          connection.commit();
          for (int i = 0; i < renewed.length; i++) {
            if (renewed[i] == 0) {
              leases.get(i).lose();
            } else {
              leases.get(i).renewed(asked);
            }
          }
          return null;
        });
  }

  private int[] renew(Connection connection, List<Lease> leases) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(table.renewLease())) {
      for (Lease lease : leases) {
        Row row = rowOf(lease);
        bind(
            statement,
            duration.toMillis(),
            lease.key().space().name(),
            lease.key().key(),
            row.owner(),
            row.mode(),
            row.fence());
        statement.addBatch();
      }
      return statement.executeBatch();
    }
  }

  // -------------------- in the application's transactions

  /** Takes the lock for the open transaction. False if it does not see the lock as free. */
  boolean lockInTransaction(Session session, UUID owner, LockKey key, boolean shared)
      throws SQLException {
    String sql = table.lockInTransaction(shared, !writesNothing(session));
    try (PreparedStatement statement = session.prepare(sql)) {
      bind(statement, key.space().name(), key.key(), owner.toString());
      return hasRow(statement);
    }
  }

  /** Lets the open transaction fail at COMMIT if the lease is lost then. False if it is now. */
  boolean fence(Session session, Lease lease) throws SQLException {
    String sql = table.fence(!writesNothing(session));
    try (PreparedStatement statement = session.prepare(sql)) {
      Row row = rowOf(lease);
      bind(
          statement,
          lease.key().space().name(),
          lease.key().key(),
          row.owner(),
          row.mode(),
          row.fence());
      return hasRow(statement);
    }
  }

  /** The server is asked only where the application has set the connection to be read-only. */
  static boolean writesNothing(Session session) throws SQLException {
    return session.isReadOnly() && session.has(List.of(TransactionModes.Kind.READ_ONLY));
  }

  private static boolean hasRow(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      return row.next();
    }
  }

  // -------------------- statements

  private List<Row> read(Connection connection, LockKey key, boolean locking) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(table.read(locking))) {
      bind(statement, key.space().name(), key.key());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          rows.add(new Row(row.getString(1), row.getString(2), row.getLong(3), row.getBoolean(4)));
        }
      }
    }
    return rows;
  }

  private int delete(Connection connection, LockKey key, Row row) throws SQLException {
    return execute(
        connection,
        table.deleteLease(),
        key.space().name(),
        key.key(),
        row.owner(),
        row.mode(),
        row.fence());
  }

  private static int execute(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      return statement.executeUpdate();
    }
  }

  private static void bind(PreparedStatement statement, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }
}
