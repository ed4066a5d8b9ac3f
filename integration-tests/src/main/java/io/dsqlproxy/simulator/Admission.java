package io.dsqlproxy.simulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Whether the cluster takes one more connection: how many are open, how fast they come (a token
 * bucket), and whether it sleeps. Thread-safe.
 */
final class Admission {

  private static final Rejection TOO_MANY =
      new Rejection("53300", "Unable to accept connection, too many open connections.");
  private static final Rejection TOO_FAST =
      new Rejection("53400", "Unable to accept connection, rate exceeded.");
  private static final Rejection ASLEEP =
      new Rejection("08006", "unable to accept connection, waking up cluster, please retry later");
  private static final long FOR_EVER = Long.MAX_VALUE;

  private final ClusterLimits limits;
  private final Clock clock;
  private int open;
  private double bucket;
  private Instant filledAt;
  private long sleepsFor;

  Admission(ClusterLimits limits, Clock clock) {
    this.limits = limits;
    this.clock = clock;
    this.bucket = limits.connectBurst();
    this.filledAt = clock.instant();
  }

  /** PostgreSQL, too, has a limit, which is lower than the service's. */
  static Rejection tooMany() {
    return TOO_MANY;
  }

  /** Why a new connection is refused; null if it was let in, and must {@link #leave} later. */
  synchronized Rejection enter() {
    refill();
    if (bucket < 1) {
      return TOO_FAST;
    }
    bucket--;
    if (open >= limits.maxConnections()) {
      return TOO_MANY;
    }
    open++;
    return null;
  }

  synchronized void leave() {
    open--;
  }

  synchronized int open() {
    return open;
  }

  /** Why a login is refused that has shown a good token; null if the cluster is awake. */
  synchronized Rejection wake() {
    if (sleepsFor == 0) {
      return null;
    }
    if (sleepsFor != FOR_EVER) {
      sleepsFor--;
    }
    return ASLEEP;
  }

  synchronized void sleepFor(int logins) {
    sleepsFor = logins;
  }

  synchronized void sleepUntilTold() {
    sleepsFor = FOR_EVER;
  }

  private void refill() {
    Instant now = clock.instant();
    double seconds = Duration.between(filledAt, now).toNanos() / 1e9;
    bucket = Math.min(limits.connectBurst(), bucket + seconds * limits.connectsPerSecond());
    filledAt = now;
  }
}
