package io.dsqlproxy.driver.execution;

/**
 * A wait for the next execution ended early because another thread cancelled it. Not an
 * interruption: the waiting thread stays as it is. Immutable.
 */
public final class WaitCancelledException extends Exception {

  /** For those who wait. */
  public WaitCancelledException() {
    super("The wait was cancelled");
  }
}
