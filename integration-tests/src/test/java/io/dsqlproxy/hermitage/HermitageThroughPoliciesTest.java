package io.dsqlproxy.hermitage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.DsqlDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A lock that is postponed keeps away every anomaly that it keeps away when it is taken at once.
 *
 * <p>Three cells differ from those of a lock that is taken at once. In G1b, G-single and G-single
 * with predicate dependencies the transaction that loses has only read. All that it has seen
 * belongs to one snapshot, and it has written nothing that could contradict what others have
 * written since: it can be placed before all of them. Its locks are never taken, so it commits, and
 * the anomaly is kept away by the snapshot alone.
 */
@Timeout(60)
class HermitageThroughPoliciesTest {

  /** Fails a test in which the server refused something. */
  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final AnomalyTable TABLE =
      new AnomalyTable(
          """
          anomaly                                                | FOR SHARE, deferred | FOR UPDATE, deferred | FOR SHARE, conditional | FOR UPDATE, conditional
          G0                                                     | ABORT               | ABORT                | ABORT                  | ABORT
          G1a                                                    | SNAPSHOT            | SNAPSHOT             | SNAPSHOT               | SNAPSHOT
          G1b                                                    | SNAPSHOT            | SNAPSHOT             | SNAPSHOT               | SNAPSHOT
          G1c                                                    | ABORT               | ABORT                | ABORT                  | ABORT
          OTV                                                    | ABORT               | ABORT                | ABORT                  | ABORT
          PMP                                                    | SNAPSHOT            | SNAPSHOT             | SNAPSHOT               | SNAPSHOT
          PMP, write predicate                                   | ABORT               | ABORT                | ABORT                  | ABORT
          P4                                                     | ABORT               | ABORT                | ABORT                  | ABORT
          P4, the second commits first                           | ABORT               | ABORT                | ABORT                  | ABORT
          G-single                                               | SNAPSHOT            | SNAPSHOT             | SNAPSHOT               | SNAPSHOT
          G-single, predicate dependencies                       | SNAPSHOT            | SNAPSHOT             | SNAPSHOT               | SNAPSHOT
          G-single, write predicate 1                            | ABORT               | ABORT                | ABORT                  | ABORT
          G-single, write predicate 2                            | SNAPSHOT            | SNAPSHOT             | SNAPSHOT               | SNAPSHOT
          G-single, write predicate 2, the deletion is committed | ABORT               | ABORT                | ABORT                  | ABORT
          G2-item                                                | ABORT               | ABORT                | ABORT                  | ABORT
          G2-item, each reads what the other writes              | ABORT               | ABORT                | ABORT                  | ABORT
          G2                                                     | ALLOWED             | ALLOWED              | ALLOWED                | ALLOWED
          G2, two edges                                          | ABORT               | ABORT                | ABORT                  | ABORT
          """);

  @BeforeAll
  static void createTable() throws SQLException {
    CLUSTER.run("CREATE TABLE item (id int PRIMARY KEY, value int)");
  }

  @AfterAll
  static void print() {
    System.out.println("Through the driver, with postponed locks\n" + TABLE);
  }

  static List<Arguments> cells() {
    return TABLE.cells();
  }

  @ParameterizedTest
  @MethodSource("cells")
  void aPostponedLockKeepsItsGuarantee(Scenario scenario, Reading reading) throws Exception {
    TABLE.assertCell(scenario, reading, () -> withoutRetries(reading));
  }

  @Test
  void onlyTransactionsThatWriteNothingFareOtherwiseThanWithALockThatIsTakenAtOnce() {
    Set<String> different =
        Hermitage.SCENARIOS.stream()
            .filter(
                scenario ->
                    !scenario
                        .expected(Reading.FOR_UPDATE)
                        .equals(scenario.expected(Reading.UPDATE_CONDITIONAL)))
            .map(Scenario::name)
            .collect(Collectors.toSet());
    assertThat(different)
        .containsExactlyInAnyOrder("G1b", "G-single", "G-single, predicate dependencies");
  }

  private static Connection withoutRetries(Reading reading) throws SQLException {
    DsqlDataSource dataSource = CLUSTER.dataSource();
    dataSource.setRetryAttempts(1);
    dataSource.setLockPolicy(reading.policy());
    dataSource.setVersionColumns("item.value");
    return dataSource.getConnection();
  }
}
