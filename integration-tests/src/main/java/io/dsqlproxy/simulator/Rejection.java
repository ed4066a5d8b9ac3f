package io.dsqlproxy.simulator;

/**
 * Why DSQL does not run a statement that PostgreSQL would run, or does not accept a login.
 *
 * @param sqlState the SQLSTATE
 * @param message the message
 * @param detail the DETAIL; null if there is none
 * @param hint the HINT; null if there is none
 */
record Rejection(String sqlState, String message, String detail, String hint) {

  private static final String FEATURE_NOT_SUPPORTED = "0A000";

  /** A write conflict, found at COMMIT. */
  static final Rejection CONFLICT =
      new Rejection("40001", "change conflicts with another transaction (OC000)");

  /** A conflict with a change of the schema. */
  static final Rejection SCHEMA_CONFLICT =
      new Rejection("40001", "schema has been updated by another transaction (OC001)");

  Rejection(String sqlState, String message) {
    this(sqlState, message, null, null);
  }

  static Rejection notSupported(String message) {
    return new Rejection(FEATURE_NOT_SUPPORTED, message);
  }

  /** A limit of the service was passed. */
  static Rejection limit(String message, String detail) {
    return new Rejection("54000", message, detail, null);
  }

  static Rejection accessDenied(String hint) {
    return new Rejection("08006", "unable to accept connection, access denied", null, hint);
  }
}
