package io.dsqlproxy.driver.authentication;

import io.dsqlproxy.driver.configuration.PgConnectionRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.postgresql.PGProperty;

/**
 * How the socket settings that the application left open are filled in, so that a server that has
 * gone is noticed. pgJDBC itself would wait for an answer without end. Stateless.
 */
final class SocketDefaults {

  /** Longer than any transaction, and so than any statement of one: 300 s. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(330);

  private SocketDefaults() {}

  /** The values for what the application left open. */
  static Map<String, String> missing(PgConnectionRequest request) {
    Map<String, String> defaults = new HashMap<>();
    if (request.value(PGProperty.SOCKET_TIMEOUT).isEmpty()) {
      defaults.put(
          PGProperty.SOCKET_TIMEOUT.getName(), String.valueOf(LONGEST_SILENCE.toSeconds()));
    }
    if (request.value(PGProperty.TCP_KEEP_ALIVE).isEmpty()) {
      defaults.put(PGProperty.TCP_KEEP_ALIVE.getName(), "true");
    }
    return defaults;
  }
}
