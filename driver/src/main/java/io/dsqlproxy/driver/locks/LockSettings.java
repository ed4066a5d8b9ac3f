package io.dsqlproxy.driver.locks;

import io.dsqlproxy.rewriter.LockEmulation;
import java.time.Duration;
import java.util.Objects;

/**
 * How locks are emulated that Aurora DSQL does not have. Immutable.
 *
 * @param emulation which of them
 * @param table the lock table, as it is written in SQL, with its schema
 * @param lease how long a lease lasts that is not renewed
 * @param timeout how long a statement waits for a lock; zero for as long as it takes
 */
public record LockSettings(
    LockEmulation emulation, String table, Duration lease, Duration timeout) {

  public LockSettings {
    Objects.requireNonNull(emulation, "emulation");
    Objects.requireNonNull(table, "table");
    Objects.requireNonNull(lease, "lease");
    Objects.requireNonNull(timeout, "timeout");
  }
}
