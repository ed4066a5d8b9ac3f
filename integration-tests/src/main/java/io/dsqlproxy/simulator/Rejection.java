package io.dsqlproxy.simulator;

/** Why DSQL does not run a statement that PostgreSQL would run. */
record Rejection(String sqlState, String message) {

  private static final String FEATURE_NOT_SUPPORTED = "0A000";

  /** A write conflict, found at COMMIT. */
  static final Rejection CONFLICT =
      new Rejection("40001", "change conflicts with another transaction (OC000)");

  /** A conflict with a change of the schema. */
  static final Rejection SCHEMA_CONFLICT =
      new Rejection("40001", "schema has been updated by another transaction (OC001)");

  static Rejection notSupported(String message) {
    return new Rejection(FEATURE_NOT_SUPPORTED, message);
  }
}
