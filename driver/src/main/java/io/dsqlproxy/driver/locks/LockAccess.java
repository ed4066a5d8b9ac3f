package io.dsqlproxy.driver.locks;

import io.dsqlproxy.driver.execution.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;

/**
 * How a connection gets at its emulated locks. Immutable.
 *
 * @param service what it shares with others
 * @param opener opens connections like it
 */
public record LockAccess(LockService service, Opener opener) {

  public LockAccess {
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(opener, "opener");
  }

  /** The locks of a connection that has none yet. */
  public SessionLocks of(Session session) {
    return new SessionLocks(service, opener, session);
  }

  /** Opens physical connections. Safe for use by many threads. */
  @FunctionalInterface
  public interface Opener {

    /** A new connection of pgJDBC's. */
    Connection open() throws SQLException;
  }
}
