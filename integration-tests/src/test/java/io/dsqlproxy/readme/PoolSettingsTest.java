package io.dsqlproxy.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.cluster.SystemCredentials;
import io.dsqlproxy.driver.observation.DriverEvent;
import io.dsqlproxy.driver.observation.DriverStatistics;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** The settings that the README recommends for each pool do what it says, in the real pool. */
@Timeout(60)
class PoolSettingsTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();
  @RegisterExtension static final SystemCredentials CREDENTIALS = new SystemCredentials();

  /** A pool, and what its URL and its user are called. */
  private enum Pool {
    HIKARI("HikariCP", "jdbcUrl", "username") {
      @Override
      DataSource create() {
        return new HikariDataSource();
      }
    },
    TOMCAT("Tomcat JDBC", "url", "username") {
      @Override
      DataSource create() {
        return new org.apache.tomcat.jdbc.pool.DataSource();
      }
    },
    DBCP2("DBCP2", "url", "username") {
      @Override
      DataSource create() {
        return new BasicDataSource();
      }
    },
    C3P0("c3p0", "jdbcUrl", "user") {
      @Override
      DataSource create() {
        return new ComboPooledDataSource();
      }
    };

    private final String title;
    private final String url;
    private final String user;

    Pool(String title, String url, String user) {
      this.title = title;
      this.url = url;
      this.user = user;
    }

    abstract DataSource create();
  }

  @BeforeAll
  static void createTable() throws SQLException {
    CLUSTER.run("CREATE TABLE item (id int PRIMARY KEY)");
  }

  private static Map<String, String> recommended(Pool pool) throws IOException {
    String table =
        Examples.between(Examples.readme(), "<!-- pools:begin -->\n", "<!-- pools:end -->");
    String row =
        table
            .lines()
            .filter(line -> line.startsWith("| " + pool.title + " "))
            .findFirst()
            .orElseThrow();
    Map<String, String> settings = new HashMap<>();
    Matcher setting = Pattern.compile("`(\\w+)=([\\w.]+)`").matcher(row.split("\\|")[2]);
    while (setting.find()) {
      settings.put(setting.group(1), setting.group(2));
    }
    assertThat(settings).isNotEmpty();
    return settings;
  }

  private static DataSource configured(Pool pool, String properties) throws IOException {
    DataSource dataSource = pool.create();
    Map<String, String> settings = recommended(pool);
    settings.put(pool.url, CLUSTER.urlWithoutUser() + properties);
    settings.put(pool.user, "admin");
    PropertyAccessorFactory.forBeanPropertyAccess(dataSource).setPropertyValues(settings);
    return dataSource;
  }

  private static void close(DataSource pool) throws Exception {
    if (pool instanceof AutoCloseable closeable) {
      closeable.close();
    } else {
      ((org.apache.tomcat.jdbc.pool.DataSource) pool).close(true);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusedStatementCostsNeitherTheConnectionNorItsTransaction(Pool pool) throws Exception {
    CLUSTER.run("DELETE FROM item");
    DataSource dataSource = configured(pool, "");
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      execute(connection, "INSERT INTO item VALUES (1)");
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> execute(connection, "LOCK TABLE item"))
          .satisfies(refusal -> assertThat(refusal.getSQLState()).isEqualTo("0A000"));
      execute(connection, "INSERT INTO item VALUES (2)");
      connection.commit();
    } finally {
      close(dataSource);
    }
    assertThat(CLUSTER.ask("SELECT count(*) FROM item")).isEqualTo("2");
  }

  /** HikariCP asks only those that were idle for a while, and goes by its own clock besides. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HIKARI")
  void oldConnectionIsReplacedAtCheckout(Pool pool) throws Exception {
    DataSource dataSource = configured(pool, "&maxConnectionAge=200ms");
    if (dataSource instanceof org.apache.tomcat.jdbc.pool.DataSource tomcat) {
      tomcat.setValidationInterval(0);
    }
    DriverStatistics statistics = DriverStatistics.global();
    long before = statistics.count(DriverEvent.CONNECTION_RETIRED);
    try {
      while (statistics.count(DriverEvent.CONNECTION_RETIRED) < before + 3) {
        try (Connection connection = dataSource.getConnection()) {
          execute(connection, "SELECT count(*) FROM item");
        }
      }
    } finally {
      close(dataSource);
    }
  }

  @Test
  void springBootHandsTheSettingsToHikari() throws Exception {
    Map<String, Object> properties = new HashMap<>();
    recommended(Pool.HIKARI)
        .forEach((name, value) -> properties.put("spring.datasource.hikari." + name, value));
    properties.put("spring.datasource.url", CLUSTER.urlWithoutUser());
    properties.put("spring.datasource.username", "admin");
    properties.put("spring.datasource.driver-class-name", "io.dsqlproxy.driver.DsqlDriver");
    SpringApplication application = new SpringApplication(Application.class);
    application.setDefaultProperties(properties);
    try (ConfigurableApplicationContext context = application.run()) {
      HikariDataSource pool = context.getBean(HikariDataSource.class);
      assertThat(pool.getMaxLifetime()).isEqualTo(55 * 60 * 1000);
      assertThat(pool.getExceptionOverrideClassName()).endsWith(".KeepRefusedConnections");
      pool.getConnection().close();
    }
  }

  /** What {@code @SpringBootApplication} does, without the search for components. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}
}
