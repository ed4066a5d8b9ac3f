package io.dsqlproxy.driver.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.dsqlproxy.driver.DsqlDriver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** Whatever is counted is seen by listeners, through JMX and through Micrometer alike. */
class ObservationTest {

  private final DriverStatistics statistics = new DriverStatistics();

  /** Remembers what it hears. */
  private static final class Recorder implements DriverListener {

    private final List<Object> heard = new ArrayList<>();

    @Override
    public void happened(DriverEvent event) {
      heard.add(event);
    }

    @Override
    public void took(DriverTiming timing, Duration time) {
      heard.add(timing + " " + time.toMillis());
    }
  }

  @Test
  void listenersHearEachEventAndTimeInItsOrderButNoStatements() {
    Recorder recorder = new Recorder();
    statistics.addListener(recorder);
    statistics.statementExecuted();
    statistics.conflictSeen();
    statistics.connections().tokenSigned();
    statistics.took(DriverTiming.REPLAYING, TimeUnit.MILLISECONDS.toNanos(7));
    statistics.removeListener(recorder);
    statistics.conflictSeen();
    assertThat(recorder.heard)
        .containsExactly(DriverEvent.CONFLICT, DriverEvent.TOKEN_SIGNED, "REPLAYING 7");
    assertThat(statistics.count(DriverEvent.STATEMENT)).isOne();
    assertThat(statistics.count(DriverEvent.CONFLICT)).isEqualTo(2);
  }

  @Test
  void listenerThatFailsHindersNeitherTheDriverNorTheOtherListeners() {
    Recorder recorder = new Recorder();
    statistics.addListener(
        new DriverListener() {
          @Override
          public void happened(DriverEvent event) {
            throw new IllegalStateException("broken");
          }
        });
    statistics.addListener(recorder);
    assertThatCode(statistics::conflictSeen).doesNotThrowAnyException();
    assertThat(recorder.heard).containsExactly(DriverEvent.CONFLICT);
  }

  @Test
  void errorOfAListenerIsIgnoredLikeAnException() {
    Recorder recorder = new Recorder();
    statistics.addListener(
        new DriverListener() {
          @Override
          public void happened(DriverEvent event) {
            throw new NoClassDefFoundError("broken");
          }
        });
    statistics.addListener(recorder);
    assertThatCode(statistics::conflictSeen).doesNotThrowAnyException();
    assertThat(recorder.heard).containsExactly(DriverEvent.CONFLICT);
  }

  /** As the iterator of a service loader fails, once for each service. */
  @Test
  void serviceThatCannotBeMadeHidesNoOther() {
    Recorder recorder = new Recorder();
    Listeners listeners = new Listeners();
    Iterator<Supplier<DriverListener>> services =
        List.<Supplier<DriverListener>>of(
                () -> {
                  throw new ServiceConfigurationError("broken");
                },
                () -> recorder,
                () -> {
                  throw new NoClassDefFoundError("broken");
                })
            .iterator();
    listeners.addServices(
        () ->
            new Iterator<>() {
              @Override
              public boolean hasNext() {
                return services.hasNext();
              }

              @Override
              public DriverListener next() {
                return services.next().get();
              }
            });
    listeners.happened(DriverEvent.CONFLICT);
    assertThat(recorder.heard).containsExactly(DriverEvent.CONFLICT);
  }

  @Test
  void timesAreCountedAddedUpAndTheLongestIsKept() {
    statistics.took(DriverTiming.CONNECTING, 5);
    statistics.took(DriverTiming.CONNECTING, 9);
    statistics.took(DriverTiming.CONNECTING, -1);
    assertThat(statistics.timing(DriverTiming.CONNECTING)).isEqualTo(new TimingSummary(3, 14, 9));
    assertThat(statistics.timing(DriverTiming.REPLAYING)).isEqualTo(new TimingSummary(0, 0, 0));
  }

  @Test
  void driverShowsEveryEventAndTimingThroughJmx() throws Exception {
    new DsqlDriver();
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName name = new ObjectName(DriverMBean.NAME);
    long before = (Long) server.getAttribute(name, "ConflictsExhausted");
    DriverStatistics.global().retriesExhausted();
    assertThat(server.getAttribute(name, "ConflictsExhausted")).isEqualTo(before + 1);
    assertThat(server.getMBeanInfo(name).getAttributes())
        .extracting(MBeanAttributeInfo::getName)
        .contains("Statements", "TokenSigningCount", "ConnectingTotalMilliseconds")
        .hasSize(DriverEvent.values().length + 3 * DriverTiming.values().length)
        .allSatisfy(
            attribute ->
                assertThat(server.getAttribute(name, attribute)).isInstanceOf(Number.class));
  }

  /** As in a server with an application for each class loader. */
  @Test
  void driverThatLeavesTakesNoStatisticsOfAnotherClassLoaderWithIt() throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName name = new ObjectName(DriverMBean.NAME);
    DriverMBean.unregister();
    assertThat(server.isRegistered(name)).isFalse();
    server.registerMBean(new DriverMBean(statistics), name);
    try {
      DriverMBean.register();
      DriverMBean.unregister();
      assertThat(server.isRegistered(name)).isTrue();
    } finally {
      server.unregisterMBean(name);
      DriverMBean.register();
    }
    assertThat(server.isRegistered(name)).isTrue();
  }

  @Test
  void micrometerHasEveryEventAndTiming() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    new DriverMetrics(statistics).bindTo(registry);
    statistics.conflictSeen();
    statistics.took(DriverTiming.CONNECTING, TimeUnit.MILLISECONDS.toNanos(40));
    assertThat(registry.get("dsqlproxy.conflicts").functionCounter().count()).isEqualTo(1);
    assertThat(
            registry.get("dsqlproxy.connecting").functionTimer().totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(40);
    assertThat(registry.getMeters())
        .hasSize(DriverEvent.values().length + 2 * DriverTiming.values().length)
        .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank());
  }

  @Test
  void readmeNamesEveryEventAndTiming() throws Exception {
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    String readme = Files.readString(module.resolveSibling("README.md"));
    assertThat(readme)
        .contains(
            Arrays.stream(DriverEvent.values())
                .map(event -> "| `" + event.key() + "` | " + event.description() + " |")
                .toList())
        .contains(
            Arrays.stream(DriverTiming.values())
                .map(timing -> "| `" + timing.key() + "` | " + timing.description() + " |")
                .toList());
  }
}
