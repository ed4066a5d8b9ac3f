package io.dsqlproxy.driver.observation;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what happens until a physical connection is open, and how it is given up. Safe for use by
 * many threads; counters only grow.
 */
public final class ConnectionStatistics {

  private final LongAdder tokensSigned = new LongAdder();
  private final LongAdder tokensRenewed = new LongAdder();
  private final LongAdder tokensRejected = new LongAdder();
  private final LongAdder attempts = new LongAdder();
  private final LongAdder throttled = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder retired = new LongAdder();
  private final LongAdder moved = new LongAdder();

  ConnectionStatistics() {}

  /** An authentication token was signed, for whatever reason. */
  public void tokenSigned() {
    tokensSigned.increment();
  }

  /** A token was signed before the one in use expired. */
  public void tokenRenewed() {
    tokensRenewed.increment();
  }

  /** The server refused a login with a token. */
  public void tokenRejected() {
    tokensRejected.increment();
  }

  /** A login begins, the first one or a further one. */
  public void connectAttempted() {
    attempts.increment();
  }

  /** The server refused a login because there were too many, or the driver held one back. */
  public void connectThrottled() {
    throttled.increment();
  }

  /** The application heard that no connection could be opened. */
  public void connectFailed() {
    failed.increment();
  }

  /** A physical connection was given up because of its age. */
  public void connectionRetired() {
    retired.increment();
  }

  /** Another physical connection took the place of one that was lost, or old. */
  public void connectionMoved() {
    moved.increment();
  }

  Snapshot snapshot() {
    return new Snapshot(
        tokensSigned.sum(),
        tokensRenewed.sum(),
        tokensRejected.sum(),
        attempts.sum(),
        throttled.sum(),
        failed.sum(),
        retired.sum(),
        moved.sum());
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
   * @param retired physical connections given up because of their age
   * @param moved physical connections, lost or old, whose place another one took
   */
  public record Snapshot(
      long tokensSigned,
      long tokensRenewed,
      long tokensRejected,
      long attempts,
      long throttled,
      long failed,
      long retired,
      long moved) {

    /** What was counted after an earlier reading. */
    public Snapshot since(Snapshot before) {
      return new Snapshot(
          tokensSigned - before.tokensSigned,
          tokensRenewed - before.tokensRenewed,
          tokensRejected - before.tokensRejected,
          attempts - before.attempts,
          throttled - before.throttled,
          failed - before.failed,
          retired - before.retired,
          moved - before.moved);
    }
  }
}
