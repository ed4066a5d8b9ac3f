package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every recorded answer of the service to a locking clause is the simulator's answer too. */
class LockingFactsTest {

  /** A recorded row: {@code outcome} is "ok" or "err:SQLSTATE:message". */
  record Fact(String id, String sql, String outcome, String confidence) {

    boolean isConcrete() {
      return Set.of("measured", "reported").contains(confidence)
          && (outcome.equals("ok") || outcome.startsWith("err:"))
          && !sql.contains("...")
          && !SUPERSEDED.contains(id);
    }
  }

  /** Refused on 2026-08-18 and accepted since 2026-08-25. */
  private static final Set<String> SUPERSEDED = Set.of("L20", "L27");

  /** Recorded without the full text. */
  private static final Map<String, String> COMPLETED =
      Map.of(
          "L32", "SELECT s FROM t WHERE id = '1' FOR UPDATE",
          "L33", "SELECT s FROM t FOR UPDATE",
          "L34", "SELECT s FROM t FOR UPDATE NOWAIT",
          "L35", "SELECT s FROM t FOR UPDATE SKIP LOCKED",
          "L36", "SELECT s FROM t WHERE id = '1' FOR KEY SHARE",
          "L37", "SELECT s FROM t FOR KEY SHARE",
          "L38", "SELECT s FROM t FOR KEY SHARE NOWAIT",
          "L39", "SELECT s FROM t FOR KEY SHARE SKIP LOCKED",
          "L40", "SELECT s FROM t FOR SHARE",
          "L41", "SELECT s FROM t FOR NO KEY UPDATE");

  private static DsqlSimulator simulator;

  @BeforeAll
  static void startWithTheProbedTables() throws SQLException {
    simulator = DsqlSimulator.start();
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      for (String table :
          List.of(
              "CREATE TABLE t (id int PRIMARY KEY, s text)",
              "CREATE TABLE u (id int PRIMARY KEY)",
              "CREATE TABLE two (a int PRIMARY KEY)",
              "CREATE TABLE nokey (a int, s text)",
              "CREATE TABLE baseline_parent (id text PRIMARY KEY, name text)")) {
        statement.execute(table);
      }
      statement.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    }
  }

  @AfterAll
  static void stop() {
    simulator.close();
  }

  @TestFactory
  Stream<DynamicTest> answersAsRecordedInTheSimpleProtocol() throws IOException {
    return concreteFacts().map(fact -> dynamicTest(name(fact), () -> verify(fact, "simple")));
  }

  @TestFactory
  Stream<DynamicTest> answersAsRecordedInTheExtendedProtocol() throws IOException {
    return concreteFacts().map(fact -> dynamicTest(name(fact), () -> verify(fact, "extended")));
  }

  @TestFactory
  Stream<DynamicTest> saysTheSameInsideATransaction() throws IOException {
    return concreteFacts()
        .filter(fact -> !fact.sql().startsWith("LOCK"))
        .map(fact -> dynamicTest(name(fact), () -> verifyInTransaction(fact)));
  }

  private static String name(Fact fact) {
    return fact.id() + " " + fact.sql();
  }

  private static void verify(Fact fact, String queryMode) throws SQLException {
    try (Connection connection = Sessions.open(simulator, queryMode)) {
      assertThat(outcome(connection, fact)).isEqualTo(fact.outcome());
    }
  }

  private static void verifyInTransaction(Fact fact) throws SQLException {
    try (Connection connection = Sessions.open(simulator)) {
      connection.setAutoCommit(false);
      assertThat(outcome(connection, fact)).isEqualTo(fact.outcome());
    }
  }

  private static String outcome(Connection connection, Fact fact) throws SQLException {
    String sql = fact.sql().replace("$1", "?");
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

  private static Stream<Fact> concreteFacts() throws IOException {
    List<Fact> facts = facts();
    assertThat(facts).hasSizeGreaterThan(70);
    List<Fact> concrete = facts.stream().filter(Fact::isConcrete).toList();
    assertThat(concrete).hasSizeGreaterThan(40);
    return concrete.stream();
  }

  private static List<Fact> facts() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                LockingFactsTest.class.getResourceAsStream("/facts/locking.tsv"),
                StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .skip(1)
          .map(line -> line.split("\t", -1))
          .map(LockingFactsTest::fact)
          .toList();
    }
  }

  private static Fact fact(String[] columns) {
    String sql = COMPLETED.getOrDefault(columns[0], columns[3]);
    return new Fact(columns[0], sql, columns[4], columns[7]);
  }
}
