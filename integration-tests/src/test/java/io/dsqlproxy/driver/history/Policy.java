package io.dsqlproxy.driver.history;

/** How the driver is told to keep what the application's locks promise. */
enum Policy {
  /** By FOR UPDATE. */
  FOR_UPDATE(""),
  /** By FOR UPDATE, once the transaction comes to write. */
  DEFERRED("&lockPolicy=deferred"),
  /** By versions; the trail of a row is another one after each write. */
  CONDITIONAL("&lockPolicy=conditional&versionColumns=register.trail");

  private final String parameters;

  Policy(String parameters) {
    this.parameters = parameters;
  }

  /** Of the driver's URL. */
  String parameters() {
    return parameters;
  }
}
