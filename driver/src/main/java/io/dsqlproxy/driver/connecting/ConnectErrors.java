package io.dsqlproxy.driver.connecting;

import io.dsqlproxy.driver.authentication.TokenScope;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.postgresql.util.ServerErrorMessage;

/**
 * Makes the exceptions of connections that could not be opened. Each has the SQLSTATE of the last
 * login, whose exception is its cause; the earlier ones are suppressed. Stateless.
 */
final class ConnectErrors {

  /** sqlclient_unable_to_establish_sqlconnection, which pgJDBC says after its own timeouts. */
  private static final String UNABLE_TO_CONNECT = "08001";

  /** configuration_limit_exceeded, which the service says of its rate. */
  private static final String RATE_EXCEEDED = "53400";

  private ConnectErrors() {}

  /**
   * The driver gives up.
   *
   * @param server where the connection was to go
   * @param scope what the token was signed for, if there was one
   * @param attempts logins in all
   * @param elapsed since the application asked
   */
  static SQLException givenUp(
      ConnectFailure kind,
      SQLException last,
      List<? extends SQLException> earlier,
      String server,
      Optional<TokenScope> scope,
      int attempts,
      Duration elapsed) {
    String message =
        "No connection to "
            + server
            + scope.map(s -> " for user " + s.user()).orElse("")
            + " after "
            + counted(attempts)
            + " in "
            + elapsed.toMillis()
            + " ms: "
            + said(last)
            + '.'
            + (kind == ConnectFailure.ACCESS_DENIED
                ? whatToCheck(hint(last), scope)
                : kind.advice());
    SQLException surfacing =
        switch (kind.surfacing()) {
          case TRANSIENT -> new SQLTransientConnectionException(message, last.getSQLState(), last);
          case NON_TRANSIENT ->
              new SQLNonTransientConnectionException(message, last.getSQLState(), last);
          case AUTHORIZATION ->
              new SQLInvalidAuthorizationSpecException(message, last.getSQLState(), last);
          case TIMEOUT -> new SQLTimeoutException(message, UNABLE_TO_CONNECT, last);
          case UNTOUCHED -> last;
        };
    return withHistory(earlier, surfacing);
  }

  /** The time was over before there was a token to log in with. */
  static SQLException noTokenInTime(
      String server, Duration elapsed, List<? extends SQLException> earlier) {
    return withHistory(
        earlier,
        new SQLTimeoutException(
            "No connection to "
                + server
                + ": after "
                + elapsed.toMillis()
                + " ms the AWS credentials that sign its token were still not there.",
            UNABLE_TO_CONNECT));
  }

  /** This JVM opens connections faster than it may, and the wait would be too long. */
  static SQLException tooFast(String server, int rate, Duration patience) {
    return new SQLTransientConnectionException(
        "No connection to "
            + server
            + ": this JVM opens "
            + rate
            + " per second (connectRate), and so many wait that none is free within "
            + patience.toMillis()
            + " ms.",
        RATE_EXCEEDED);
  }

  /** Somebody wants the thread for something else. Its flag is set again. */
  static SQLException interrupted(
      String server, Exception interruption, List<? extends SQLException> earlier) {
    Thread.currentThread().interrupt();
    return withHistory(
        earlier,
        new SQLException(
            "No connection to " + server + ": the thread was interrupted.",
            UNABLE_TO_CONNECT,
            interruption));
  }

  private static SQLException withHistory(
      List<? extends SQLException> earlier, SQLException error) {
    earlier.forEach(error::addSuppressed);
    return error;
  }

  private static String counted(int attempts) {
    return attempts == 1 ? "one attempt" : attempts + " attempts";
  }

  private static String said(SQLException failure) {
    String message =
        ConnectFailure.serverError(failure)
            .map(ServerErrorMessage::getMessage)
            .orElseGet(failure::getMessage);
    String hint = hint(failure);
    String whole = hint.isEmpty() ? message : message + " (" + hint + ')';
    return whole != null && whole.endsWith(".") ? whole.substring(0, whole.length() - 1) : whole;
  }

  private static String hint(SQLException failure) {
    return ConnectFailure.serverError(failure).map(ServerErrorMessage::getHint).orElse("");
  }

  /** The hint only chooses the words: what it does not name may be the reason as well. */
  private static String whatToCheck(String hint, Optional<TokenScope> scope) {
    if (scope.isEmpty()) {
      return " The application provided the password: it must be an authentication token.";
    }
    TokenScope signed = scope.get();
    String words = hint.toLowerCase(Locale.ROOT);
    if (words.startsWith("signature expired") || words.startsWith("signature not yet current")) {
      return " The token was signed for this login: check the clock of this machine.";
    }
    if (words.startsWith("wrong user to action mapping")) {
      return " The token was signed for "
          + signed.action()
          + ": check the user's name; admin needs DbConnectAdmin, every other role DbConnect.";
    }
    String right = " that IAM allows it dsql:" + signed.action() + " on this cluster";
    String link =
        signed.user().equals("admin")
            ? ""
            : ", and that the role exists, has LOGIN and is linked to it with AWS IAM GRANT";
    return " The token was signed for this login, in "
        + signed.region()
        + ": check whose credentials were found,"
        + right
        + link
        + '.';
  }
}
