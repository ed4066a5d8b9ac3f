package io.dsqlproxy.driver.execution;

/** When the session of a lost or an old connection goes on, on another one. */
public enum ReconnectMode {
  /** Never: what the loss of a connection causes surfaces, until the application opens another. */
  NEVER("never"),
  /** Where no transaction was open: nothing is executed again, except what never was committed. */
  BETWEEN_TRANSACTIONS("betweenTransactions"),
  /** Also in a transaction whose COMMIT was not sent: it is run again from its journal. */
  IN_TRANSACTIONS("inTransactions");

  private final String text;

  ReconnectMode(String text) {
    this.text = text;
  }

  /** The mode as the value of a property. */
  public String text() {
    return text;
  }
}
