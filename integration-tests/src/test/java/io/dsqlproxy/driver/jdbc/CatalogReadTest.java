package io.dsqlproxy.driver.jdbc;

import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.execution.NotReplayableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Reading the catalog is no part of the application's transaction, unless one is open. */
class CatalogReadTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final String INCREMENT = "UPDATE item SET value = value + 1";

  private Connection connection;

  @BeforeAll
  static void create() throws SQLException {
    CLUSTER.run(
        "CREATE TABLE item (id int PRIMARY KEY, value int)", "INSERT INTO item VALUES (1, 0)");
  }

  @BeforeEach
  void connect() throws SQLException {
    CLUSTER.run("UPDATE item SET value = 0");
    connection = CLUSTER.connect(new Properties());
    connection.setAutoCommit(false);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void transactionBehindItSeesWhatWasCommittedMeanwhileAndRunsAgain() throws SQLException {
    try (ResultSet tables = connection.getMetaData().getTables(null, null, "item", null)) {
      CLUSTER.run(INCREMENT);
      CLUSTER.faults().at(commit()).answer(conflict());
      run(connection, INCREMENT);
      assertThat(tables.next()).isTrue();
      connection.commit();
      assertThat(tables.getString("TABLE_NAME")).isEqualTo("item");
    }
    assertThat(CLUSTER.ask("SELECT value FROM item")).isEqualTo("2");
  }

  @Test
  void openTransactionIsLeftOpenAndNotRunAgain() throws SQLException {
    run(connection, INCREMENT);
    connection.getMetaData().getTables(null, null, "item", null).close();
    CLUSTER.faults().at(commit()).answer(conflict());
    NotReplayableException error =
        catchThrowableOfType(NotReplayableException.class, connection::commit);
    assertThat(error.getMessage()).contains("the catalog was read through DatabaseMetaData");
    assertThat(CLUSTER.ask("SELECT value FROM item")).isEqualTo("0");
  }
}
