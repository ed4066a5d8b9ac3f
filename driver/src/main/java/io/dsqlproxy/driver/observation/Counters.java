package io.dsqlproxy.driver.observation;

import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** Counts events and adds up times, and tells listeners. Safe for use by many threads. */
final class Counters {

  private final LongAdder[] events = new LongAdder[DriverEvent.values().length];
  private final Times[] timings = new Times[DriverTiming.values().length];
  private final Listeners listeners;

  Counters(Listeners listeners) {
    this.listeners = listeners;
    for (int i = 0; i < events.length; i++) {
      events[i] = new LongAdder();
    }
    for (int i = 0; i < timings.length; i++) {
      timings[i] = new Times();
    }
  }

  /** Counts without telling anybody: on the way of every statement. */
  void count(DriverEvent event) {
    events[event.ordinal()].increment();
  }

  void happened(DriverEvent event) {
    count(event);
    listeners.happened(event);
  }

  void took(DriverTiming timing, long nanoseconds) {
    long time = Math.max(0, nanoseconds);
    Times times = timings[timing.ordinal()];
    times.count.increment();
    times.total.add(time);
    times.longest.accumulate(time);
    listeners.took(timing, time);
  }

  long of(DriverEvent event) {
    return events[event.ordinal()].sum();
  }

  TimingSummary of(DriverTiming timing) {
    Times times = timings[timing.ordinal()];
    return new TimingSummary(times.count.sum(), times.total.sum(), times.longest.get());
  }

  private static final class Times {

    private final LongAdder count = new LongAdder();
    private final LongAdder total = new LongAdder();
    private final LongAccumulator longest = new LongAccumulator(Math::max, 0);
  }
}
