package io.dsqlproxy.simulator.fault;

import java.time.Duration;

/** Something that goes wrong; a value. Where and how often is said by {@link FaultScript#at}. */
public sealed interface Fault {

  /** An error in the place of an answer; the connection stays usable. */
  record Failure(String sqlState, String message) implements Fault {}

  /** A login that is refused; {@code hint} may be null. */
  record Refusal(String sqlState, String message, String hint) implements Fault {}

  /** The client sees nothing but a closed socket. */
  record Disconnect() implements Fault {}

  /** The server goes on a little later. */
  record Delay(Duration duration) implements Fault {

    /** No client is kept waiting for longer than this. */
    public static final Duration LONGEST = Duration.ofMinutes(1);

    /** Refuses a duration that is not between nothing and {@link #LONGEST}. */
    public Delay {
      if (duration.isNegative() || duration.isZero() || duration.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException("a delay is to be up to " + LONGEST + ": " + duration);
      }
    }
  }

  /** The server says nothing more, and keeps the socket open, until the fault is removed. */
  record Silence() implements Fault {}

  /** Another transaction committed first (OC000); the transaction is rolled back. */
  static Fault conflict() {
    return new Failure("40001", "change conflicts with another transaction (OC000)");
  }

  /** The schema was changed by another session (OC001); the transaction is rolled back. */
  static Fault schemaConflict() {
    return new Failure("40001", "schema has been updated by another transaction (OC001)");
  }

  /** The service cannot answer at the moment; the outcome of a COMMIT is unknown. */
  static Fault unavailable() {
    return error("XX000", "server is unavailable, please retry later");
  }

  /** Any other error. */
  static Fault error(String sqlState, String message) {
    if (!sqlState.matches("[0-9A-Z]{5}")) {
      throw new IllegalArgumentException("not an SQLSTATE: " + sqlState);
    }
    return new Failure(sqlState, message);
  }

  /** A login is refused as if its token had expired. */
  static Fault expiredToken() {
    return new Refusal(
        "08006",
        "unable to accept connection, access denied",
        "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z");
  }

  /** A login is refused because there were too many of them in a short time. */
  static Fault throttled() {
    return new Refusal("53400", "Unable to accept connection, rate exceeded.", null);
  }

  /** A login is refused because the cluster is waking up. */
  static Fault asleep() {
    return new Refusal(
        "08006", "unable to accept connection, waking up cluster, please retry later", null);
  }

  /** A login is refused because too many connections are open. */
  static Fault tooManyConnections() {
    return new Refusal("53300", "Unable to accept connection, too many open connections.", null);
  }

  /** The connection is cut. A transaction that PostgreSQL has not committed is rolled back. */
  static Fault disconnect() {
    return new Disconnect();
  }

  /** A slow network: the server goes on after this time, which is bounded. */
  static Fault delay(Duration duration) {
    return new Delay(duration);
  }

  /** A half-open connection: no answer until the fault is removed, and then as if nothing was. */
  static Fault silence() {
    return new Silence();
  }
}
