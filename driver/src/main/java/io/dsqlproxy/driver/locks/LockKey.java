package io.dsqlproxy.driver.locks;

import io.dsqlproxy.rewriter.LockRequest.Space;
import java.util.Objects;

/**
 * What is locked. Immutable.
 *
 * @param space what the key is about: equal keys of different spaces are different locks
 * @param key a number, two numbers separated by a comma, or the identity of a table
 */
public record LockKey(Space space, String key) {

  public LockKey {
    Objects.requireNonNull(space, "space");
    Objects.requireNonNull(key, "key");
  }

  /** For messages. */
  @Override
  public String toString() {
    return switch (space) {
      case BIGINT -> "advisory lock (" + key + ")";
      case INTEGERS -> "advisory lock (" + key.replace(",", ", ") + ")";
      case TABLE -> "lock on the table with the OID " + key;
    };
  }
}
