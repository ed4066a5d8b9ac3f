package io.dsqlproxy.driver.history;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why one transaction comes before another in every explanation of a history. Immutable.
 *
 * @param key the row that says so; null if none does
 */
record Dependency(String from, String to, Kind kind, Key key) {

  /** What the two did. */
  enum Kind {
    /** They ran one after the other in a session. */
    SESSION(true),
    /** The second wrote the version after that of the first. */
    WRITE_WRITE(true),
    /** The second read what the first wrote. */
    WRITE_READ(true),
    /** The first read, with a lock, the version before what the second wrote. */
    LOCKED_READ_WRITE(true),
    /** The first read the version before what the second wrote. */
    READ_WRITE(false);

    private final boolean commitsBefore;

    Kind(boolean commitsBefore) {
      this.commitsBefore = commitsBefore;
    }

    /** Whether the first has committed before the second's snapshot, if all is well. */
    boolean commitsBefore() {
      return commitsBefore;
    }

    boolean isReadWrite() {
      return this == READ_WRITE || this == LOCKED_READ_WRITE;
    }
  }

  static Set<String> transactions(List<Dependency> path) {
    return path.stream().map(Dependency::from).collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public String toString() {
    return from + " -" + kind + (key == null ? "" : " " + key) + "-> " + to;
  }
}
