package io.dsqlproxy.simulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until it is told to go on. Thread-safe. */
public final class SimulatedClock extends Clock {

  private final AtomicReference<Instant> now;

  private SimulatedClock(Instant start) {
    this.now = new AtomicReference<>(start);
  }

  /** A clock that shows the present, so that a token made now is good. */
  public static SimulatedClock atPresent() {
    return new SimulatedClock(Instant.now());
  }

  /** Goes on by so much at once. */
  public void advance(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  /** Refuses another zone than UTC: a copy would not go on with this clock. */
  @Override
  public Clock withZone(ZoneId zone) {
    if (zone.equals(ZoneOffset.UTC)) {
      return this;
    }
    throw new UnsupportedOperationException("only UTC");
  }
}
