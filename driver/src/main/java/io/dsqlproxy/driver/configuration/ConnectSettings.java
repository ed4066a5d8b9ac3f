package io.dsqlproxy.driver.configuration;

import java.time.Duration;
import java.util.Objects;

/**
 * How patiently, and how fast, connections to a cluster are opened. Immutable.
 *
 * @param deadline how long opening one connection may take in all, if no login timeout says so
 * @param rate connections per second that this JVM opens to one cluster, at least 1
 * @param burst connections that it opens at once after a quiet time, at least 1
 */
public record ConnectSettings(Duration deadline, int rate, int burst) {

  public ConnectSettings {
    Objects.requireNonNull(deadline, "deadline");
    if (rate < 1 || burst < 1) {
      throw new IllegalArgumentException("rate and burst must be at least 1");
    }
  }
}
