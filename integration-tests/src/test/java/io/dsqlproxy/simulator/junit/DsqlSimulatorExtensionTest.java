package io.dsqlproxy.simulator.junit;

import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.dsqlproxy.simulator.DsqlSimulator;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** One line gives a test class a simulator of its own, which ends with the class. */
@Timeout(60)
class DsqlSimulatorExtensionTest {

  private static final List<DsqlSimulator> SEEN = new ArrayList<>();

  /** The class that is meant to fail does so only when this class runs it. */
  private static boolean mayFail;

  @BeforeEach
  void forget() {
    SEEN.clear();
  }

  @Test
  void anAnnotatedClassSharesOneSimulatorThatEndsWithIt() {
    run(Shared.class).assertStatistics(tests -> tests.started(3).succeeded(3));
    assertThat(SEEN).hasSize(4);
    assertOneSimulatorThatIsClosed();
  }

  @Test
  void aClassThatAsksForItBeginsEachMethodWithoutTablesFaultsAndRecords() {
    run(Resetting.class).assertStatistics(tests -> tests.started(3).succeeded(3));
    assertOneSimulatorThatIsClosed();
  }

  @Test
  void aStaticFieldSharesOneSimulatorThatEndsWithTheClass() {
    run(WithField.class).assertStatistics(tests -> tests.started(2).succeeded(2));
    assertOneSimulatorThatIsClosed();
    assertThat(SEEN.get(0).region()).isEqualTo("eu-west-1");
    assertThatThrownBy(WithField.dsql::simulator).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anInstanceFieldStartsASimulatorForEachMethod() {
    run(WithInstanceField.class).assertStatistics(tests -> tests.started(2).succeeded(2));
    assertThat(SEEN).hasSize(2).doesNotHaveDuplicates().allSatisfy(this::assertClosed);
  }

  @Test
  void aFailingTestDoesNotLeaveASimulatorBehind() {
    mayFail = true;
    try {
      run(Failing.class)
          .assertThatEvents()
          .haveExactly(1, finishedWithFailure(message("as it is meant to be")));
    } finally {
      mayFail = false;
    }
    assertOneSimulatorThatIsClosed();
  }

  private static Events run(Class<?> type) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(type))
        .execute()
        .testEvents();
  }

  private void assertOneSimulatorThatIsClosed() {
    assertThat(SEEN).isNotEmpty().containsOnly(SEEN.get(0));
    assertClosed(SEEN.get(0));
  }

  private void assertClosed(DsqlSimulator simulator) {
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), simulator.port()).close())
        .isInstanceOf(ConnectException.class);
    assertThat(simulator.certificateAuthority().getParent()).doesNotExist();
  }

  private static void execute(DsqlSimulator simulator, String sql) throws SQLException {
    try (Connection connection = simulator.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static int tables(DsqlSimulator simulator) throws SQLException {
    return count(simulator, "pg_tables WHERE schemaname !~ '^pg_|^info|^sys'");
  }

  private static int count(DsqlSimulator simulator, String from) throws SQLException {
    try (Connection connection = simulator.connect();
        Statement statement = connection.createStatement();
        ResultSet count = statement.executeQuery("SELECT count(*) FROM " + from)) {
      count.next();
      return count.getInt(1);
    }
  }

  @DsqlTest
  static class Shared {

    @BeforeAll
    static void create(DsqlSimulator simulator) throws SQLException {
      SEEN.add(simulator);
      execute(simulator, "CREATE TABLE item (id int PRIMARY KEY)");
    }

    @Test
    void one(DsqlSimulator simulator) throws SQLException {
      SEEN.add(simulator);
      assertThat(tables(simulator)).isEqualTo(1);
    }

    @Test
    void two(DsqlSimulator simulator) throws SQLException {
      SEEN.add(simulator);
      assertThat(tables(simulator)).isEqualTo(1);
    }

    @Nested
    class Inner {

      @Test
      void three(DsqlSimulator simulator) throws SQLException {
        SEEN.add(simulator);
        assertThat(tables(simulator)).isEqualTo(1);
      }
    }
  }

  /** Its first method leaves behind all there is to leave, a transaction with locks included. */
  @DsqlTest(resetBeforeEach = true)
  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  static class Resetting {

    private static Connection leftOpen;

    @Test
    @Order(1)
    void leavesEverythingBehind(DsqlSimulator simulator) throws SQLException {
      SEEN.add(simulator);
      execute(simulator, "CREATE TABLE item (id int PRIMARY KEY)");
      execute(simulator, "CREATE INDEX ASYNC item_name ON item (id)");
      execute(simulator, "CREATE SCHEMA shop");
      execute(simulator, "CREATE TABLE shop.item (id int PRIMARY KEY)");
      execute(simulator, "CREATE ROLE reader WITH LOGIN");
      execute(simulator, "GRANT SELECT ON item TO reader");
      leftOpen = simulator.connect();
      leftOpen.setAutoCommit(false);
      try (Statement statement = leftOpen.createStatement()) {
        statement.execute("INSERT INTO item VALUES (1)");
      }
      simulator.faults().at(statementContaining("create")).always().answer(conflict());
    }

    @Test
    @Order(2)
    void findsNothing(DsqlSimulator simulator) throws SQLException {
      leftOpen.close();
      SEEN.add(simulator);
      assertThat(simulator.faults().isEmpty()).isTrue();
      assertThat(simulator.statements()).isEmpty();
      assertThat(simulator.refusals()).isEmpty();
      assertThat(simulator.conflicts()).isZero();
      assertThat(tables(simulator)).isZero();
      assertThat(count(simulator, "sys.jobs")).isZero();
      execute(simulator, "CREATE TABLE item (id int PRIMARY KEY)");
      execute(simulator, "CREATE ROLE reader WITH LOGIN");
    }

    @Nested
    class Inner {

      @Test
      void findsNothingEither(DsqlSimulator simulator) throws SQLException {
        assertThat(tables(simulator)).isZero();
      }
    }
  }

  static class WithField {

    @RegisterExtension
    static final DsqlSimulatorExtension dsql =
        new DsqlSimulatorExtension(DsqlSimulator.builder().region("eu-west-1")).resetBeforeEach();

    @Test
    void one() throws SQLException {
      SEEN.add(dsql.simulator());
      execute(dsql.simulator(), "CREATE TABLE item (id int PRIMARY KEY)");
    }

    @Test
    void two() throws SQLException {
      SEEN.add(dsql.simulator());
      execute(dsql.simulator(), "CREATE TABLE item (id int PRIMARY KEY)");
    }
  }

  static class WithInstanceField {

    @RegisterExtension final DsqlSimulatorExtension dsql = new DsqlSimulatorExtension();

    @Test
    void one() {
      SEEN.add(dsql.simulator());
    }

    @Test
    void two() {
      SEEN.add(dsql.simulator());
    }
  }

  @DsqlTest
  static class Failing {

    @Test
    void fails(DsqlSimulator simulator) {
      assumeTrue(mayFail);
      SEEN.add(simulator);
      throw new IllegalStateException("as it is meant to be");
    }
  }
}
