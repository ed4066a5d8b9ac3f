package io.dsqlproxy.driver.journal;

/** A part of the transaction had another outcome when it was run again. Immutable. */
public final class OutcomeDiffers extends Exception {

  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** What is known of a difference. */
  public enum Kind {
    /** A value of a result is another one. */
    VALUE,
    /** A value is that of {@code now()}, which the message says. */
    TRANSACTION_TIME,
    /** Anything else. */
    OTHER
  }

  /**
   * A difference.
   *
   * @param message what differs, as a clause: without any value that the application has read
   */
  OutcomeDiffers(String message) {
    this(message, Kind.OTHER);
  }

  private OutcomeDiffers(String message, Kind kind) {
    super(message, null, false, false);
    this.kind = kind;
  }

  /** A value of a row is another one. */
  static OutcomeDiffers byValue() {
    return new OutcomeDiffers("a row that was read changed", Kind.VALUE);
  }

  /**
   * A value differs because every transaction has another time of its beginning.
   *
   * @param place of the value
   */
  static OutcomeDiffers byTransactionTime(String place) {
    return new OutcomeDiffers(
        "the application has read the value of now() in "
            + place
            + ", which differs in each transaction",
        Kind.TRANSACTION_TIME);
  }

  /** What is known of it. */
  public Kind kind() {
    return kind;
  }
}
