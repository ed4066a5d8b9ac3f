package io.dsqlproxy.frameworks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.cluster.SystemCredentials;
import io.dsqlproxy.driver.jdbc.DsqlConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring Boot starts from nothing but an application.properties. */
@Timeout(60)
class SpringBootApplicationTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();
  @RegisterExtension static final SystemCredentials CREDENTIALS = new SystemCredentials();

  @TempDir Path directory;

  private String applicationName;

  @BeforeEach
  void createTable() throws SQLException {
    CLUSTER.run("CREATE TABLE IF NOT EXISTS greeting (id uuid PRIMARY KEY, word text NOT NULL)");
  }

  @Test
  void urlDriverClassAndUserNameStartAnApplication() throws Exception {
    assertStarts(
        """
        spring.datasource.url=%s
        spring.datasource.driver-class-name=io.dsqlproxy.driver.DsqlDriver
        spring.datasource.username=admin
        spring.sql.init.mode=always
        spring.sql.init.schema-locations=classpath:io/dsqlproxy/frameworks/schema.sql
        """);
  }

  @Test
  void settingsOfThePoolReachTheDriver() throws Exception {
    assertStarts(
        """
        spring.datasource.url=%s
        spring.datasource.driver-class-name=io.dsqlproxy.driver.DsqlDriver
        spring.datasource.username=admin
        spring.datasource.hikari.max-lifetime=3300000
        spring.datasource.hikari.auto-commit=false
        spring.datasource.hikari.transaction-isolation=TRANSACTION_READ_COMMITTED
        spring.datasource.hikari.data-source-properties.retryAttempts=3
        spring.datasource.hikari.data-source-properties.ApplicationName=orders
        """);
    assertThat(applicationName).isEqualTo("orders");
  }

  /** Spring Boot guesses the driver of the URL prefixes that it knows, and of no other. */
  @Test
  void driverClassNameCannotBeLeftOut() throws Exception {
    assertThatExceptionOfType(BeanCreationException.class)
        .isThrownBy(
            () ->
                assertStarts(
                    """
                    spring.datasource.url=%s
                    spring.datasource.username=admin
                    """))
        .havingRootCause()
        .withMessage("Failed to determine a suitable driver class");
  }

  private void assertStarts(String properties) throws IOException, SQLException {
    Files.writeString(
        directory.resolve("application.properties"),
        properties.formatted(CLUSTER.urlWithoutUser()));
    try (ConfigurableApplicationContext context =
        SpringApplication.run(
            Application.class,
            "--spring.config.location=" + directory.toUri(),
            "--spring.main.banner-mode=off")) {
      DataSource dataSource = context.getBean(DataSource.class);
      assertThat(dataSource).isInstanceOf(HikariDataSource.class);
      try (Connection connection = dataSource.getConnection()) {
        assertThat(connection.unwrap(DsqlConnection.class)).isNotNull();
        applicationName = SimulatedCluster.ask(connection, "SHOW application_name");
      }
      JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
      context
          .getBean(TransactionTemplate.class)
          .executeWithoutResult(
              status -> {
                jdbc.queryForList("SELECT * FROM greeting FOR SHARE");
                jdbc.update("INSERT INTO greeting VALUES (gen_random_uuid(), ?)", "hello");
              });
      assertThat(jdbc.queryForList("SELECT word FROM greeting", String.class)).contains("hello");
      assertThat(CLUSTER.statements()).contains("SELECT * FROM greeting FOR UPDATE");
    }
  }

  /** What {@code @SpringBootApplication} does, without the search for components. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}
}
