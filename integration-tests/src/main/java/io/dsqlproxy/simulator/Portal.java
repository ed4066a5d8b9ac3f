package io.dsqlproxy.simulator;

/**
 * A bound statement; the request is kept because a conflict makes it necessary to bind again.
 * Immutable.
 *
 * @param parsed the statement
 * @param bind the request that bound it, or null
 */
record Portal(Parsed parsed, Message bind) {

  /** Stands for a name that the client has not given to anything. */
  static final Portal UNKNOWN = new Portal(Parsed.UNKNOWN, null);

  /** How much the client sent: the longer of the text and the parameters. */
  int size() {
    return Math.max(parsed.sql().length(), bind == null ? 0 : bind.body().length);
  }
}
