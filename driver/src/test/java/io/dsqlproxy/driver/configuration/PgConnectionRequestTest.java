package io.dsqlproxy.driver.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

class PgConnectionRequestTest {

  @Test
  void defaultsOfPropertiesReachPgJdbcAndOurKeysDoNot() throws Exception {
    Properties defaults = new Properties();
    defaults.setProperty("user", "me");
    defaults.setProperty("region", "eu-west-1");
    Properties info = new Properties(defaults);
    info.setProperty("connectTimeout", "3");
    info.setProperty("retryAttempts", "3");
    info.put("credentialsProvider", new Object());
    info.put(42, "no string key");

    PgConnectionRequest request =
        PgConnectionRequest.of(ConnectionUrl.parse("jdbc:dsql-proxy://h/db"), info);

    assertThat(request.properties())
        .containsOnly(Map.entry("user", "me"), Map.entry("connectTimeout", "3"));
  }

  @Test
  void theApplicationsPropertiesAreNeverChanged() throws Exception {
    Properties info = new Properties();
    info.setProperty("password", "old");

    PgConnectionRequest request =
        PgConnectionRequest.of(ConnectionUrl.parse("jdbc:dsql-proxy://h/db"), info)
            .with(Map.of("password", "new"));
    request.properties().setProperty("password", "newer");

    assertThat(info).containsOnly(Map.entry("password", "old"));
    assertThat(request.properties()).containsOnly(Map.entry("password", "new"));
  }

  @Test
  void aValueThatMustHoldBeatsUrlAndProperties() throws Exception {
    Properties info = new Properties();
    info.setProperty("password", "from properties");
    ConnectionUrl url =
        ConnectionUrl.parse("jdbc:dsql-proxy://h/db?password=a&user=me&x=%41&password=b");

    PgConnectionRequest request =
        PgConnectionRequest.of(url, info).with(Map.of("password", "ours"));

    assertThat(request.url()).isEqualTo("jdbc:postgresql://h/db?user=me&x=%41");
    assertThat(Driver.parseURL(request.url(), request.properties()))
        .containsEntry("password", "ours");
    assertThat(request.value(PGProperty.PASSWORD)).contains("ours");
  }

  @Test
  void theHostsAreThoseThatPgJdbcConnectsTo() throws Exception {
    assertThat(hosts("jdbc:dsql-proxy://a:1,b/db")).containsExactly("a", "b");
    assertThat(hosts("jdbc:dsql-proxy:///")).containsExactly("localhost");
    assertThat(hosts("jdbc:dsql-proxy:postgresql:db?host=c")).containsExactly("c");
    assertThat(hosts("jdbc:dsql-proxy://a/db?PGHOST=c")).containsExactly("c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:dsql-proxy://h:port/db?password=geheim",
        "jdbc:dsql-proxy://h:99999/db?password=geheim",
        "jdbc:dsql-proxy://h/db?password=geheim&user=%zz",
        "jdbc:dsql-proxy:postgresql:/?password=geheim",
      })
  void whatPgJdbcCannotReadIsRefusedWithoutBeingRepeated(String url) throws Exception {
    ConnectionUrl parsed = ConnectionUrl.parse(url);

    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> PgConnectionRequest.of(parsed, null))
        .withMessageNotContaining("geheim")
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08001"));
  }

  @Test
  void itsTextHoldsNoSecret() throws Exception {
    PgConnectionRequest request =
        PgConnectionRequest.of(
                ConnectionUrl.parse("jdbc:dsql-proxy://h/db?password=geheim"), new Properties())
            .with(Map.of("sslpassword", "geheim"));

    assertThat(request).hasToString("PgConnectionRequest[jdbc:postgresql://h/db]");
  }

  private static Iterable<String> hosts(String url) throws SQLException {
    Properties info = new Properties();
    info.setProperty("user", "me");
    return PgConnectionRequest.of(ConnectionUrl.parse(url), info).hosts();
  }
}
