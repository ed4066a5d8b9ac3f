package io.dsqlproxy.driver.execution;

import java.sql.SQLFeatureNotSupportedException;

/**
 * A statement that can neither be sent as it is nor in another form, and was not sent. The session
 * and its transaction are untouched. Immutable.
 */
public final class UnsupportedStatementException extends SQLFeatureNotSupportedException {

  static final String SQLSTATE = "0A000";

  UnsupportedStatementException(String message) {
    super(message, SQLSTATE);
  }
}
