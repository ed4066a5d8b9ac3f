package io.dsqlproxy.driver.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.configuration.MisspeltKeys.NearMiss;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postgresql.PGProperty;

class MisspeltKeysTest {

  @Test
  void aKeyLikeOneOfOursIsFoundInUrlAndProperties() throws Exception {
    Properties defaults = new Properties();
    defaults.setProperty("LOCKPOLICY", "x");
    Properties info = new Properties(defaults);
    info.setProperty("retryAtempts", "3");
    ConnectionUrl url = ConnectionUrl.parse("jdbc:dsql-proxy://h/db?regoin=eu-west-1&user=me");

    assertThat(MisspeltKeys.find(url, info))
        .containsExactly(
            new NearMiss("LOCKPOLICY", DriverProperty.LOCK_POLICY),
            new NearMiss("regoin", DriverProperty.REGION),
            new NearMiss("retryAtempts", DriverProperty.RETRY_ATTEMPTS));
  }

  @Test
  void whatPgJdbcOrThisDriverReadsIsNeverMisspelt() throws Exception {
    Properties info = new Properties();
    Stream.of(PGProperty.values()).forEach(known -> info.setProperty(known.getName(), "x"));
    Stream.of(DriverProperty.values()).forEach(known -> info.setProperty(known.key(), "x"));
    ConnectionUrl url = ConnectionUrl.parse("jdbc:dsql-proxy://h/db?host=h&port=1&dbname=x");

    assertThat(MisspeltKeys.find(url, info)).isEmpty();
  }

  @Test
  void whatEveryJvmHandsOverIsNotMisspelt() throws Exception {
    ConnectionUrl url = ConnectionUrl.parse("jdbc:dsql-proxy://h/db");

    assertThat(MisspeltKeys.find(url, System.getProperties())).isEmpty();
    assertThat(MisspeltKeys.find(url, null)).isEmpty();
  }
}
