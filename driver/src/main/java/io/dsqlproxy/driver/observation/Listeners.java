package io.dsqlproxy.driver.observation;

import java.time.Duration;
import java.util.Iterator;
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
    addServices(ServiceLoader.load(DriverListener.class, Listeners.class.getClassLoader()));
  }

  void addServices(Iterable<DriverListener> services) {
    Iterator<DriverListener> found = services.iterator();
    boolean more = true;
    while (more) {
      try {
        more = found.hasNext();
        if (more) {
          add(found.next());
        }
      } catch (ServiceConfigurationError failure) {
        // The next one may be sound.
        LOG.warn("A driver listener cannot be loaded", failure);
      } catch (LinkageError failure) {
        // Looking for the next one would meet the same class again.
        LOG.warn("Driver listeners cannot be loaded", failure);
        more = false;
      }
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
      } catch (RuntimeException | Error failure) {
        // A class that is missing at a listener's side is an Error, and no reason to lose a login.
        LOG.warn("The driver listener {} failed", listener.getClass().getName(), failure);
      }
    }
  }
}
