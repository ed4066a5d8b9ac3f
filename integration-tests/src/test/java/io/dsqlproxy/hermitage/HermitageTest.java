package io.dsqlproxy.hermitage;

import io.dsqlproxy.simulator.DsqlSimulator;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulator has the service's snapshot isolation: these anomalies, and no others. */
@Timeout(60)
class HermitageTest {

  private static final AnomalyTable TABLE =
      new AnomalyTable(
          """
          anomaly                                                | plain    | FOR KEY SHARE | FOR UPDATE
          G0                                                     | ABORT    | ABORT         | ABORT
          G1a                                                    | SNAPSHOT | SNAPSHOT      | SNAPSHOT
          G1b                                                    | SNAPSHOT | SNAPSHOT      | ABORT
          G1c                                                    | SNAPSHOT | SNAPSHOT      | ABORT
          OTV                                                    | ABORT    | ABORT         | ABORT
          PMP                                                    | SNAPSHOT | SNAPSHOT      | SNAPSHOT
          PMP, write predicate                                   | ABORT    | ABORT         | ABORT
          P4                                                     | ABORT    | ABORT         | ABORT
          P4, the second commits first                           | ABORT    | ABORT         | ABORT
          G-single                                               | SNAPSHOT | SNAPSHOT      | ABORT
          G-single, predicate dependencies                       | SNAPSHOT | SNAPSHOT      | ABORT
          G-single, write predicate 1                            | ABORT    | ABORT         | ABORT
          G-single, write predicate 2                            | SNAPSHOT | SNAPSHOT      | SNAPSHOT
          G-single, write predicate 2, the deletion is committed | ABORT    | ABORT         | ABORT
          G2-item                                                | ALLOWED  | ALLOWED       | ABORT
          G2-item, each reads what the other writes              | ALLOWED  | ALLOWED       | ABORT
          G2                                                     | ALLOWED  | ALLOWED       | ALLOWED
          G2, two edges                                          | ALLOWED  | ALLOWED       | ABORT
          """);

  private static DsqlSimulator simulator;

  @BeforeAll
  static void start() throws SQLException {
    simulator = DsqlSimulator.start();
    try (Connection connection = simulator.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE item (id int PRIMARY KEY, value int)");
    }
  }

  @AfterAll
  static void stop() {
    simulator.close();
    System.out.println("Through pgJDBC\n" + TABLE);
  }

  static List<Arguments> cells() {
    return TABLE.cells();
  }

  @ParameterizedTest
  @MethodSource("cells")
  void everyStepIsAnsweredAtOnceAsTheServiceAnswersIt(Scenario scenario, Reading reading)
      throws Exception {
    TABLE.assertCell(scenario, reading, simulator::connect);
  }
}
