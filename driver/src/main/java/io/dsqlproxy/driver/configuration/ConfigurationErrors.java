package io.dsqlproxy.driver.configuration;

import java.sql.SQLException;

/**
 * The refusals of a connection that was asked for in a way that cannot work. None of them repeats a
 * value: what stands in the wrong place is often a password.
 */
public final class ConfigurationErrors {

  /** invalid_parameter_value. */
  static final String INVALID_VALUE = "22023";

  /** sqlclient_unable_to_establish_sqlconnection. */
  static final String UNUSABLE_URL = "08001";

  private ConfigurationErrors() {}

  /** A value breaks the rule of its property. */
  static SQLException invalidValue(DriverProperty property, IllegalArgumentException cause) {
    StringBuilder message = new StringBuilder("The value of the property ").append(property.key());
    message.append(" must be ").append(property.rule());
    if (!property.secret() && cause.getMessage() != null) {
      message.append(" (").append(cause.getMessage()).append(')');
    }
    message.append("; ");
    if (property.defaultText().isEmpty()) {
      message.append("it has no default");
    } else {
      message.append("the default is ").append(property.defaultText());
    }
    // The cause stays out: it may hold the value.
    return new SQLException(message.append('.').toString(), INVALID_VALUE);
  }

  /**
   * Settings that are fine on their own contradict each other, or one that they need is missing.
   */
  public static SQLException unusableSettings(String reason) {
    return new SQLException(reason, INVALID_VALUE);
  }

  /** The URL says that it is meant for this driver, but cannot be read. */
  static SQLException unusableUrl(String reason) {
    return new SQLException("The connection URL cannot be used: " + reason + ".", UNUSABLE_URL);
  }
}
