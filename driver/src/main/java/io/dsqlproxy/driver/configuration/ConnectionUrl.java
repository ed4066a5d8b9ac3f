package io.dsqlproxy.driver.configuration;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A connection URL of this driver: {@code jdbc:dsql-proxy:} before a pgJDBC URL without its {@code
 * jdbc:}, or before its part from {@code //host} on. Our parameters are taken out; everything else
 * is left to pgJDBC byte for byte. Immutable.
 */
public final class ConnectionUrl {

  private static final String PREFIX = "jdbc:dsql-proxy:";
  private static final String PG_PROTOCOL = "postgresql:";
  private static final String PG_PREFIX = "jdbc:" + PG_PROTOCOL;

  private final UrlText application;

  private ConnectionUrl(UrlText application) {
    this.application = application;
  }

  /** Whether the URL is meant for this driver, be it well-formed or not. */
  public static boolean isOurs(String url) {
    return url != null && url.startsWith(PREFIX);
  }

  /**
   * Reads a URL that {@linkplain #isOurs(String) is ours}.
   *
   * @throws SQLException SQLSTATE 08001 if it is not well-formed; the message does not repeat it
   */
  public static ConnectionUrl parse(String url) throws SQLException {
    if (!isOurs(url)) {
      throw ConfigurationErrors.unusableUrl("it does not start with " + PREFIX);
    }
    ConnectionUrl parsed = new ConnectionUrl(UrlText.of(url));
    requireReadableServer(parsed.application.server().substring(PREFIX.length()));
    return parsed;
  }

  /**
   * pgJDBC would find the same faults, but would log the URL with everything that is in it before
   * it says so.
   */
  private static void requireReadableServer(String rest) throws SQLException {
    String server = rest.startsWith(PG_PROTOCOL) ? rest.substring(PG_PROTOCOL.length()) : rest;
    if (server.equals(rest) && !rest.startsWith("//")) {
      throw ConfigurationErrors.unusableUrl(
          "after " + PREFIX + " it must go on with //host/database or postgresql://host/database");
    }
    if (!server.startsWith("//") || server.equals("//") || server.equals("///")) {
      return;
    }
    int slash = server.indexOf('/', 2);
    String authority = server.substring(2, slash < 0 ? server.length() : slash);
    if (authority.indexOf('@') >= 0) {
      throw ConfigurationErrors.unusableUrl(
          "user and password cannot stand before the host name; use the parameters user and"
              + " password");
    }
    if (slash < 0) {
      throw ConfigurationErrors.unusableUrl("the host name must be followed by a slash");
    }
    if (server.indexOf('/', slash + 1) >= 0) {
      throw ConfigurationErrors.unusableUrl("there is a second slash after the host name");
    }
  }

  /** The URL for pgJDBC. */
  UrlText forPgJdbc() {
    String rest = application.server().substring(PREFIX.length());
    String server = rest.startsWith(PG_PROTOCOL) ? "jdbc:" + rest : PG_PREFIX + rest;
    return application.withServer(server).without(key -> DriverProperty.ofKey(key).isPresent());
  }

  /**
   * The values of our own parameters, decoded; the last of several wins, as in pgJDBC.
   *
   * @throws SQLException SQLSTATE 22023 if a value is not URL-encoded text
   */
  Map<DriverProperty, String> ownValues() throws SQLException {
    Map<DriverProperty, String> values = new EnumMap<>(DriverProperty.class);
    for (String parameter : application.parameters()) {
      Optional<DriverProperty> property = DriverProperty.ofKey(UrlText.key(parameter));
      if (property.isPresent()) {
        values.put(property.get(), decode(property.get(), UrlText.rawValue(parameter)));
      }
    }
    return values;
  }

  private static String decode(DriverProperty property, String raw) throws SQLException {
    try {
      return URLDecoder.decode(raw, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw ConfigurationErrors.invalidValue(
          property, new IllegalArgumentException("and in a URL it must be URL-encoded"));
    }
  }

  /** The keys of all parameters, ours and others. */
  Set<String> keys() {
    return application.keys();
  }

  /** This URL without the parameters that say who logs in. */
  public ConnectionUrl withoutUser() {
    return new ConnectionUrl(
        application.without(key -> key.equals("user") || key.equals("password")));
  }

  /** The application's URL without the parameters that hold secrets. */
  public String withoutSecrets() {
    return application.without(Secrets::isSecret).text();
  }

  @Override
  public String toString() {
    return withoutSecrets();
  }
}
