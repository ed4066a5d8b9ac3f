package io.dsqlproxy.driver.configuration;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What this driver calls itself, and its version as the build wrote it. */
public final class DriverVersion {

  /** The name that {@link java.sql.DatabaseMetaData#getDriverName()} reports. */
  public static final String NAME = "DSQL Proxy JDBC Driver";

  private static final String TEXT = read();

  private DriverVersion() {}

  /** The version in full. */
  public static String text() {
    return TEXT;
  }

  /** The first number. */
  public static int major() {
    return number(0);
  }

  /** The second number. */
  public static int minor() {
    return number(1);
  }

  private static int number(int index) {
    return Integer.parseInt(TEXT.split("[.-]")[index]);
  }

  private static String read() {
    Properties properties = new Properties();
    try (InputStream in = DriverVersion.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException failure) {
      throw new UncheckedIOException("version.properties cannot be read", failure);
    }
    return properties.getProperty("version");
  }
}
