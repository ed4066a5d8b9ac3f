package io.dsqlproxy.driver.authentication;

import io.dsqlproxy.driver.configuration.ConfigurationErrors;
import io.dsqlproxy.driver.configuration.PgConnectionRequest;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.postgresql.PGProperty;
import org.postgresql.ssl.DefaultJavaSSLFactory;

/**
 * How the TLS settings that the application left open are filled in. The service's certificate
 * chains to a root that the JVM trusts, and it speaks TLS from the first byte.
 */
final class TlsDefaults {

  private static final List<String> SENDS_IN_CLEAR = List.of("disable", "allow", "prefer");

  /** Settings of pgJDBC's own factory, which an application sets if it wants that factory. */
  private static final List<PGProperty> CHOOSES_FACTORY =
      List.of(
          PGProperty.SSL_FACTORY,
          PGProperty.SSL_FACTORY_ARG,
          PGProperty.SSL_ROOT_CERT,
          PGProperty.SSL_CERT,
          PGProperty.SSL_KEY);

  private TlsDefaults() {}

  /** The values for what the application left open. */
  static Map<String, String> missing(PgConnectionRequest request) {
    Map<String, String> defaults = new HashMap<>();
    boolean modeIsOpen =
        Stream.of(PGProperty.SSL_MODE, PGProperty.SSL).noneMatch(p -> request.value(p).isPresent());
    if (modeIsOpen) {
      defaults.put(PGProperty.SSL_MODE.getName(), "verify-full");
    }
    if (modeIsOpen || verifies(request)) {
      if (CHOOSES_FACTORY.stream().noneMatch(p -> request.value(p).isPresent())) {
        defaults.put(PGProperty.SSL_FACTORY.getName(), DefaultJavaSSLFactory.class.getName());
      }
    }
    if ((modeIsOpen || !mayBeInClear(request))
        && request.value(PGProperty.SSL_NEGOTIATION).isEmpty()) {
      defaults.put(PGProperty.SSL_NEGOTIATION.getName(), "direct");
    }
    return defaults;
  }

  /**
   * A token is as good as a password: it must not travel in clear.
   *
   * @throws SQLException SQLSTATE 22023 if the application asked for a connection on which it could
   */
  static void requireEncryption(PgConnectionRequest request) throws SQLException {
    boolean modeIsOpen =
        Stream.of(PGProperty.SSL_MODE, PGProperty.SSL).noneMatch(p -> request.value(p).isPresent());
    if (!modeIsOpen && mayBeInClear(request)) {
      throw ConfigurationErrors.unusableSettings(
          "With IAM authentication sslmode must be require, verify-ca or verify-full, because any"
              + " other (or ssl=false) could send the authentication token unencrypted; the default"
              + " is verify-full.");
    }
  }

  /**
   * With verify-ca no host name is verified, so that the certificate must come from an authority
   * that signs for nobody else: the JVM's trust store holds those that sign for anybody.
   *
   * @throws SQLException SQLSTATE 22023 if the application names no such authority
   */
  static void requireKnownAuthority(PgConnectionRequest request) throws SQLException {
    boolean verifiesAuthority =
        request.value(PGProperty.SSL_MODE).filter("verify-ca"::equalsIgnoreCase).isPresent();
    if (verifiesAuthority
        && CHOOSES_FACTORY.stream().noneMatch(p -> request.value(p).isPresent())) {
      throw ConfigurationErrors.unusableSettings(
          "With IAM authentication sslmode=verify-ca needs sslrootcert, the certificate of the"
              + " authority: without it any public certificate would be accepted, and the token be"
              + " sent to its owner. The default is sslmode=verify-full.");
    }
  }

  private static boolean mayBeInClear(PgConnectionRequest request) {
    return request
        .value(PGProperty.SSL_MODE)
        .map(mode -> SENDS_IN_CLEAR.contains(mode.toLowerCase(Locale.ROOT)))
        .orElseGet(() -> !sslIsOn(request));
  }

  private static boolean verifies(PgConnectionRequest request) {
    return request
        .value(PGProperty.SSL_MODE)
        .map(mode -> mode.toLowerCase(Locale.ROOT).startsWith("verify-"))
        .orElseGet(() -> sslIsOn(request));
  }

  /** As pgJDBC reads it: a bare {@code ssl} is a yes, and means verify-full. */
  private static boolean sslIsOn(PgConnectionRequest request) {
    return request
        .value(PGProperty.SSL)
        .filter(ssl -> ssl.isEmpty() || Boolean.parseBoolean(ssl))
        .isPresent();
  }
}
