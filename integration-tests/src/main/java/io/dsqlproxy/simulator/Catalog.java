package io.dsqlproxy.simulator;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the changes of the cluster's schema, so that a session can tell whether what it knows is
 * out of date. Thread-safe.
 */
final class Catalog {

  private final AtomicLong version = new AtomicLong();
  private final boolean strict;

  /**
   * Makes the catalog of a new cluster.
   *
   * @param strict whether a session is out of date even if it had no transaction open
   */
  Catalog(boolean strict) {
    this.strict = strict;
  }

  boolean isStrict() {
    return strict;
  }

  long version() {
    return version.get();
  }

  /** A change has been committed, or an asynchronous job completed; answers the new version. */
  long changed() {
    return version.incrementAndGet();
  }
}
