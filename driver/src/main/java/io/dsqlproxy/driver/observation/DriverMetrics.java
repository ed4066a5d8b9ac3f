package io.dsqlproxy.driver.observation;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The driver's statistics for Micrometer, which the application brings: {@code new
 * DriverMetrics().bindTo(registry)}, or a bean of this type in Spring Boot. A counter {@code
 * dsqlproxy.} and the name of each {@link DriverEvent}; a timer for each {@link DriverTiming}, and
 * a gauge of the longest, {@code ….max}. Immutable.
 */
public final class DriverMetrics implements MeterBinder {

  private static final String PREFIX = "dsqlproxy.";

  private final DriverStatistics statistics;

  /** The statistics of this JVM's connections. */
  public DriverMetrics() {
    this(DriverStatistics.global());
  }

  /** Other statistics. */
  public DriverMetrics(DriverStatistics statistics) {
    this.statistics = Objects.requireNonNull(statistics, "statistics");
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (DriverEvent event : DriverEvent.values()) {
      FunctionCounter.builder(PREFIX + event.key(), statistics, s -> s.count(event))
          .description(event.description())
          .register(registry);
    }
    for (DriverTiming timing : DriverTiming.values()) {
      FunctionTimer.builder(
              PREFIX + timing.key(),
              statistics,
              s -> s.timing(timing).count(),
              s -> s.timing(timing).total(),
              TimeUnit.NANOSECONDS)
          .description(timing.description())
          .register(registry);
      TimeGauge.builder(
              PREFIX + timing.key() + ".max",
              statistics,
              TimeUnit.NANOSECONDS,
              s -> s.timing(timing).longest())
          .description(timing.description())
          .register(registry);
    }
  }
}
