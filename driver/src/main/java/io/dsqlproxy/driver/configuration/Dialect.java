package io.dsqlproxy.driver.configuration;

/** What the server is taken for. */
public enum Dialect {
  /** What the login shows, or else what the server says of itself. */
  AUTO,
  /** Aurora DSQL: the driver's rules hold. */
  DSQL,
  /** Anything else: the driver has no part in what is executed. */
  POSTGRESQL
}
