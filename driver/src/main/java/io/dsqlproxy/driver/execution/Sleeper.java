package io.dsqlproxy.driver.execution;

import java.time.Duration;

/** Waits. Safe for use by many threads. */
@FunctionalInterface
public interface Sleeper {

  /**
   * Returns after the given time, at once if it is not positive, or sooner with an exception.
   *
   * @throws InterruptedException if the thread is interrupted, before or meanwhile
   * @throws WaitCancelledException if another thread ends the wait
   */
  void await(Duration duration) throws InterruptedException, WaitCancelledException;
}
