package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.dsqlproxy.facts.LockingFact;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every recorded answer of the service to a locking clause is the simulator's answer too. */
class LockingFactsTest {

  private static DsqlSimulator simulator;

  @BeforeAll
  static void startWithTheProbedTables() throws SQLException {
    simulator = DsqlSimulator.start();
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      for (String sql : LockingFact.createTables()) {
        statement.execute(sql);
      }
    }
  }

  @AfterAll
  static void stop() {
    simulator.close();
  }

  @TestFactory
  Stream<DynamicTest> answersAsRecordedInTheSimpleProtocol() throws IOException {
    return LockingFact.concrete().stream()
        .map(fact -> dynamicTest(name(fact), () -> verify(fact, "simple")));
  }

  @TestFactory
  Stream<DynamicTest> answersAsRecordedInTheExtendedProtocol() throws IOException {
    return LockingFact.concrete().stream()
        .map(fact -> dynamicTest(name(fact), () -> verify(fact, "extended")));
  }

  @TestFactory
  Stream<DynamicTest> saysTheSameInsideATransaction() throws IOException {
    return LockingFact.concrete().stream()
        .filter(fact -> !fact.sql().startsWith("LOCK"))
        .map(fact -> dynamicTest(name(fact), () -> verifyInTransaction(fact)));
  }

  private static String name(LockingFact fact) {
    return fact.id() + " " + fact.sql();
  }

  private static void verify(LockingFact fact, String queryMode) throws SQLException {
    try (Connection connection = Sessions.open(simulator, queryMode)) {
      assertThat(outcome(connection, fact)).isEqualTo(fact.outcome());
    }
  }

  private static void verifyInTransaction(LockingFact fact) throws SQLException {
    try (Connection connection = Sessions.open(simulator)) {
      connection.setAutoCommit(false);
      assertThat(outcome(connection, fact)).isEqualTo(fact.outcome());
    }
  }

  private static String outcome(Connection connection, LockingFact fact) throws SQLException {
    String sql = fact.jdbcSql();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      if (sql.contains("?")) {
        statement.setInt(1, 1);
      }
      statement.execute();
      return "ok";
    } catch (org.postgresql.util.PSQLException e) {
      return "err:" + e.getSQLState() + ":" + e.getServerErrorMessage().getMessage();
    }
  }
}
