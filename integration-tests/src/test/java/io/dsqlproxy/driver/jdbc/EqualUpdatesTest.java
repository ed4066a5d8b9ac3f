package io.dsqlproxy.driver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.execution.DataChangedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates that a replay sends as one batch keep their order, their values and their counts. */
class EqualUpdatesTest {

  private static final String UPDATE = "UPDATE item SET n = n + ? WHERE kind = ?";

  private static DecoratedConnections connections;

  @BeforeAll
  static void start() throws Exception {
    connections = new DecoratedConnections();
    connections.run("CREATE TABLE item (id int PRIMARY KEY, kind int, n int)");
  }

  @AfterAll
  static void stop() throws Exception {
    connections.close();
  }

  @BeforeEach
  void reset() throws SQLException {
    connections.run(
        "DELETE FROM item", "INSERT INTO item SELECT i, i % 4, 0 FROM generate_series(0, 9) i");
  }

  /** With the second, pgJDBC would not tell the counts of a batch of INSERT. */
  @ParameterizedTest
  @ValueSource(strings = {"", "&reWriteBatchedInserts=true", "&preferQueryMode=simple"})
  void eachUpdateHappensAgainOnceAndInItsOrder(String parameters) throws SQLException {
    try (Connection connection = connections.open(false, parameters)) {
      connection.setAutoCommit(false);
      Savepoint savepoint = updateAndSetSavepoint(connection);
      connection.rollback(savepoint);
      connection.commit();
    }
    assertThat(connections.ask("SELECT string_agg(n::text, ' ' ORDER BY id) FROM item"))
        .isEqualTo("5 6 8 10 5 6 8 10 5 6");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&reWriteBatchedInserts=true", "&preferQueryMode=simple"})
  void theUpdateWhoseCountDiffersIsNamed(String parameters) throws SQLException {
    try (Connection connection = connections.open(false, parameters)) {
      connection.setAutoCommit(false);
      Savepoint savepoint = updateAndSetSavepoint(connection);
      connections.run("INSERT INTO item VALUES (10, 2, 0)");
      DataChangedException changed =
          catchThrowableOfType(DataChangedException.class, () -> connection.rollback(savepoint));
      assertThat(changed.statement()).isEqualTo(3);
      assertThat((Throwable) changed).hasMessageContaining("its update count was 2 and is 3");
    }
  }

  private static Savepoint updateAndSetSavepoint(Connection connection) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
      for (int i = 0; i < 8; i++) {
        update.setInt(1, i == 0 ? 1 : i);
        update.setInt(2, i % 4);
        update.executeUpdate();
      }
      Savepoint savepoint = connection.setSavepoint();
      update.setInt(1, 1_000);
      update.setInt(2, 0);
      update.executeUpdate();
      return savepoint;
    }
  }
}
