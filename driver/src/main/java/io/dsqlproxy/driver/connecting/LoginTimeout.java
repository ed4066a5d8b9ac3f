package io.dsqlproxy.driver.connecting;

import io.dsqlproxy.driver.configuration.PgConnectionRequest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.postgresql.PGProperty;

/**
 * How long opening a connection may take in all. pgJDBC's {@code loginTimeout} bounds one login;
 * here it bounds all of them together, so that it still means what the application meant.
 * Stateless.
 */
final class LoginTimeout {

  /** Below it, pgJDBC could round to zero, which it takes for no timeout. */
  static final Duration SHORTEST = Duration.ofMillis(10);

  private LoginTimeout() {}

  /**
   * The time that the application gives: {@code loginTimeout}, else the {@code DriverManager}'s,
   * else the default. Zero means nothing was said, as JDBC has it.
   */
  static Duration of(PgConnectionRequest request, Duration otherwise) {
    Optional<Duration> given =
        request.value(PGProperty.LOGIN_TIMEOUT).flatMap(LoginTimeout::parsed);
    if (given.isPresent()) {
      return given.get();
    }
    int seconds = DriverManager.getLoginTimeout();
    return seconds > 0 ? Duration.ofSeconds(seconds) : otherwise;
  }

  /** As pgJDBC reads it: seconds, with a fraction; what is no number counts as not given. */
  private static Optional<Duration> parsed(String text) {
    try {
      double seconds = Math.min(Float.parseFloat(text), Integer.MAX_VALUE);
      return seconds > 0
          ? Optional.of(Duration.ofMillis(Math.max(1, (long) (seconds * 1000))))
          : Optional.empty();
    } catch (NumberFormatException malformed) {
      return Optional.empty();
    }
  }

  /**
   * The same request with a login that is abandoned after so long. pgJDBC's thread goes on with it,
   * but waits for no answer of the server's for longer; see {@link #lift}.
   */
  static PgConnectionRequest within(Duration left, PgConnectionRequest request)
      throws SQLException {
    long millis = Math.max(SHORTEST.toMillis(), left.toMillis());
    String seconds = millis / 1000 + "." + String.valueOf(1000 + millis % 1000).substring(1);
    Map<String, String> bounds = new HashMap<>();
    bounds.put(PGProperty.LOGIN_TIMEOUT.getName(), seconds);
    OptionalInt socketTimeout = socketTimeout(request);
    long wholeSeconds = (millis + 999) / 1000;
    if (socketTimeout.isPresent()
        && (socketTimeout.getAsInt() <= 0 || socketTimeout.getAsInt() > wholeSeconds)) {
      bounds.put(PGProperty.SOCKET_TIMEOUT.getName(), String.valueOf(wholeSeconds));
    }
    return request.with(bounds);
  }

  /** After the login, the connection waits for the server as long as the application has asked. */
  static void lift(Connection connection, PgConnectionRequest asked) throws SQLException {
    OptionalInt socketTimeout = socketTimeout(asked);
    if (socketTimeout.isPresent()) {
      long millis = Math.max(0, socketTimeout.getAsInt() * 1000L);
      connection.setNetworkTimeout(Runnable::run, (int) Math.min(millis, Integer.MAX_VALUE));
    }
  }

  /** In seconds; empty if it is no number, which pgJDBC says itself. */
  private static OptionalInt socketTimeout(PgConnectionRequest request) {
    try {
      String text = request.value(PGProperty.SOCKET_TIMEOUT).orElse("0");
      return OptionalInt.of(Integer.parseInt(text));
    } catch (NumberFormatException malformed) {
      return OptionalInt.empty();
    }
  }
}
