package io.dsqlproxy.driver.jdbc;

/** What the driver calls itself. Stateless. */
public final class DriverVersion {

  /** The name that {@link java.sql.DatabaseMetaData#getDriverName()} reports. */
  public static final String NAME = "DSQL Proxy JDBC Driver";

  /** The first part of the version. */
  public static final int MAJOR = 0;

  /** The second part of the version. */
  public static final int MINOR = 1;

  /** The whole version, as the build names it. */
  public static final String VERSION = "0.1.0-SNAPSHOT";

  private DriverVersion() {}
}
