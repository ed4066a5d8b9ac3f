package io.dsqlproxy.hermitage;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.DsqlDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every lock that keeps an anomaly away on PostgreSQL keeps it away through the driver, whether
 * DSQL has such a lock or not; what DSQL itself allows or refuses stays as it is.
 */
@Timeout(60)
class HermitageThroughTheDriverTest {

  /** Fails a test in which the server refused something. */
  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final AnomalyTable TABLE =
      new AnomalyTable(
          """
          anomaly                                                | plain    | FOR SHARE | FOR NO KEY UPDATE | FOR UPDATE
          G0                                                     | ABORT    | ABORT     | ABORT             | ABORT
          G1a                                                    | SNAPSHOT | SNAPSHOT  | SNAPSHOT          | SNAPSHOT
          G1b                                                    | SNAPSHOT | ABORT     | ABORT             | ABORT
          G1c                                                    | SNAPSHOT | ABORT     | ABORT             | ABORT
          OTV                                                    | ABORT    | ABORT     | ABORT             | ABORT
          PMP                                                    | SNAPSHOT | SNAPSHOT  | SNAPSHOT          | SNAPSHOT
          PMP, write predicate                                   | ABORT    | ABORT     | ABORT             | ABORT
          P4                                                     | ABORT    | ABORT     | ABORT             | ABORT
          P4, the second commits first                           | ABORT    | ABORT     | ABORT             | ABORT
          G-single                                               | SNAPSHOT | ABORT     | ABORT             | ABORT
          G-single, predicate dependencies                       | SNAPSHOT | ABORT     | ABORT             | ABORT
          G-single, write predicate 1                            | ABORT    | ABORT     | ABORT             | ABORT
          G-single, write predicate 2                            | SNAPSHOT | SNAPSHOT  | SNAPSHOT          | SNAPSHOT
          G-single, write predicate 2, the deletion is committed | ABORT    | ABORT     | ABORT             | ABORT
          G2-item                                                | ALLOWED  | ABORT     | ABORT             | ABORT
          G2-item, each reads what the other writes              | ALLOWED  | ABORT     | ABORT             | ABORT
          G2                                                     | ALLOWED  | ALLOWED   | ALLOWED           | ALLOWED
          G2, two edges                                          | ALLOWED  | ABORT     | ABORT             | ABORT
          """);

  @BeforeAll
  static void createTable() throws SQLException {
    CLUSTER.run("CREATE TABLE item (id int PRIMARY KEY, value int)");
  }

  @AfterAll
  static void print() {
    System.out.println("Through the driver\n" + TABLE);
  }

  static List<Arguments> cells() {
    return TABLE.cells();
  }

  @ParameterizedTest
  @MethodSource("cells")
  void aLockThatTheServiceDoesNotHaveKeepsItsGuarantee(Scenario scenario, Reading reading)
      throws Exception {
    TABLE.assertCell(scenario, reading, HermitageThroughTheDriverTest::withoutRetries);
  }

  private static Connection withoutRetries() throws SQLException {
    DsqlDataSource dataSource = CLUSTER.dataSource();
    dataSource.setRetryAttempts(1);
    return dataSource.getConnection();
  }
}
