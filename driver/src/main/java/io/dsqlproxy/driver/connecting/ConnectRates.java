package io.dsqlproxy.driver.connecting;

import io.dsqlproxy.driver.configuration.ConnectSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How fast this JVM opens connections to each cluster: a token bucket for each, shared by all
 * pools. Whoever comes first is served first, because a place is reserved at once and then waited
 * for. Pools with different settings share the bucket, and each keeps to its own. Safe for use by
 * many threads; never waits itself.
 */
final class ConnectRates {

  /** Beyond so many buckets those that are full again are forgotten: they are as good as new. */
  private static final int MOST_BUCKETS = 64;

  private final LongSupplier nanoClock;

  /** For each server the moment at which its bucket is full again, on the clock. */
  private final Map<String, Long> fullAt = new ConcurrentHashMap<>();

  ConnectRates(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Reserves the next place.
   *
   * @param patience the longest wait that makes sense
   * @return how long to wait for the place, zero or more; empty if that is too long, and then
   *     nothing is reserved
   */
  Optional<Duration> reserve(String server, ConnectSettings settings, Duration patience) {
    long now = nanoClock.getAsLong();
    forgetTheFull(now);
    long interval = interval(settings);
    long[] wait = new long[1];
    fullAt.compute(
        server,
        (name, before) -> {
          long full = later(before, now) + interval;
          wait[0] = Math.max(0, full - now - settings.burst() * interval);
          return wait[0] > patience.toNanos() ? before : Long.valueOf(full);
        });
    return wait[0] > patience.toNanos() ? Optional.empty() : Optional.of(Duration.ofNanos(wait[0]));
  }

  /** A place that was reserved is not used. Those who come later are served so much sooner. */
  void giveBack(String server, ConnectSettings settings) {
    fullAt.computeIfPresent(server, (name, before) -> before - interval(settings));
  }

  /** The server counts more logins than this JVM has made: nothing is left of the burst. */
  void drain(String server, ConnectSettings settings) {
    long now = nanoClock.getAsLong();
    fullAt.compute(
        server, (name, before) -> later(before, now + settings.burst() * interval(settings)));
  }

  private static long interval(ConnectSettings settings) {
    return TimeUnit.SECONDS.toNanos(1) / settings.rate();
  }

  /** Moments of a clock with any origin are compared by their distance. */
  private static long later(Long moment, long other) {
    return moment == null || moment - other < 0 ? other : moment;
  }

  private void forgetTheFull(long now) {
    if (fullAt.size() > MOST_BUCKETS) {
      fullAt.values().removeIf(full -> full - now <= 0);
    }
  }

  /** The number of servers that are remembered. */
  int size() {
    return fullAt.size();
  }
}
