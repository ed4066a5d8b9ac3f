package io.dsqlproxy.driver.connecting;

import java.io.IOException;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

/** Failed logins as pgJDBC reports them. Stateless. */
final class Failures {

  private Failures() {}

  /**
   * The server's refusal.
   *
   * @param hint may be null
   */
  static SQLException ofServer(String sqlState, String message, String hint) {
    String fields = "SFATAL\0VFATAL\0C" + sqlState + "\0M" + message + '\0';
    return new PSQLException(
        new ServerErrorMessage(hint == null ? fields : fields + 'H' + hint + '\0'));
  }

  static SQLException throttled() {
    return ofServer("53400", "Unable to accept connection, rate exceeded.", null);
  }

  static SQLException accessDenied(String hint) {
    return ofServer("08006", "unable to accept connection, access denied", hint);
  }

  /** Nobody spoke. */
  static SQLException ofNetwork(IOException cause) {
    return new PSQLException(
        "The connection attempt failed.", PSQLState.CONNECTION_UNABLE_TO_CONNECT, cause);
  }
}
