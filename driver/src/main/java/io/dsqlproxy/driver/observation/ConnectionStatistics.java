package io.dsqlproxy.driver.observation;

/**
 * Counts what happens until a physical connection is open, and how it is given up. Safe for use by
 * many threads; counters only grow.
 */
public final class ConnectionStatistics {

  private final Counters counters;

  ConnectionStatistics(Counters counters) {
    this.counters = counters;
  }

  /** An authentication token was signed, for whatever reason. */
  public void tokenSigned() {
    counters.happened(DriverEvent.TOKEN_SIGNED);
  }

  /**
   * Something took so long.
   *
   * @param nanoseconds negative times count as 0
   */
  public void took(DriverTiming timing, long nanoseconds) {
    counters.took(timing, nanoseconds);
  }

  /** A token was signed before the one in use expired. */
  public void tokenRenewed() {
    counters.happened(DriverEvent.TOKEN_RENEWED);
  }

  /** No token could be signed before the one in use expires. */
  public void tokenNotRenewed() {
    counters.happened(DriverEvent.TOKEN_NOT_RENEWED);
  }

  /** The server refused a login with a token. */
  public void tokenRejected() {
    counters.happened(DriverEvent.TOKEN_REJECTED);
  }

  /** A login begins, the first one or a further one. */
  public void connectAttempted() {
    counters.happened(DriverEvent.CONNECT_ATTEMPTED);
  }

  /** The server refused a login because there were too many, or the driver held one back. */
  public void connectThrottled() {
    counters.happened(DriverEvent.CONNECT_THROTTLED);
  }

  /** The application heard that no connection could be opened. */
  public void connectFailed() {
    counters.happened(DriverEvent.CONNECT_FAILED);
  }

  /** A physical connection was given up because of its age. */
  public void connectionRetired() {
    counters.happened(DriverEvent.CONNECTION_RETIRED);
  }

  /** Another physical connection took the place of one that was lost, or old. */
  public void connectionMoved() {
    counters.happened(DriverEvent.CONNECTION_MOVED);
  }

  Snapshot snapshot() {
    return new Snapshot(
        counters.of(DriverEvent.TOKEN_SIGNED),
        counters.of(DriverEvent.TOKEN_RENEWED),
        counters.of(DriverEvent.TOKEN_REJECTED),
        counters.of(DriverEvent.CONNECT_ATTEMPTED),
        counters.of(DriverEvent.CONNECT_THROTTLED),
        counters.of(DriverEvent.CONNECT_FAILED));
  }

  /**
   * A reading of all counters.
   *
   * @param tokensSigned authentication tokens signed, for whatever reason
   * @param tokensRenewed tokens signed before the one in use expired
   * @param tokensRejected logins that the server refused although they showed a token
   * @param attempts logins to clusters that were begun, further ones included
   * @param throttled logins that the server refused because there were too many, or that the driver
   *     held back so that it need not
   * @param failed connections that the application asked for and did not get
   */
  public record Snapshot(
      long tokensSigned,
      long tokensRenewed,
      long tokensRejected,
      long attempts,
      long throttled,
      long failed) {

    /** What was counted after an earlier reading. */
    public Snapshot since(Snapshot before) {
      return new Snapshot(
          tokensSigned - before.tokensSigned,
          tokensRenewed - before.tokensRenewed,
          tokensRejected - before.tokensRejected,
          attempts - before.attempts,
          throttled - before.throttled,
          failed - before.failed);
    }
  }
}
