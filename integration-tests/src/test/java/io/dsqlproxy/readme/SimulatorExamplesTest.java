package io.dsqlproxy.readme;

import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.Fault.delay;
import static io.dsqlproxy.simulator.fault.Fault.disconnect;
import static io.dsqlproxy.simulator.fault.Fault.expiredToken;
import static io.dsqlproxy.simulator.fault.Fault.schemaConflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.afterCommit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.login;
import static io.dsqlproxy.simulator.fault.FaultTrigger.message;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.simulator.fault.FiredFault;
import io.dsqlproxy.simulator.junit.DsqlSimulatorExtension;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's examples of the simulator are the regions of this file, and they work. */
class SimulatorExamplesTest {

  // example:simulator-test
  @RegisterExtension static final DsqlSimulatorExtension DSQL = new DsqlSimulatorExtension();

  // end

  @Test
  void main() throws SQLException {
    // example:simulator
    try (DsqlSimulator dsql = DsqlSimulator.start();
        Connection connection = dsql.connect(); // plain pgJDBC
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE account (id int PRIMARY KEY, balance int)");
    }
    // end
  }

  @Test
  void faults() throws SQLException {
    DsqlSimulator dsql = DSQL.simulator();
    try (Connection connection = dsql.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE account (id int PRIMARY KEY, balance int)");
      connection.setAutoCommit(false);
      // example:faults
      dsql.faults().at(statementContaining("UPDATE account").number(3)).answer(conflict());
      dsql.faults().at(commit()).times(2).answer(schemaConflict()); // rolled back, twice in a row
      dsql.faults().at(afterCommit().number(2)).answer(disconnect()); // committed, and no answer
      dsql.faults().at(login()).answer(expiredToken());
      Duration lag = Duration.ofMillis(20);
      dsql.faults().at(message().inApplication("slow")).always().answer(delay(lag));
      // run the application, and then:
      List<FiredFault> fired = dsql.faults().fired(); // what struck, where, in this order
      // end
      assertThat(fired).isEmpty();
      String update = "UPDATE account SET balance = 0";
      statement.execute(update);
      statement.execute(update);
      assertFails("40001", () -> statement.execute(update));
      connection.rollback();
      for (int i = 0; i < 2; i++) {
        statement.execute(update);
        assertFails("40001", connection::commit);
      }
      statement.execute(update);
      connection.commit();
      assertFails("08006", dsql::connect);
      statement.execute("INSERT INTO account VALUES (1, 100)");
      assertFails("08006", connection::commit);
    }
    try (Connection connection = dsql.connect();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate("DELETE FROM account")).isEqualTo(1);
    }
    assertThat(dsql.faults().fired())
        .extracting(FiredFault::fault)
        .containsExactly(
            conflict(), schemaConflict(), schemaConflict(), expiredToken(), disconnect());
  }

  @ParameterizedTest
  @ValueSource(strings = {"simulator-test", "simulator", "faults"})
  void theReadmeShowsWhatIsTestedHere(String name) throws IOException {
    Examples.assertShown(SimulatorExamplesTest.class, name);
  }

  private static void assertFails(String sqlState, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(sqlState));
  }
}
