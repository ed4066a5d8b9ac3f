package io.dsqlproxy.driver.configuration;

import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.postgresql.Driver;

/** Our properties and pgJDBC's in the form of {@link DriverPropertyInfo}. */
public final class DriverPropertyInfos {

  private static final String ANY_URL = "jdbc:dsql-proxy:postgresql:///";

  private DriverPropertyInfos() {}

  /**
   * All properties, with the values that hold for a connection; secrets have no value.
   *
   * @param url a URL of this driver; any other stands for one without parameters
   * @param info the application's properties; may be null
   */
  public static DriverPropertyInfo[] of(String url, Properties info) throws SQLException {
    ConnectionUrl ours = ConnectionUrl.parse(ConnectionUrl.isOurs(url) ? url : ANY_URL);
    Properties properties = info == null ? new Properties() : info;
    Map<DriverProperty, String> given = DriverSettings.given(ours, properties);
    PgConnectionRequest request = PgConnectionRequest.of(ours, properties);
    DriverPropertyInfo[] pgInfos =
        new Driver().getPropertyInfo(request.url(), request.properties());
    return Stream.concat(
            Stream.of(DriverProperty.values()).map(property -> ofOurs(property, given)),
            Arrays.stream(pgInfos))
        .map(DriverPropertyInfos::withoutSecret)
        .toArray(DriverPropertyInfo[]::new);
  }

  private static DriverPropertyInfo ofOurs(
      DriverProperty property, Map<DriverProperty, String> given) {
    String text = given.getOrDefault(property, property.defaultText());
    DriverPropertyInfo info = new DriverPropertyInfo(property.key(), text.isEmpty() ? null : text);
    info.description = property.description();
    info.choices = property.choices().isEmpty() ? null : property.choices().toArray(String[]::new);
    return info;
  }

  private static DriverPropertyInfo withoutSecret(DriverPropertyInfo info) {
    if (Secrets.isSecret(info.name)) {
      info.value = null;
    }
    return info;
  }
}
