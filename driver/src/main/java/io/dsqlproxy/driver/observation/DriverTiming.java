package io.dsqlproxy.driver.observation;

/** What is timed. The names are part of the driver's contract with monitoring. */
public enum DriverTiming {
  TOKEN_SIGNING("token.signing", "Signing of one authentication token, credentials included."),
  CONNECTING(
      "connecting",
      "From the request for a physical connection until it was open or failed, waits included."),
  CONFLICT_WAIT("conflict.wait", "One wait before something was run again after a conflict."),
  REPLAYING("replaying", "One run of a transaction's journal, successful or not.");

  private final String key;
  private final String description;

  DriverTiming(String key, String description) {
    this.key = key;
    this.description = description;
  }

  /** Its name, in lower case with dots, without a prefix. */
  public String key() {
    return key;
  }

  /** What is timed, in a sentence. */
  public String description() {
    return description;
  }
}
