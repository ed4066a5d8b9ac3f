package io.dsqlproxy.driver.journal;

/** A part of the transaction had another outcome when it was run again. Immutable. */
public final class OutcomeDiffers extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * A difference.
   *
   * @param message what differs, as a clause: without any value that the application has read
   */
  OutcomeDiffers(String message) {
    super(message, null, false, false);
  }
}
