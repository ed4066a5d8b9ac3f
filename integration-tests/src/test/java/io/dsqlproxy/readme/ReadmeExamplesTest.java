package io.dsqlproxy.readme;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.driver.SimulatedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's examples are the regions of this file, and they work. */
class ReadmeExamplesTest {

  private static SimulatedCluster cluster;
  private static Map<String, String> propertiesBefore;

  /** The simulator's host name is not a cluster's, so its URL says what a cluster's name says. */
  private static String endpoint;

  @BeforeAll
  static void start() {
    cluster = new SimulatedCluster();
    endpoint = cluster.server().jdbcUrl().replaceFirst(".*//", "").replace("user=admin&", "");
    propertiesBefore = AwsSystemProperties.set(cluster.server());
  }

  @AfterAll
  static void stop() {
    AwsSystemProperties.restore(propertiesBefore);
    cluster.close();
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

  private static String user(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet user = statement.executeQuery("SELECT current_user")) {
      user.next();
      return user.getString(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hikari", "jdbc"})
  void theReadmeShowsWhatIsTestedHere(String name) throws IOException {
    // Surefire runs in, and names, the module's directory.
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    String here =
        Files.readString(
            module.resolve("src/test/java/io/dsqlproxy/readme/ReadmeExamplesTest.java"));
    String region = between(here, "    // example:" + name + "\n", "    // end\n");
    String readme = Files.readString(module.resolveSibling("README.md"));
    assertThat(between(readme, "<!-- example:" + name + " -->\n```java\n", "```"))
        .isEqualTo(region.replaceAll("(?m)^ {4}", ""));
  }

  private static String between(String text, String start, String end) {
    int from = text.indexOf(start);
    assertThat(from).as(start).isNotNegative();
    return text.substring(from + start.length(), text.indexOf(end, from + start.length()));
  }
}
