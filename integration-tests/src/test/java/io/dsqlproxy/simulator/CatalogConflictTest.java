package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

/** A change of the schema waits for nobody; who has looked at the old one hears of it. */
@Timeout(30)
class CatalogConflictTest {

  private static DsqlSimulator lenient;
  private static DsqlSimulator strict;

  private Connection worker;
  private Connection definer;

  @BeforeAll
  static void start() throws SQLException {
    lenient = DsqlSimulator.builder().jobDelay(Duration.ofDays(1)).start();
    strict = DsqlSimulator.builder().strictCatalogConflicts(true).start();
    try (Connection connection = Sessions.open(lenient)) {
      run(connection, "CREATE ROLE reader WITH LOGIN");
    }
  }

  @AfterAll
  static void stop() {
    lenient.close();
    strict.close();
  }

  @BeforeEach
  void openTwoSessions() throws SQLException {
    lenient.completeJobs();
    definer = Sessions.open(lenient);
    for (String table : new String[] {"item", "other", "fresh"}) {
      run(definer, "DROP TABLE IF EXISTS " + table);
    }
    run(definer, "CREATE TABLE item (id int PRIMARY KEY, content text)");
    run(definer, "CREATE TABLE other (id int PRIMARY KEY)");
    run(definer, "INSERT INTO item VALUES (1, 'a')");
    worker = Sessions.open(lenient);
    worker.setAutoCommit(false);
  }

