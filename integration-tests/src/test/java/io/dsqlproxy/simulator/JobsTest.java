package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked for with ASYNC is done by a job, not by the statement. */
@Timeout(20)
class JobsTest {

  private static DsqlSimulator simulator;

  private Connection connection;
  private Statement statement;

  @BeforeAll
  static void start() {
    simulator = DsqlSimulator.builder().jobDelay(Duration.ofDays(1)).start();
  }

  @AfterAll
  static void stop() {
    simulator.close();
  }

  @BeforeEach
  void createTables() throws SQLException {
    connection = Sessions.open(simulator);
    statement = connection.createStatement();
    statement.execute("DROP TABLE IF EXISTS child, item");
    statement.execute("CREATE TABLE item (id int PRIMARY KEY, name text)");
    statement.execute("CREATE TABLE child (id int PRIMARY KEY, item int)");
    statement.execute("INSERT INTO item VALUES (1, 'a'), (2, 'b')");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
  void anIndexIsValidAfterItsJobIsDone(String queryMode) throws SQLException {
    try (Connection other = Sessions.open(simulator, queryMode);
        Statement elsewhere = other.createStatement()) {
      String job = text(elsewhere, "CREATE UNIQUE INDEX ASYNC item_name ON item (name)");
      assertThat(text(elsewhere, "SELECT status FROM sys.jobs WHERE job_id = '" + job + "'"))
          .isEqualTo("submitted");
      String use = "ALTER TABLE item ADD CONSTRAINT item_name UNIQUE USING INDEX item_name";
      assertThatThrownBy(() -> elsewhere.execute(use))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55000"));
      for (int i = 0; i < 7; i++) {
        assertThat(waitFor(other, job)).isTrue();
      }
      elsewhere.execute(use);
      assertThatThrownBy(() -> elsewhere.execute("INSERT INTO item VALUES (3, 'a')"))
          .hasMessageContaining("\"item_name\"");
    }
  }

  @Test
  void aUniqueIndexOverDuplicatesFailsAsAJob() throws SQLException {
    statement.execute("INSERT INTO item VALUES (3, 'a')");
    String job = text(statement, "CREATE UNIQUE INDEX ASYNC item_name ON item (name)");
    assertThat(waitFor(connection, job)).isFalse();
    assertThat(
            text(
                statement,
                "SELECT concat_ws(' ', status, job_type, object_name, details) FROM sys.jobs"
                    + " WHERE job_id = '%s'".formatted(job)))
        .isEqualTo(
            "failed INDEX_BUILD public.item_name could not create unique index \"item_name\"");
    statement.execute("DROP INDEX item_name");
  }

  @Test
  void aConstraintIsValidatedByItsJob() throws SQLException {
    statement.execute(
        "ALTER TABLE child ADD CONSTRAINT to_item FOREIGN KEY (item) REFERENCES item NOT VALID");
    statement.execute("INSERT INTO child VALUES (1, 1)");
    String isValid = "SELECT convalidated FROM pg_constraint WHERE conname = 'to_item'";
    text(statement, "ALTER TABLE ASYNC child VALIDATE CONSTRAINT to_item");
    assertThat(text(statement, isValid)).isEqualTo("f");
    simulator.completeJobs();
    assertThat(text(statement, isValid)).isEqualTo("t");
    assertThatThrownBy(
            () -> statement.execute("ALTER TABLE ASYNC child VALIDATE CONSTRAINT unheard_of"))
        .hasMessageContaining("constraint \"unheard_of\" of relation \"child\" does not exist");
  }

  @Test
  void aJobEndsWithItsTransaction() throws SQLException {
    connection.setAutoCommit(false);
    String undone = text(statement, "CREATE INDEX ASYNC item_name ON item (name)");
    connection.rollback();
    String done = text(statement, "CREATE INDEX ASYNC item_name ON item (name)");
    connection.commit();
    connection.setAutoCommit(true);
    assertThat(waitFor(connection, done)).isTrue();
    assertThatThrownBy(() -> waitFor(connection, undone)).isInstanceOf(SQLException.class);
  }

  /** Its end changes the schema, so that it is the transaction that has to be done again. */
  @Test
  void aJobDoesNotWaitForAnOpenTransaction() throws SQLException {
    try (Connection writer = Sessions.open(simulator);
        Statement writing = writer.createStatement()) {
      String job = text(statement, "CREATE UNIQUE INDEX ASYNC item_name ON item (name)");
      writer.setAutoCommit(false);
      writing.execute("UPDATE item SET name = 'c' WHERE id = 1");
      assertThat(waitFor(connection, job)).isTrue();
      assertThatThrownBy(writer::commit).hasMessageContaining("(OC001)");
      writing.execute("UPDATE item SET name = 'c' WHERE id = 1");
      writer.commit();
      assertThat(text(statement, "SELECT name FROM item WHERE id = 1")).isEqualTo("c");
    }
  }

  @Test
  void aJobIsDoneSoonWithoutBeingAskedFor() throws SQLException {
    try (DsqlSimulator prompt = DsqlSimulator.builder().jobDelay(Duration.ZERO).start();
        Connection session = Sessions.open(prompt);
        Statement asking = session.createStatement()) {
      asking.execute("CREATE TABLE item (id int PRIMARY KEY, name text)");
      asking.execute("CREATE INDEX ASYNC item_name ON item (name)");
      assertThat(text(asking, "SELECT status FROM sys.jobs")).isEqualTo("completed");
      assertThat(
              text(
                  asking,
                  "SELECT indisvalid FROM pg_index WHERE indexrelid = 'item_name'::regclass"))
          .isEqualTo("t");
    }
  }

  @Test
  void deallocatingAllLeavesTheSessionWhole() throws SQLException {
    statement.execute("DEALLOCATE ALL");
    connection.setAutoCommit(false);
    statement.execute("UPDATE item SET name = 'c' WHERE id = 1");
    connection.commit();
    assertThat(text(statement, "SELECT name FROM item WHERE id = 1")).isEqualTo("c");
  }

  private static boolean waitFor(Connection connection, String job) throws SQLException {
    try (PreparedStatement call = connection.prepareStatement("CALL sys.wait_for_job(?)")) {
      call.setString(1, job);
      try (ResultSet row = call.executeQuery()) {
        assertThat(row.next()).isTrue();
        return row.getBoolean("succeeded");
      }
    }
  }

  private static String text(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }
}
