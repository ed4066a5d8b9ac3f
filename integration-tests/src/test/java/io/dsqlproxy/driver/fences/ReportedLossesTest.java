package io.dsqlproxy.driver.fences;

import static io.dsqlproxy.driver.fences.ShardTables.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.traceability.Proves;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a lock policy gives up, or cannot do, is logged once for each statement text. */
class ReportedLossesTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static final ShardTables TABLES = new ShardTables(CLUSTER);

  private final PrintStream terminal = System.err;
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

  @BeforeAll
  static void create() throws SQLException {
    TABLES.create();
    CLUSTER.run("CREATE TABLE keyless (version int)");
  }

  /** SLF4J's simple logger writes there. */
  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void stopListening() {
    System.setErr(terminal);
  }

  private List<String> warnings() {
    return logged
        .toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.contains("WARN io.dsqlproxy.rewrite "))
        .toList();
  }

  /** Twice each, on two connections. */
  private static void run(String policy, String... queries) throws SQLException {
    for (int i = 0; i < 2; i++) {
      try (Connection connection = TABLES.connect(policy, "versionColumns", "keyless.version")) {
        for (String query : queries) {
          read(connection, query);
          read(connection, query);
        }
        connection.commit();
      }
    }
  }

  @Test
  @Proves({"003/9.2", "003/10.3"})
  void statementThatGivesAGuaranteeUpIsLoggedOnce() throws SQLException {
    run(
        "shards:none,executions:forKeyShare",
        "SELECT data FROM shards WHERE shard_id = 1 FOR SHARE",
        "SELECT version FROM executions FOR SHARE",
        "SELECT data FROM shards WHERE shard_id = 2 FOR UPDATE");
    assertThat(warnings())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .contains("FOR SHARE at line 1, column 44 gives up a guarantee")
                    .contains("another transaction may change or delete the row unnoticed")
                    .endsWith("SELECT data FROM shards WHERE shard_id = ? FOR SHARE"),
            line ->
                assertThat(line)
                    .contains("may change the row's other columns")
                    .endsWith("SELECT version FROM executions FOR SHARE"));
  }

  @Test
  void lockThatCannotBeConditionalForWantOfAKeyIsLoggedOnce() throws SQLException {
    run("conditional", "SELECT version FROM keyless WHERE version > 0 FOR SHARE");
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("the rows of keyless cannot be told")
        .endsWith("SELECT version FROM keyless WHERE version > ? FOR UPDATE");
  }

  @Test
  void whatKeepsEveryGuaranteeIsNotLogged() throws SQLException {
    run("deferred", "SELECT data FROM shards WHERE shard_id = 3 FOR SHARE");
    run("", "SELECT data FROM shards WHERE shard_id = 3 FOR SHARE");
    assertThat(warnings()).isEmpty();
  }
}
