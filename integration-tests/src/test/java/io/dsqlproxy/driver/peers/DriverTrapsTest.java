package io.dsqlproxy.driver.peers;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static io.dsqlproxy.simulator.fault.Fault.disconnect;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.DsqlDriver;
import io.dsqlproxy.driver.execution.RetryMode;
import io.dsqlproxy.driver.jdbc.DsqlConnection;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a driver in front of another easily gets wrong, apart from running anything again. */
@Timeout(60)
class DriverTrapsTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final String SECRET = "t0p=s3cret";

  @BeforeEach
  void createTable() throws SQLException {
    CLUSTER.faults().clear();
    CLUSTER.run(
        "DROP TABLE IF EXISTS item",
        "CREATE TABLE item (id int PRIMARY KEY, value int, note text)",
        "INSERT INTO item VALUES (1, 10, 'for share; x'), (2, 20, '')");
    CLUSTER.clearStatements();
  }

  private static Properties credentials() {
    Properties info = new Properties();
    info.put("credentialsProvider", CLUSTER.credentials());
    return info;
  }

  @Trap(8)
  @ParameterizedTest
  @ValueSource(strings = {"transaction", "off"})
  void failingRollbackIsAnSqlException(String mode) throws SQLException {
    try (Connection connection = CLUSTER.dataSource().getConnection()) {
      connection
          .unwrap(DsqlConnection.class)
          .setRetryMode(RetryMode.valueOf(mode.toUpperCase(Locale.ROOT)));
      connection.setAutoCommit(false);
      run(connection, "UPDATE item SET value = 0");
      CLUSTER.faults().at(statementContaining("DELETE")).answer(disconnect());
      assertThat(
              catchThrowableOfType(SQLException.class, () -> run(connection, "DELETE FROM item"))
                  .getSQLState())
          .startsWith("08");
      assertThat(catchThrowableOfType(SQLException.class, connection::rollback).getSQLState())
          .startsWith("08");
    }
    assertThat(CLUSTER.ask("SELECT value FROM item WHERE id = 1")).isEqualTo("10");
  }

  @Trap(9)
  @Test
  void applicationsLoggingContextIsNotTouched() {
    ArchRuleDefinition.noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.slf4j.MDC")
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.dsqlproxy.driver", "io.dsqlproxy.rewriter"));
  }

  @Trap(13)
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SELECT id FROM item WHERE note = 'for share; x' FOR SHARE | 1",
        "/* ; for share */ SELECT id FROM item WHERE id = 1 FOR SHARE -- ; | 1",
        "WITH one AS (SELECT id FROM item WHERE id = 1 FOR SHARE) SELECT id FROM one | 1",
        "SELECT id FROM (SELECT id FROM item WHERE id = 2 FOR SHARE) s UNION SELECT 2 | 2",
        "SELECT count (*) FROM (SELECT id FROM item FOR SHARE) s | 2",
        "SELECT id FROM item WHERE id = 1 FOR SHARE;   | 1",
        "SELECT id FROM item WHERE note = $$for share; x$$ for/**/share | 1",
        "SELECT 'FOR SHARE' FROM item WHERE id = 1 FOR NO KEY UPDATE | FOR SHARE",
      })
  void lockIsRewrittenWhateverStandsAroundIt(String sql, String answer) throws SQLException {
    try (Connection connection = CLUSTER.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      assertThat(ask(connection, sql)).isEqualTo(answer);
      connection.commit();
    }
    assertThat(CLUSTER.statements())
        .filteredOn(sent -> sent.contains("item"))
        .hasSize(1)
        .allMatch(sent -> sent.toUpperCase(Locale.ROOT).matches("(?s).*FOR( |/\\*\\*/)UPDATE.*"));
  }

  @Trap(16)
  @Test
  void foreignUrlIsSomebodyElsesAndNoUrlIsNobodys() throws SQLException {
    DsqlDriver driver = new DsqlDriver();
    for (String foreign : List.of("jdbc:postgresql://host/db", "jdbc:dsql:x", "", "dsql-proxy")) {
      assertThat(driver.acceptsURL(foreign)).as(foreign).isFalse();
      assertThat(driver.connect(foreign, new Properties())).as(foreign).isNull();
    }
    assertThat(driver.acceptsURL(null)).isFalse();
    assertThat(
            (Throwable) catchThrowableOfType(SQLException.class, () -> driver.connect(null, null)))
        .isNotNull();
  }

  /** The simulator checks the token's signature, and knows no password. */
  @Trap(17)
  @Test
  void passwordNeitherBeatsTheTokenNorIsShown() throws SQLException {
    PrintStream before = System.err;
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    try {
      Properties info = credentials();
      info.setProperty("password", SECRET);
      String url = CLUSTER.url() + "&password=" + SECRET + "&retryMoed=off";
      try (Connection connection = DriverManager.getConnection(url, info)) {
        assertThat(ask(connection, "SELECT value FROM item WHERE id = 1")).isEqualTo("10");
        assertThat(connection.getMetaData().getURL()).doesNotContain("s3cret");
        assertThat(connection.toString()).doesNotContain("s3cret");
      }
      SQLException refused =
          catchThrowableOfType(
              SQLException.class,
              () -> DriverManager.getConnection(url + "&journalBytes=" + SECRET, info));
      assertThat(refused.getMessage()).contains("journalBytes").doesNotContain("s3cret");
    } finally {
      System.setErr(before);
    }
    assertThat(logged.toString(StandardCharsets.UTF_8)).doesNotContain("s3cret");
  }

  @Trap(17)
  @Test
  void valueIsNotCutAtAnEqualsSign() throws SQLException {
    String url = CLUSTER.url() + "&ApplicationName=a=b=c";
    try (Connection connection = DriverManager.getConnection(url, credentials())) {
      assertThat(ask(connection, "SHOW application_name")).isEqualTo("a=b=c");
    }
  }

  @Trap(18)
  @ParameterizedTest
  @ValueSource(strings = {"db.eu-west-1.example.com", "a.dsql.eu-west-1.example.com", "localhost"})
  void regionIsNotGuessedFromAName(String host) {
    Properties info = credentials();
    info.setProperty("user", "admin");
    SQLException refused =
        catchThrowableOfType(
            SQLException.class,
            () ->
                DriverManager.getConnection(
                    "jdbc:dsql-proxy://" + host + "/postgres?authentication=iam", info));
    assertThat(refused.getSQLState()).isEqualTo("22023");
    assertThat(refused.getMessage()).contains("region must be set");
  }

  /** Only what gives an object that leads back, or reads what no journal holds, is decorated. */
  @Trap(19)
  @Test
  void gettersOfAResultGoStraightToPgjdbc() throws Exception {
    try (Connection connection = CLUSTER.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id FROM item")) {
      Set<String> decorated =
          Arrays.stream(rows.getClass().getDeclaredMethods())
              .map(Method::getName)
              .filter(name -> name.startsWith("get") || name.equals("wasNull"))
              .collect(Collectors.toSet());
      assertThat(decorated)
          .containsExactlyInAnyOrder(
              "getStatement",
              "getMetaData",
              "getObject",
              "getArray",
              "getBlob",
              "getClob",
              "wasNull");
      assertThat(Arrays.stream(rows.getClass().getMethods()))
          .noneMatch(method -> java.lang.reflect.Modifier.isSynchronized(method.getModifiers()));
    }
  }

  @Trap(26)
  @Test
  void defaultsOfPropertiesCountAndUnknownKeysAreNoError() throws SQLException {
    Properties defaults = new Properties();
    defaults.putAll(System.getProperties());
    defaults.setProperty("user", "admin");
    defaults.setProperty("ApplicationName", "by default");
    Properties info = new Properties(defaults);
    info.put("credentialsProvider", CLUSTER.credentials());
    try (Connection connection = DriverManager.getConnection(CLUSTER.urlWithoutUser(), info)) {
      assertThat(ask(connection, "SELECT current_user")).isEqualTo("admin");
      assertThat(ask(connection, "SHOW application_name")).isEqualTo("by default");
    }
  }

  @Trap(29)
  @Test
  void valuesThatPgjdbcReadsItselfKeepTheirMeaning() throws SQLException {
    CLUSTER.run("DROP SCHEMA IF EXISTS elsewhere CASCADE", "CREATE SCHEMA elsewhere");
    String url =
        CLUSTER.url()
            + "&currentSchema=elsewhere,public&socketTimeout=7&connectTimeout=5&loginTimeout=6"
            + "&options=-c%20datestyle=German";
    try (Connection connection = DriverManager.getConnection(url, credentials())) {
      assertThat(ask(connection, "SHOW search_path")).isEqualTo("elsewhere,public");
      assertThat(connection.getSchema()).isEqualTo("elsewhere");
      assertThat(connection.getNetworkTimeout()).isEqualTo(7000);
    }
    SQLException refused =
        catchThrowableOfType(
            SQLException.class,
            () -> DriverManager.getConnection(CLUSTER.url() + "&socketTimeout=7s", credentials()));
    assertThat((Throwable) refused).isNotNull();
  }

  @Trap(30)
  @Test
  void machinesLanguageChangesNothing() throws SQLException {
    Locale before = Locale.getDefault();
    Locale.setDefault(new Locale.Builder().setLanguage("tr").setRegion("TR").build());
    try {
      String url =
          CLUSTER.url()
              + "&authentication=iam&lockPolicy=item:forKeyShare&allowWeakerIsolation=true";
      try (Connection connection = DriverManager.getConnection(url, credentials())) {
        run(connection, "begin isolation level serializable");
        run(connection, "select id from ITEM where id = 1 for share", "savepoint I");
        run(connection, "update item set value = 11 where id = 1", "rollback to i", "commit");
      }
      assertThat(CLUSTER.statements()).contains("select id from ITEM where id = 1 for key share");
    } finally {
      Locale.setDefault(before);
    }
    assertThat(CLUSTER.ask("SELECT value FROM item WHERE id = 1")).isEqualTo("10");
  }
}
