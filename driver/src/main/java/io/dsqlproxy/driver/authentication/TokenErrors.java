package io.dsqlproxy.driver.authentication;

import java.sql.SQLException;
import java.util.List;

/** The failures before a token exists. None of them shows a credential. Stateless. */
final class TokenErrors {

  /** invalid_authorization_specification. */
  private static final String CANNOT_AUTHENTICATE = "28000";

  private TokenErrors() {}

  /** Nobody was named who could log in. */
  static SQLException nobody() {
    return new SQLException(
        "With IAM authentication the user must be given: admin or a database role."
            + " There is no default, since admin may do everything and the name of"
            + " the operating system's user is hardly a role.",
        CANNOT_AUTHENTICATE);
  }

  /** Providers fail with whatever they like; the cause says what, and this says when and why. */
  static SQLException notSigned(TokenRequest request, Throwable cause) {
    StringBuilder message =
        new StringBuilder("No authentication token could be signed for user ")
            .append(request.scope().user())
            .append(": the AWS credentials of ")
            .append(request.credentials())
            .append(" could not be obtained or used.");
    List<String> missing = missing(request);
    if (!missing.isEmpty()) {
      message
          .append(" They need what is not on the class path: ")
          .append(String.join(", ", missing))
          .append('.');
    }
    return new SQLException(message.toString(), CANNOT_AUTHENTICATE, cause);
  }

  /** A profile file that cannot be read is what the cause says, and names nothing more. */
  private static List<String> missing(TokenRequest request) {
    if (!(request.credentials() instanceof DriverCredentials source)) {
      return List.of();
    }
    try {
      return SdkModules.missing(source);
    } catch (RuntimeException unreadable) {
      return List.of();
    }
  }
}
