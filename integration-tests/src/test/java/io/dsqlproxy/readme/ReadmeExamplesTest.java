package io.dsqlproxy.readme;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.cluster.SystemCredentials;
import io.dsqlproxy.driver.DsqlTransactions;
import io.dsqlproxy.driver.hikari.KeepRefusedConnections;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** The README's examples are the regions of this file, and they work. */
class ReadmeExamplesTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();
  @RegisterExtension static final SystemCredentials CREDENTIALS = new SystemCredentials();

  /** The simulator's host name is not a cluster's, so its URL says what a cluster's name says. */
  private static String endpoint;

  @BeforeAll
  static void findEndpoint() {
    endpoint = CLUSTER.urlWithoutUser().replaceFirst(".*//", "");
  }

  @Test
  void hikari() throws SQLException {
    // example:hikari
    HikariConfig config = new HikariConfig();
    // before: config.setJdbcUrl("jdbc:postgresql://db.example.com:5432/postgres");
    // endpoint: abcdefghijklmnopqrstuvwxyz.dsql.us-east-1.on.aws/postgres
    config.setJdbcUrl("jdbc:dsql-proxy:postgresql://" + endpoint);
    config.setUsername("admin"); // and no password
    config.setMaxLifetime(55 * 60 * 1000); // the service closes connections after 60 minutes
    config.setExceptionOverrideClassName(KeepRefusedConnections.class.getName()); // see "Pools"
    // end
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      assertThat(user(connection)).isEqualTo("admin");
    }
  }

  @Test
  void jdbc() throws SQLException {
    // example:jdbc
    // before: DriverManager.getConnection("jdbc:postgresql://" + endpoint, "app", "secret");
    Connection connection =
        DriverManager.getConnection("jdbc:dsql-proxy:postgresql://" + endpoint, "admin", null);
    // end
    try (connection) {
      assertThat(user(connection)).isEqualTo("admin");
    }
  }

  @Test
  void transactions() throws SQLException {
    CLUSTER.run(
        "CREATE TABLE account (name text PRIMARY KEY, balance int)",
        "INSERT INTO account VALUES ('alice', 100)");
    DataSource dataSource = CLUSTER.dataSource();
    // example:transactions
    int left =
        DsqlTransactions.run(
            dataSource,
            connection -> {
              int balance = balance(connection, "alice");
              setBalance(connection, "alice", balance - 10);
              return balance - 10;
            });
    // end
    assertThat(left).isEqualTo(90);
    assertThat(CLUSTER.ask("SELECT balance FROM account")).isEqualTo("90");
  }

  private static int balance(Connection connection, String name) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT balance FROM account WHERE name = ?")) {
      query.setString(1, name);
      try (ResultSet rows = query.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  private static void setBalance(Connection connection, String name, int balance)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE account SET balance = ? WHERE name = ?")) {
      update.setInt(1, balance);
      update.setString(2, name);
      update.executeUpdate();
    }
  }

  /** The README's own text, with nothing but the cluster's name replaced. */
  @Test
  void applicationProperties() throws IOException, SQLException {
    Properties properties = new Properties();
    properties.load(
        new StringReader(
            Examples.between(
                Examples.readme(),
                "<!-- example:application.properties -->\n```properties\n",
                "```")));
    assertThat(properties.getProperty("spring.datasource.url"))
        .startsWith("jdbc:dsql-proxy:postgresql://")
        .contains(".on.aws");
    properties.setProperty("spring.datasource.url", CLUSTER.urlWithoutUser());
    SpringApplication application = new SpringApplication(Application.class);
    application.setDefaultProperties(properties);
    try (ConfigurableApplicationContext context = application.run();
        Connection connection = context.getBean(DataSource.class).getConnection()) {
      assertThat(user(connection)).isEqualTo("admin");
    }
  }

  /** What {@code @SpringBootApplication} does, without the search for components. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  private static String user(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet user = statement.executeQuery("SELECT current_user")) {
      user.next();
      return user.getString(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hikari", "jdbc", "transactions"})
  void theReadmeShowsWhatIsTestedHere(String name) throws IOException {
    Examples.assertShown(ReadmeExamplesTest.class, name);
  }
}
