package io.dsqlproxy.driver.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGProperty;

class DriverPropertyInfosTest {

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"jdbc:dsql-proxy://h/db", "jdbc:postgresql://h/db", "jdbc:other:x"})
  void everyPropertyOfOursAndOfPgJdbcIsListedOnce(String url) throws Exception {
    DriverPropertyInfo[] infos = DriverPropertyInfos.of(url, null);

    assertThat(Arrays.stream(infos).map(info -> info.name))
        .doesNotHaveDuplicates()
        .containsAll(Stream.of(DriverProperty.values()).map(DriverProperty::key).toList())
        .contains(PGProperty.SSL_MODE.getName(), PGProperty.USER.getName());
  }

  @Test
  void descriptionChoicesAndValueComeFromTheDeclaration() throws Exception {
    Properties info = new Properties();
    info.setProperty("retryAttempts", "3");

    Map<String, DriverPropertyInfo> infos =
        byName("jdbc:dsql-proxy://h/db?rewriteLocks=false&sslmode=require", info);

    DriverPropertyInfo rewriteLocks = infos.get("rewriteLocks");
    assertThat(rewriteLocks.value).isEqualTo("false");
    assertThat(rewriteLocks.choices).containsExactly("true", "false");
    assertThat(rewriteLocks.description).isEqualTo(DriverProperty.REWRITE_LOCKS.description());
    assertThat(infos.get("retryAttempts").value).isEqualTo("3");
    assertThat(infos.get("tokenLifetime").value).isEqualTo("15m");
    assertThat(infos.get("region").value).isNull();
    assertThat(infos.get("sslmode").value).isEqualTo("require");
  }

  @Test
  void secretsHaveNoValue() throws Exception {
    Properties info = new Properties();
    info.setProperty("sslpassword", "geheim");
    info.setProperty("credentialsProvider", "geheim");

    assertThat(byName("jdbc:dsql-proxy://h/db?password=geheim", info).values())
        .noneMatch(property -> "geheim".equals(property.value));
  }

  private static Map<String, DriverPropertyInfo> byName(String url, Properties info)
      throws SQLException {
    return Arrays.stream(DriverPropertyInfos.of(url, info))
        .collect(Collectors.toMap(property -> property.name, Function.identity()));
  }
}
