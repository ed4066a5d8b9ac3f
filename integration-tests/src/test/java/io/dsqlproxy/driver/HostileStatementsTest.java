package io.dsqlproxy.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.dsqlproxy.cluster.SimulatedCluster;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever text is executed, it ends in a result or a clear error, and the next one works. */
@Timeout(60)
class HostileStatementsTest {

  private static final int MEGABYTE = 1 << 20;

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  static Stream<Arguments> hostile() {
    String lock = " FROM pg_class WHERE false FOR SHARE";
    return Stream.of(
        arguments("a megabyte of literal", "SELECT '" + "x".repeat(MEGABYTE) + "'" + lock, null),
        arguments(
            "a megabyte of comment", "SELECT 1 /*" + "x".repeat(MEGABYTE) + "*/" + lock, null),
        arguments("a megabyte of NOT", "SELECT " + "NOT ".repeat(MEGABYTE / 4) + "true", "42601"),
        arguments("5,000 parentheses", "SELECT " + "(".repeat(5000) + "1" + ")".repeat(5000), null),
        arguments(
            "50,000 parentheses",
            "SELECT " + "(".repeat(50_000) + "1" + ")".repeat(50_000),
            "42601"),
        arguments("an open literal", "SELECT 'abc" + lock, "42601"),
        arguments("an open identifier", "SELECT \"abc" + lock, "42601"),
        arguments("an open comment", "SELECT 1 /* abc" + lock, "42601"),
        arguments("an open dollar quote", "SELECT $a$ abc" + lock, "42601"),
        arguments("a NUL character", "SELECT 1\0; DROP TABLE pg_class", "22021"),
        arguments("only a NUL character", "\0", "22021"),
        arguments("nothing", "", ""),
        arguments("only semicolons", ";;;", ""),
        arguments("half a character", "SELECT '\uD800'", null),
        arguments("no SQL at all", "FOR SHARE FOR UPDATE LOCK IN SHARE MODE", "42601"));
  }

  /**
   * @param sqlState of the error; null for a result; empty for either
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void endsAndLeavesTheConnectionUsable(String name, String sql, String sqlState)
      throws SQLException {
    try (Connection connection = CLUSTER.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      String outcome = null;
      try {
        statement.execute(sql);
      } catch (SQLException refused) {
        outcome = refused.getSQLState();
        assertThat(refused.getMessage()).isNotBlank();
      }
      if (sqlState == null || !sqlState.isEmpty()) {
        assertThat(outcome).as(name).isEqualTo(sqlState);
      }
      try (ResultSet next = statement.executeQuery("SELECT 1")) {
        assertThat(next.next()).isTrue();
      }
    }
  }
}
