package io.dsqlproxy.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.driver.configuration.DriverProperty;
import java.lang.reflect.Method;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

class DsqlDataSourceTest {

  private final DsqlDataSource dataSource = new DsqlDataSource();

  @ParameterizedTest
  @EnumSource(DriverProperty.class)
  void everyPropertyHasASetterThatSetsIt(DriverProperty property) throws Exception {
    String name =
        "set"
            + property.key().substring(0, 1).toUpperCase(Locale.ROOT)
            + property.key().substring(1);
    Method setter =
        Arrays.stream(DsqlDataSource.class.getMethods())
            .filter(method -> method.getName().equals(name))
            .findAny()
            .orElseThrow();
    Map<Class<?>, Object> samples =
        Map.of(
            String.class,
            "sample",
            int.class,
            7,
            boolean.class,
            true,
            AwsCredentialsProvider.class,
            AnonymousCredentialsProvider.create());
    Object sample = samples.get(setter.getParameterTypes()[0]);

    setter.invoke(dataSource, sample);

    assertThat(dataSource.request().keySet()).containsExactly(property.key());
    assertThat(dataSource.request().get(property.key())).hasToString(sample.toString());
  }

  @Test
  void whoIsNamedForAConnectionWinsOverTheSettings() {
    dataSource.setUser("a");
    dataSource.setPassword("p");

    assertThat(dataSource.request("b", "q"))
        .containsEntry("user", "b")
        .containsEntry("password", "q");
    assertThat(dataSource.request("b", null)).doesNotContainKey("password");
    assertThat(dataSource.request()).containsEntry("user", "a");
  }

  @Test
  void aLoginTimeoutReachesPgJdbcInSeconds() {
    assertThat(dataSource.request()).isEmpty();

    dataSource.setLoginTimeout(3);

    assertThat(dataSource.request()).containsEntry("loginTimeout", "3");
    assertThat(dataSource.getLoginTimeout()).isEqualTo(3);
  }

  @Test
  void nullTakesASettingBack() {
    dataSource.setProperty("sslmode", "require");
    dataSource.setProperty("sslmode", null);

    assertThat(dataSource.request()).isEmpty();
  }

  @Test
  void itsTextHoldsNoSecret() {
    dataSource.setPassword("geheim");
    dataSource.setUrl("jdbc:dsql-proxy://h/db?password=geheim&user=a");
    assertThat(dataSource).hasToString("DsqlDataSource[jdbc:dsql-proxy://h/db?user=a]");

    dataSource.setUrl("jdbc:postgresql://h/db?password=geheim");
    assertThat(dataSource.toString()).doesNotContain("geheim");
  }

  @Test
  void withoutAUsableUrlNothingIsOpened() {
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(dataSource::getConnection)
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08001"));

    dataSource.setUrl("jdbc:postgresql://h/db");

    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> dataSource.getConnection("a", "p"))
        .withMessageContaining("jdbc:dsql-proxy:")
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08001"));
  }

  @Test
  void itUnwrapsToItselfOnly() throws Exception {
    assertThat(dataSource.unwrap(DsqlDataSource.class)).isSameAs(dataSource);
    assertThat(dataSource.isWrapperFor(Runnable.class)).isFalse();
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> dataSource.unwrap(Runnable.class));
  }
}
