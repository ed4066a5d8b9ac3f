package io.dsqlproxy.rewriter;

import java.util.Objects;

/**
 * The lock that a query was written with and is sent without. Immutable.
 *
 * @param locked the query with its lock; it has the same parameters
 * @param versions what the result tells about versions of rows; null if the lock is deferred only
 */
public record PostponedLock(PlannedForm.Send locked, VersionedRead versions) {

  public PostponedLock {
    Objects.requireNonNull(locked, "locked");
  }
}
