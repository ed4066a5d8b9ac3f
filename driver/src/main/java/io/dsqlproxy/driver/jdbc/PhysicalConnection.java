package io.dsqlproxy.driver.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postgresql.jdbc.PgConnection;

/**
 * One connection of pgJDBC's, and when it is old. A session has one at a time; two of them are told
 * apart by identity. Safe for use by many threads.
 */
final class PhysicalConnection {

  private final Connection connection;
  private final PgConnection pg;
  private final AtomicBoolean retired = new AtomicBoolean();
  private volatile long oldFrom;

  /**
   * A connection that was opened just now.
   *
   * @throws SQLException if it was not opened by pgJDBC
   */
  PhysicalConnection(Connection connection, Renewal renewal) throws SQLException {
    this.connection = connection;
    this.pg = connection.unwrap(PgConnection.class);
    this.oldFrom = renewal.ages() ? renewal.nanoClock().getAsLong() + renewal.lifeNanos() : 0;
  }

  /** What calls go to. */
  Connection connection() {
    return connection;
  }

  /** The same, with what pgJDBC has beyond JDBC. */
  PgConnection pg() {
    return pg;
  }

  /** Whether a connection that ages is old now. */
  boolean isOld(long now) {
    return now - oldFrom >= 0;
  }

  /** It is old from another moment on. */
  void oldFrom(long moment) {
    oldFrom = moment;
  }

  /** It is not used any more because it is old; true the first time. */
  boolean retire() {
    return retired.compareAndSet(false, true);
  }

  /** For the connection that took its place, or did not: a failure to close changes nothing. */
  void closeQuietly() {
    try {
      connection.close();
    } catch (SQLException alreadyUnusable) {
      return;
    }
  }
}
