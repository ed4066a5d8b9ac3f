package io.dsqlproxy.driver.observation;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who hear what happens. Safe for use by many threads. */
final class Listeners {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.observation");

  private final List<DriverListener> listeners = new CopyOnWriteArrayList<>();

  /** A service that cannot be made is no reason to have no driver. */
  void addServices() {
    try {
      ServiceLoader.load(DriverListener.class, Listeners.class.getClassLoader())
          .forEach(listeners::add);
    } catch (ServiceConfigurationError failure) {
      LOG.warn("A driver listener cannot be loaded", failure);
    }
  }

  void add(DriverListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
  }

  void remove(DriverListener listener) {
    listeners.remove(listener);
  }

  void happened(DriverEvent event) {
    if (!listeners.isEmpty()) {
      tell(listener -> listener.happened(event));
    }
  }

  void took(DriverTiming timing, long nanoseconds) {
    if (!listeners.isEmpty()) {
      Duration time = Duration.ofNanos(nanoseconds);
      tell(listener -> listener.took(timing, time));
    }
  }

  private void tell(Consumer<DriverListener> call) {
    for (DriverListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (RuntimeException failure) {
        LOG.warn("The driver listener {} failed", listener.getClass().getName(), failure);
      }
    }
  }
}
