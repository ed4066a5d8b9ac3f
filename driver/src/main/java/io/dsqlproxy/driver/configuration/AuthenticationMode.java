package io.dsqlproxy.driver.configuration;

/** Who provides the password of a physical connection. */
public enum AuthenticationMode {
  /** {@link #IAM} for the host name of an Aurora DSQL cluster, else {@link #PASSWORD}. */
  AUTO,
  /** The driver: an authentication token, signed with AWS credentials. */
  IAM,
  /** The application. */
  PASSWORD
}
