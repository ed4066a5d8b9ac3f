package io.dsqlproxy.frameworks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.execution.DataChangedException;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's transactions and templates over HikariCP. */
@Timeout(30)
class SpringJdbcTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static HikariDataSource pool;

  private JdbcTemplate jdbc;
  private DataSourceTransactionManager manager;
  private TransactionTemplate transaction;

  @BeforeAll
  static void openPool() {
    pool = new HikariDataSource();
    pool.setDataSource(CLUSTER.dataSource());
    pool.setMaximumPoolSize(3);
  }

  @AfterAll
  static void closePool() {
    pool.close();
  }

  @BeforeEach
  void createTable() throws SQLException {
    CLUSTER.run(
        "DROP TABLE IF EXISTS item",
        "CREATE TABLE item (id int PRIMARY KEY, value int NOT NULL)",
        "INSERT INTO item VALUES (1, 10), (2, 20)");
    CLUSTER.clearStatements();
    jdbc = new JdbcTemplate(pool);
    manager = new JdbcTransactionManager(pool);
    transaction = new TransactionTemplate(manager);
  }

  @ParameterizedTest
  @EnumSource(
      value = Isolation.class,
      names = {"DEFAULT", "READ_UNCOMMITTED", "READ_COMMITTED", "REPEATABLE_READ"})
  void transactionOfAnyWeakerIsolationRunsAtRepeatableRead(Isolation isolation) {
    transaction.setIsolationLevel(isolation.value());
    transaction.setTimeout(20);
    String inForce =
        transaction.execute(
            status -> {
              jdbc.queryForList("SELECT * FROM item WHERE id = 1 FOR NO KEY UPDATE");
              jdbc.update("UPDATE item SET value = value + 1 WHERE id = 1");
              return jdbc.queryForObject("SHOW transaction_isolation", String.class);
            });
    assertThat(inForce).isEqualTo("repeatable read");
    assertThat(value(1)).isEqualTo(11);
  }

  @Test
  void serializableIsRefusedBeforeTheTransactionBegins() {
    transaction.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
    assertThatExceptionOfType(CannotCreateTransactionException.class)
        .isThrownBy(() -> transaction.execute(status -> 1))
        .havingRootCause()
        .withMessageContaining("allowWeakerIsolation");
  }

  @Test
  void readOnlyTransactionCannotWrite() {
    transaction.setReadOnly(true);
    assertThat(
            transaction.<String>execute(
                status -> jdbc.queryForObject("SHOW transaction_read_only", String.class)))
        .isEqualTo("on");
    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(() -> transaction.execute(status -> jdbc.update("UPDATE item SET value = 0")))
        .havingRootCause()
        .withMessageContaining("read-only transaction");
    assertThat(value(1)).isEqualTo(10);
  }

  /** Spring sends the text SET TRANSACTION READ ONLY then, which DSQL would refuse. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void enforcedReadOnlyTransactionReadsAndCannotWrite(boolean plain) {
    DataSourceTransactionManager enforcing =
        plain ? new DataSourceTransactionManager(pool) : new JdbcTransactionManager(pool);
    enforcing.setEnforceReadOnly(true);
    TransactionTemplate readOnly = new TransactionTemplate(enforcing);
    readOnly.setReadOnly(true);
    assertThat(readOnly.<Integer>execute(status -> value(1))).isEqualTo(10);
    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(() -> readOnly.execute(status -> addOne()))
        .havingRootCause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
    assertThat(transaction.<Integer>execute(status -> addOne())).isEqualTo(1);
    assertThat(value(1)).isEqualTo(11);
  }

  @Test
  void failedNestedTransactionTakesBackOnlyItsOwnChanges() {
    TransactionTemplate nested = new TransactionTemplate(manager);
    nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
    transaction.executeWithoutResult(
        outer -> {
          jdbc.update("UPDATE item SET value = 11 WHERE id = 1");
          assertThatExceptionOfType(DuplicateKeyException.class)
              .isThrownBy(
                  () ->
                      nested.execute(
                          inner -> {
                            jdbc.update("UPDATE item SET value = 99 WHERE id = 1");
                            return jdbc.update("INSERT INTO item VALUES (2, 2)");
                          }));
          jdbc.update("UPDATE item SET value = 22 WHERE id = 2");
        });
    assertThat(value(1)).isEqualTo(11);
    assertThat(value(2)).isEqualTo(22);
  }

  @Test
  void rollbackOnlyTransactionLeavesNothing() {
    transaction.executeWithoutResult(
        status -> {
          jdbc.update("UPDATE item SET value = 11 WHERE id = 1");
          status.setRollbackOnly();
        });
    assertThat(value(1)).isEqualTo(10);
  }

  @Test
  void batchesAndParametersWork() {
    int[] counts =
        jdbc.batchUpdate(
            "INSERT INTO item VALUES (?, ?)",
            List.of(new Object[] {3, 30}, new Object[] {4, 40}, new Object[] {5, 50}));
    assertThat(counts).containsExactly(1, 1, 1);
    assertThat(
            jdbc.queryForList("SELECT id FROM item WHERE value > ? ORDER BY id", Integer.class, 25))
        .containsExactly(3, 4, 5);
    assertThatExceptionOfType(DuplicateKeyException.class)
        .isThrownBy(() -> jdbc.update("INSERT INTO item VALUES (?, ?)", 3, 30));
  }

  @Test
  void conflictAtCommitIsAbsorbedAndTheUpdateIsNotLost() {
    assertThat(transaction.<Integer>execute(status -> overtaken())).isEqualTo(1);
    assertThat(value(1)).isEqualTo(101);
  }

  @Test
  void conflictOfChangedDataIsAConcurrencyFailureThatRunningAgainResolves() {
    assertThatExceptionOfType(CannotAcquireLockException.class)
        .isThrownBy(() -> transaction.execute(status -> overtakenAfterReading()))
        .isInstanceOf(ConcurrencyFailureException.class)
        .withCauseInstanceOf(DataChangedException.class);
    assertThat(transaction.<Integer>execute(status -> addOne())).isEqualTo(1);
    assertThat(value(1)).isEqualTo(101);
  }

  @Test
  void conflictAtCommitIsASystemExceptionForThePlainTransactionManager() {
    TransactionTemplate plain = new TransactionTemplate(new DataSourceTransactionManager(pool));
    assertThatExceptionOfType(TransactionSystemException.class)
        .isThrownBy(() -> plain.execute(status -> overtakenAfterReading()))
        .havingCause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
  }

  @Test
  void refusalOfTheServerIsNoDataAccessCategoryOfSprings() {
    assertThatExceptionOfType(UncategorizedSQLException.class)
        .isThrownBy(() -> jdbc.execute("TRUNCATE item"));
    assertThat(CLUSTER.takeRefusals()).hasSize(1);
    assertThat(value(1)).isEqualTo(10);
  }

  private int overtakenAfterReading() {
    return value(1) + overtaken();
  }

  private int overtaken() {
    int count = addOne();
    try {
      CLUSTER.run("UPDATE item SET value = 100 WHERE id = 1");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return count;
  }

  private int addOne() {
    return jdbc.update("UPDATE item SET value = value + 1 WHERE id = 1");
  }

  private Integer value(int id) {
    return jdbc.queryForObject("SELECT value FROM item WHERE id = ?", Integer.class, id);
  }
}