  @AfterEach
  void closeBoth() throws SQLException {
    worker.close();
    definer.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE fresh (id int PRIMARY KEY)",
        "DROP TABLE other",
        "ALTER TABLE other ADD COLUMN more int",
        "ALTER TABLE item ADD COLUMN more int",
        "ALTER TABLE item RENAME TO fresh",
        "DROP TABLE item",
        "CREATE INDEX ASYNC item_content ON item (content)",
        "GRANT SELECT ON other TO reader",
        "REVOKE SELECT ON other FROM reader"
      })
  void anOpenTransactionHearsOfTheChangeWithItsNextStatement(String definition)
      throws SQLException {
    run(worker, "SELECT * FROM item");
    run(definer, definition);
    run(worker, "SELECT 1");
    assertOutOfDate(() -> run(worker, "SELECT * FROM item"));
    assertThatThrownBy(() -> run(worker, "SELECT 1")).hasMessageContaining("aborted");
    worker.rollback();
    run(worker, "SELECT count(*) FROM pg_class");
    worker.commit();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT * FROM item", "UPDATE item SET content = 'b'"})
  void anOpenTransactionHearsOfTheChangeAtCommitAndIsUndone(String statement) throws SQLException {
    for (String definition : new String[] {"DROP TABLE other", "ALTER TABLE item ADD more int"}) {
      run(worker, statement);
      run(definer, definition);
      assertOutOfDate(worker::commit);
      run(worker, statement);
      worker.rollback();
    }
  }

  @Test
  void theRetryInTheSameSessionSucceeds() throws SQLException {
    run(worker, "UPDATE item SET content = 'b'");
    run(definer, "ALTER TABLE item ADD COLUMN more int");
    assertOutOfDate(() -> run(worker, "UPDATE item SET content = 'c'"));
    worker.rollback();
    run(worker, "UPDATE item SET content = 'd' WHERE more IS NULL");
    worker.commit();
    run(definer, "DELETE FROM item WHERE content = 'd'");
  }

  @Test
  void aTransactionThatHasNotTouchedATableIsNotDisturbed() throws SQLException {
    run(worker, "SELECT 1");
    run(definer, "ALTER TABLE item ADD COLUMN more int");
    run(worker, "SELECT more FROM item");
    worker.commit();
  }

  @Test
  void aChangeThatWasUndoneDisturbsNobody() throws SQLException {
    definer.setAutoCommit(false);
    run(worker, "SELECT * FROM item");
    run(definer, "CREATE TABLE fresh (id int PRIMARY KEY)");
    definer.rollback();
    definer.setAutoCommit(true);
    assertThatThrownBy(() -> run(definer, "CREATE TABLE item (id int)"))
        .hasMessageContaining("already exists");
    run(worker, "SELECT * FROM item");
    worker.commit();
  }

  @Test
  void aChangeCountsWhenItIsCommitted() throws SQLException {
    definer.setAutoCommit(false);
    run(worker, "SELECT * FROM item");
    run(definer, "ALTER TABLE other ADD COLUMN more int");
    run(worker, "SELECT * FROM item");
    definer.commit();
    assertOutOfDate(worker::commit);
  }

  @Test
  void aChangeInATransactionOvertakesATransactionThatHoldsLocks() throws SQLException {
    run(worker, "UPDATE item SET content = 'b'");
    definer.setAutoCommit(false);
    run(definer, "SELECT 1");
    run(definer, "ALTER TABLE item ADD COLUMN more int");
    definer.commit();
    assertOutOfDate(worker::commit);
    run(worker, "SELECT more FROM item WHERE content = 'a'");
    worker.commit();
  }

  @Test
  void theSessionThatMadeTheChangeIsNotDisturbed() throws SQLException {
    run(worker, "ALTER TABLE item ADD COLUMN more int");
    worker.commit();
    run(worker, "SELECT more FROM item");
    worker.commit();
    run(definer, "SELECT more FROM item");
  }

  @Test
  void aFailedTransactionStaysFailedWhenItIsOvertaken() throws SQLException {
    run(worker, "UPDATE item SET content = 'b'");
    assertThatThrownBy(() -> run(worker, "SELECT 1 / 0")).hasMessageContaining("zero");
    run(definer, "ALTER TABLE item ADD COLUMN more int");
    assertThatThrownBy(() -> run(worker, "SELECT 1")).hasMessageContaining("aborted");
    worker.rollback();
    run(worker, "SELECT more FROM item");
    worker.commit();
  }

  @Test
  void anIdleSessionHearsOfTheChangeOnceOnlyIfAskedFor() throws SQLException {
    worker.setAutoCommit(true);
    run(definer, "DROP TABLE other");
    assertThatCode(() -> run(worker, "SELECT * FROM item")).doesNotThrowAnyException();

    try (Connection definer = Sessions.open(strict);
        Connection worker = Sessions.open(strict)) {
      run(definer, "CREATE TABLE item (id int PRIMARY KEY)");
      run(definer, "INSERT INTO item VALUES (1)");
      run(worker, "SELECT 1");
      assertOutOfDate(() -> run(worker, "SELECT * FROM item"));
      run(worker, "SELECT * FROM item");
      run(definer, "CREATE TABLE fresh (id int PRIMARY KEY)");
      assertOutOfDate(() -> run(worker, "CREATE TABLE other (id int PRIMARY KEY)"));
      run(worker, "CREATE TABLE other (id int PRIMARY KEY)");
      run(worker, "SELECT * FROM item");
      assertOutOfDate(() -> run(definer, "SELECT * FROM item"));
    }
  }

  @Test
  void anIndexIsAChangeOfTheSchemaOnceMoreWhenItsJobCompletes() throws SQLException {
    run(definer, "CREATE INDEX ASYNC item_content ON item (content)");
    run(worker, "SELECT * FROM item");
    lenient.completeJobs();
    assertOutOfDate(() -> run(worker, "SELECT * FROM item"));
    worker.rollback();
    run(worker, "SELECT * FROM item");
    worker.commit();
  }

  @Test
  void anIndexThatCouldNotBeBuiltIsNoChangeOfTheSchema() throws SQLException {
    run(definer, "INSERT INTO item VALUES (2, 'a')");
    run(definer, "CREATE UNIQUE INDEX ASYNC item_content ON item (content)");
    run(worker, "SELECT * FROM item");
    lenient.completeJobs();
    run(worker, "SELECT * FROM item");
    worker.commit();
  }

  @Test
  void aChangeOfTheSchemaCountsAsAConflictNotAsARefusal() throws SQLException {
    run(worker, "SELECT * FROM item");
    run(definer, "DROP TABLE other");
    long before = lenient.conflicts();
    int refusals = lenient.refusals().size();
    assertOutOfDate(worker::commit);
    assertThat(lenient.conflicts()).isEqualTo(before + 1);
    assertThat(lenient.refusals()).hasSize(refusals);
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void assertOutOfDate(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PSQLException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo("40001");
              assertThat(e.getServerErrorMessage().getMessage())
                  .isEqualTo("schema has been updated by another transaction (OC001)");
            });
  }
}
