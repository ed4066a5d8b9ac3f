package io.dsqlproxy.driver.configuration;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * What pgJDBC is asked for: its URL and its properties. Immutable.
 *
 * <p>Between the two, and the service file that pgJDBC may read, pgJDBC alone knows which value
 * holds, so it is asked instead of being imitated.
 */
public final class PgConnectionRequest {

  private final UrlText url;
  private final Properties properties;
  private final Properties resolved;

  private PgConnectionRequest(UrlText url, Properties properties) throws SQLException {
    this.url = url;
    this.properties = properties;
    this.resolved = Driver.parseURL(url.text(), properties);
    if (resolved == null) {
      throw ConfigurationErrors.unusableUrl(
          "a port, a service name or the URL-encoding of a parameter is wrong");
    }
  }

  /**
   * The request that the application makes, without what is meant for this driver.
   *
   * @param info the application's properties, defaults included; may be null
   * @throws SQLException SQLSTATE 08001 if pgJDBC would not understand the URL
   */
  public static PgConnectionRequest of(ConnectionUrl url, Properties info) throws SQLException {
    Properties properties = new Properties();
    if (info != null) {
      for (String key : info.stringPropertyNames()) {
        if (DriverProperty.ofKey(key).isEmpty()) {
          properties.setProperty(key, info.getProperty(key));
        }
      }
    }
    return new PgConnectionRequest(url.forPgJdbc(), properties);
  }

  /** The same request in which each of these values holds, whatever was given before. */
  public PgConnectionRequest with(Map<String, String> values) throws SQLException {
    Properties changed = properties();
    changed.putAll(values);
    return new PgConnectionRequest(url.without(values::containsKey), changed);
  }

  /**
   * The same request to another host.
   *
   * @param host a host name that stands in the place of the only one
   */
  public PgConnectionRequest withHost(String host) throws SQLException {
    String server = url.server();
    int authority = server.indexOf("//") + 2;
    String given = hosts().get(0);
    if (authority > 1 && server.startsWith(given, authority)) {
      String rest = server.substring(authority + given.length());
      return new PgConnectionRequest(
          url.withServer(server.substring(0, authority) + host + rest), properties);
    }
    // The last parameter wins over those before it, the URL's own host name, and Properties.
    return new PgConnectionRequest(url.with("host=" + host), properties);
  }

  /** The URL for pgJDBC. May hold secrets. */
  public String url() {
    return url.text();
  }

  /** The properties for pgJDBC: a copy. May hold secrets. */
  public Properties properties() {
    Properties copy = new Properties();
    copy.putAll(properties);
    return copy;
  }

  /** The value that pgJDBC finds for a property; empty if it falls back to its default. */
  public Optional<String> value(PGProperty property) {
    return Optional.ofNullable(resolved.getProperty(property.getName()));
  }

  /** The host names to connect to, one after the other. */
  public List<String> hosts() {
    return List.of(value(PGProperty.PG_HOST).orElseThrow().split(",", -1));
  }

  /** The port of the first host. */
  public int port() {
    return Integer.parseInt(value(PGProperty.PG_PORT).orElseThrow().split(",", -1)[0]);
  }

  /** Shows neither parameters nor properties: any of them may hold a secret. */
  @Override
  public String toString() {
    return "PgConnectionRequest[" + url + ']';
  }
}
