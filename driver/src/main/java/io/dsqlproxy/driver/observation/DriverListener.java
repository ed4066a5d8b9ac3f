package io.dsqlproxy.driver.observation;

import java.time.Duration;

/**
 * Hears what the driver does on the application's behalf. Listeners are found as services ({@link
 * java.util.ServiceLoader}), or {@linkplain DriverStatistics#addListener added}.
 *
 * <p>A listener is called by the thread that executes a statement or opens a connection, and many
 * call it at once: it must be safe for that, quick, and must not use the connection. What it throws
 * is logged and otherwise ignored.
 */
public interface DriverListener {

  /** Something happened; {@link DriverEvent#STATEMENT} is counted only, and not told. */
  default void happened(DriverEvent event) {}

  /** Something took so long; never negative. */
  default void took(DriverTiming timing, Duration time) {}
}
