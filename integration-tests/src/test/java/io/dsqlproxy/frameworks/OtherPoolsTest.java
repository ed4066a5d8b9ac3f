package io.dsqlproxy.frameworks;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.cluster.SystemCredentials;
import io.dsqlproxy.driver.DsqlDriver;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What pools other than HikariCP send at checkout and return is accepted. */
@Timeout(30)
class OtherPoolsTest {

  private static final String LOCKED = "SELECT value FROM item WHERE id = 1 FOR SHARE";

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();
  @RegisterExtension static final SystemCredentials CREDENTIALS = new SystemCredentials();

  @BeforeAll
  static void createTable() throws SQLException {
    CLUSTER.run(
        "CREATE TABLE item (id int PRIMARY KEY, value int NOT NULL)",
        "INSERT INTO item VALUES (1, 0)");
  }

  @Test
  void tomcatPoolValidatesResetsAndReuses() throws SQLException {
    PoolProperties properties = new PoolProperties();
    properties.setUrl(CLUSTER.urlWithoutUser());
    properties.setDriverClassName(DsqlDriver.class.getName());
    properties.setUsername("admin");
    properties.setDefaultAutoCommit(false);
    properties.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    properties.setDefaultReadOnly(false);
    properties.setDefaultCatalog("postgres");
    properties.setTestOnBorrow(true);
    properties.setTestOnReturn(true);
    properties.setValidationInterval(0);
    properties.setRollbackOnReturn(true);
    properties.setJdbcInterceptors("ConnectionState;StatementFinalizer");
    properties.setInitialSize(1);
    properties.setMaxActive(1);
    org.apache.tomcat.jdbc.pool.DataSource pool =
        new org.apache.tomcat.jdbc.pool.DataSource(properties);
    try {
      assertServes(pool);
    } finally {
      pool.close(true);
    }
  }

  @Test
  void tomcatPoolValidatesByQuery() throws SQLException {
    PoolProperties properties = new PoolProperties();
    properties.setUrl(CLUSTER.urlWithoutUser());
    properties.setDriverClassName(DsqlDriver.class.getName());
    properties.setUsername("admin");
    properties.setTestOnBorrow(true);
    properties.setValidationQuery("SELECT 1");
    properties.setValidationInterval(0);
    properties.setMaxActive(1);
    org.apache.tomcat.jdbc.pool.DataSource pool =
        new org.apache.tomcat.jdbc.pool.DataSource(properties);
    try {
      assertServes(pool);
    } finally {
      pool.close(true);
    }
    assertThat(CLUSTER.statements()).contains("SELECT 1");
  }

  @Test
  void dbcpPoolValidatesResetsAndReuses() throws SQLException {
    try (BasicDataSource pool = new BasicDataSource()) {
      pool.setUrl(CLUSTER.urlWithoutUser());
      pool.setUsername("admin");
      pool.setDefaultAutoCommit(false);
      pool.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      pool.setDefaultReadOnly(false);
      pool.setTestOnBorrow(true);
      pool.setTestOnReturn(true);
      pool.setPoolPreparedStatements(true);
      pool.setMaxTotal(1);
      assertServes(pool);
    }
  }

  @Test
  void c3p0PoolValidatesResetsAndReuses() throws SQLException {
    ComboPooledDataSource pool = new ComboPooledDataSource();
    try {
      pool.setJdbcUrl(CLUSTER.urlWithoutUser());
      pool.setUser("admin");
      pool.setTestConnectionOnCheckout(true);
      pool.setTestConnectionOnCheckin(true);
      pool.setMaxStatements(10);
      pool.setInitialPoolSize(1);
      pool.setMinPoolSize(1);
      pool.setMaxPoolSize(1);
      pool.setNumHelperThreads(1);
      assertServes(pool);
    } finally {
      pool.close();
    }
  }

  /** Checkout, a locking transaction, a rollback and autocommit, twice on the same connection. */
  private static void assertServes(DataSource pool) throws SQLException {
    int before = Integer.parseInt(CLUSTER.ask("SELECT value FROM item WHERE id = 1"));
    for (int cycle = 0; cycle < 2; cycle++) {
      try (Connection connection = pool.getConnection()) {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        // A pool may remember what was asked for; the server says what is in force.
        assertThat(ask(connection, "SHOW transaction_isolation")).isEqualTo("repeatable read");
        connection.rollback();
        connection.setReadOnly(false);
        assertThat(connection.isValid(5)).isTrue();
        run(connection, LOCKED, "UPDATE item SET value = value + 1 WHERE id = 1");
        connection.commit();
        run(connection, "UPDATE item SET value = 100 WHERE id = 1");
        connection.rollback();
        connection.setAutoCommit(true);
        assertThat(ask(connection, LOCKED)).isEqualTo(String.valueOf(before + cycle + 1));
      }
    }
    assertThat(CLUSTER.statements())
        .contains("SELECT value FROM item WHERE id = 1 FOR UPDATE")
        .doesNotContain(LOCKED);
  }
}
