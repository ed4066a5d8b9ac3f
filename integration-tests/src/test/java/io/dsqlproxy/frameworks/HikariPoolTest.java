package io.dsqlproxy.frameworks;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.cluster.SystemCredentials;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.hikari.KeepRefusedConnections;
import io.dsqlproxy.driver.jdbc.DsqlConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** HikariCP's habits at checkout and return never reach the server as something it refuses. */
@Timeout(30)
class HikariPoolTest {

  private static final String ALWAYS_VALIDATE = "com.zaxxer.hikari.aliveBypassWindowMs";

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();
  @RegisterExtension static final SystemCredentials CREDENTIALS = new SystemCredentials();

  @BeforeEach
  void createTable() throws SQLException {
    CLUSTER.run(
        "DROP TABLE IF EXISTS item", "CREATE TABLE item (id int PRIMARY KEY, value int NOT NULL)");
    CLUSTER.clearStatements();
  }

  private static HikariConfig byUrl() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(CLUSTER.urlWithoutUser());
    config.setUsername("admin");
    config.setMaximumPoolSize(1);
    return config;
  }

  /** The credentials of the default chain would do as well: only counting tells them apart. */
  private static AwsCredentialsProvider counting(AtomicInteger asked) {
    AwsCredentials credentials = CLUSTER.credentials().resolveCredentials();
    return () -> {
      asked.incrementAndGet();
      return credentials;
    };
  }

  @Test
  void urlAndUserNameAreAllThatAPoolNeeds() throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(CLUSTER.urlWithoutUser());
    config.setUsername("admin");
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      assertThat(ask(connection, "SELECT current_user")).isEqualTo("admin");
    }
  }

  @Test
  void dataSourceClassTakesTheCredentialsAsAnObject() throws SQLException {
    AtomicInteger asked = new AtomicInteger();
    HikariConfig config = new HikariConfig();
    config.setDataSourceClassName(DsqlDataSource.class.getName());
    config.addDataSourceProperty("url", CLUSTER.urlWithoutUser());
    config.addDataSourceProperty("user", "admin");
    config.addDataSourceProperty("credentialsProvider", counting(asked));
    config.addDataSourceProperty("retryAttempts", 3);
    config.setMaximumPoolSize(1);
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      assertThat(ask(connection, "SELECT current_user")).isEqualTo("admin");
    }
    assertThat(asked).hasPositiveValue();
  }

  @Test
  void credentialsObjectMayStandBesideAUrl() throws SQLException {
    AtomicInteger asked = new AtomicInteger();
    HikariConfig config = byUrl();
    config.addDataSourceProperty("credentialsProvider", counting(asked));
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      assertThat(ask(connection, "SELECT current_user")).isEqualTo("admin");
    }
    assertThat(asked).hasPositiveValue();
  }

  @Test
  void userNameOfThePoolReachesTheDataSourceClass() throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setDataSourceClassName(DsqlDataSource.class.getName());
    config.addDataSourceProperty("url", CLUSTER.urlWithoutUser());
    config.setUsername("admin");
    config.setMaximumPoolSize(1);
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      assertThat(ask(connection, "SELECT current_user")).isEqualTo("admin");
    }
  }

  @Test
  void dataSourceObjectCanBePooled() throws SQLException {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(CLUSTER.urlWithoutUser());
    dataSource.setUser("admin");
    dataSource.setCredentialsProvider(CLUSTER.credentials());
    HikariConfig config = new HikariConfig();
    config.setDataSource(dataSource);
    config.setMaximumPoolSize(1);
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      assertThat(ask(connection, "SELECT current_user")).isEqualTo("admin");
    }
  }

  @Test
  void everySettingOfAPoolIsAcceptedAndTheGettersTellTheTruth() throws SQLException {
    HikariConfig config = byUrl();
    config.setAutoCommit(false);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setSchema("public");
    config.setCatalog("postgres");
    config.setConnectionInitSql("SET TIME ZONE 'UTC'");
    config.setKeepaliveTime(30_000);
    config.setMaxLifetime(3_300_000);
    config.setLeakDetectionThreshold(20_000);
    config.setIsolateInternalQueries(true);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      for (int cycle = 0; cycle < 2; cycle++) {
        try (Connection connection = pool.getConnection()) {
          connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
          // HikariCP itself answers with what was asked for.
          assertThat(connection.unwrap(DsqlConnection.class).getTransactionIsolation())
              .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
          connection.setReadOnly(true);
          assertThat(connection.isReadOnly()).isTrue();
          assertThat(connection.getAutoCommit()).isFalse();
          assertThat(connection.getSchema()).isEqualTo("public");
          assertThat(connection.getCatalog()).isEqualTo("postgres");
          connection.setNetworkTimeout(Runnable::run, 10_000);
          assertThat(connection.getNetworkTimeout()).isEqualTo(10_000);
          assertThat(ask(connection, "SHOW transaction_read_only")).isEqualTo("on");
          assertThat(ask(connection, "SHOW transaction_isolation")).isEqualTo("repeatable read");
          assertThat(ask(connection, "SHOW TIME ZONE")).isEqualTo("UTC");
          connection.rollback();
        }
        try (Connection connection = pool.getConnection()) {
          assertThat(connection.isReadOnly()).isFalse();
          assertThat(connection.getNetworkTimeout()).isEqualTo(330_000);
          run(connection, "INSERT INTO item VALUES (" + cycle + ", 1)");
          connection.commit();
        }
      }
    }
    assertThat(CLUSTER.ask("SELECT count(*) FROM item")).isEqualTo("2");
    assertThat(CLUSTER.statements())
        .noneMatch(sql -> sql.contains("ISOLATION LEVEL READ COMMITTED"));
  }

  @Test
  void serializablePoolStartsOnlyIfWeakerIsolationIsAllowed() throws SQLException {
    HikariConfig config = byUrl();
    config.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
    assertThatExceptionOfType(PoolInitializationException.class)
        .isThrownBy(() -> new HikariDataSource(config))
        .havingRootCause()
        .withMessageContaining("allowWeakerIsolation=true");
    config.addDataSourceProperty("allowWeakerIsolation", "true");
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      assertThat(connection.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
    }
  }

  @Test
  void conflictKeepsThePooledConnection() throws SQLException {
    CLUSTER.run("INSERT INTO item VALUES (1, 1)");
    HikariConfig config = byUrl();
    config.addDataSourceProperty("retryMode", "off");
    config.setAutoCommit(false);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      try (Connection connection = pool.getConnection()) {
        run(connection, "UPDATE item SET value = 2 WHERE id = 1");
        CLUSTER.run("UPDATE item SET value = 3 WHERE id = 1");
        assertThatExceptionOfType(SQLException.class)
            .isThrownBy(connection::commit)
            .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("40001"));
        run(connection, "UPDATE item SET value = value + 1 WHERE id = 1");
        connection.commit();
      }
    }
    assertThat(CLUSTER.ask("SELECT value FROM item")).isEqualTo("4");
  }

  @Test
  void readOnlyPoolRunsReadOnlyTransactions() throws SQLException {
    HikariConfig config = byUrl();
    config.setAutoCommit(false);
    config.setReadOnly(true);
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      assertThat(connection.isReadOnly()).isTrue();
      assertThat(ask(connection, "SELECT count(*) FROM item")).isEqualTo("0");
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> run(connection, "INSERT INTO item VALUES (1, 1)"))
          .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("25006"));
      connection.rollback();
    }
  }

  @Test
  void validationLeavesNoTransactionBehind() throws SQLException {
    String before = System.setProperty(ALWAYS_VALIDATE, "-1");
    HikariConfig config = byUrl();
    config.setAutoCommit(false);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      pool.getConnection().close();
      CLUSTER.clearStatements();
      try (Connection connection = pool.getConnection()) {
        assertThat(connection.isValid(1)).isTrue();
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      }
    } finally {
      if (before == null) {
        System.clearProperty(ALWAYS_VALIDATE);
      } else {
        System.setProperty(ALWAYS_VALIDATE, before);
      }
    }
    assertThat(CLUSTER.statements())
        .doesNotContain("BEGIN")
        .filteredOn(String::isEmpty)
        .hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void whatWasNotCommittedIsRolledBackOnReturn() throws SQLException {
    HikariConfig config = byUrl();
    config.setAutoCommit(false);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      try (Connection connection = pool.getConnection()) {
        run(connection, "INSERT INTO item VALUES (1, 1)");
      }
      try (Connection connection = pool.getConnection()) {
        assertThat(ask(connection, "SELECT count(*) FROM item")).isEqualTo("0");
      }
    }
    assertThat(CLUSTER.statements()).contains("ROLLBACK");
  }

  @Test
  void lockInAPooledTransactionIsRewritten() throws SQLException {
    HikariConfig config = byUrl();
    config.setAutoCommit(false);
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      run(connection, "SELECT value FROM item WHERE id = 1 FOR NO KEY UPDATE");
      connection.commit();
    }
    assertThat(CLUSTER.statements()).contains("SELECT value FROM item WHERE id = 1 FOR UPDATE");
  }

  /** HikariCP takes SQLSTATE 0A000 for a broken connection, whoever says it. */
  @Test
  void refusalCostsThePooledConnectionAndItsTransaction() throws SQLException {
    HikariConfig config = byUrl();
    config.addDataSourceProperty("retryMode", "statement");
    config.setAutoCommit(false);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      Connection connection = pool.getConnection();
      run(connection, "INSERT INTO item VALUES (1, 1)");
      assertThatExceptionOfType(SQLFeatureNotSupportedException.class)
          .isThrownBy(connection::setSavepoint);
      assertThat(connection.isClosed()).isTrue();
      assertThatExceptionOfType(SQLException.class).isThrownBy(connection::commit);
      connection.close();
      try (Connection next = pool.getConnection()) {
        assertThat(ask(next, "SELECT count(*) FROM item")).isEqualTo("0");
      }
    }
  }

  @Test
  void refusalCostsNothingIfThePoolIsToldSo() throws SQLException {
    HikariConfig config = byUrl();
    config.addDataSourceProperty("retryMode", "statement");
    config.setAutoCommit(false);
    config.setExceptionOverrideClassName(KeepRefusedConnections.class.getName());
    try (HikariDataSource pool = new HikariDataSource(config)) {
      try (Connection connection = pool.getConnection()) {
        run(connection, "INSERT INTO item VALUES (1, 1)");
        assertThatExceptionOfType(SQLFeatureNotSupportedException.class)
            .isThrownBy(connection::setSavepoint);
        assertThatExceptionOfType(SQLException.class)
            .isThrownBy(() -> connection.setTransactionIsolation(8));
        assertThat(connection.isClosed()).isFalse();
        connection.commit();
      }
    }
    assertThat(CLUSTER.ask("SELECT count(*) FROM item")).isEqualTo("1");
  }
}
