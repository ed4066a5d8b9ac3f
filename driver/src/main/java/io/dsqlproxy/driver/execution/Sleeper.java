package io.dsqlproxy.driver.execution;

import java.time.Duration;

/** Waits. Safe for use by many threads. */
@FunctionalInterface
public interface Sleeper {

  /** Returns after the given time, or sooner with an exception if the thread is interrupted. */
  void sleep(Duration duration) throws InterruptedException;
}
