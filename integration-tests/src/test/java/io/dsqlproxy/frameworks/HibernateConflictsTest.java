package io.dsqlproxy.frameworks;

import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.Fault.disconnect;
import static io.dsqlproxy.simulator.fault.FaultTrigger.afterCommit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.execution.CommitOutcomeUnknownException;
import io.dsqlproxy.driver.execution.DataChangedException;
import io.dsqlproxy.driver.execution.RetriesExhaustedException;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PessimisticLockException;
import jakarta.persistence.RollbackException;
import java.sql.SQLException;
import org.hibernate.SessionFactory;
import org.hibernate.exception.LockAcquisitionException;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a conflict under Hibernate, which has its own connections here. */
@Timeout(60)
class HibernateConflictsTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static SessionFactory sessions;

  @BeforeAll
  static void startWithoutAPool() {
    DsqlDataSource dataSource = CLUSTER.dataSource();
    dataSource.setRetryAttempts(2);
    dataSource.setRetryBaseDelay("1ms");
    sessions =
        new HibernatePersistenceConfiguration("stocks")
            .managedClass(Stock.class)
            .property("jakarta.persistence.nonJtaDataSource", dataSource)
            .property("hibernate.hbm2ddl.auto", "update")
            .property("hibernate.jdbc.log.errors", "false")
            .createEntityManagerFactory();
  }

  @AfterAll
  static void stop() {
    sessions.close();
  }

  @BeforeEach
  void twoStocks() throws SQLException {
    CLUSTER.faults().clear();
    CLUSTER.run("DELETE FROM stock", "INSERT INTO stock (id, amount) VALUES (1, 10), (2, 20)");
    CLUSTER.clearStatements();
  }

  // -------------------- absorbed

  @Test
  void conflictAtTheFlushOfABlindUpdateIsAbsorbed() throws SQLException {
    sessions.inTransaction(
        session -> {
          CLUSTER.faults().at(statementContaining("update Stock")).answer(conflict());
          session
              .createMutationQuery("update Stock set amount = amount + 1 where id = 1")
              .executeUpdate();
        });
    assertThat(amount(1)).isEqualTo("11");
    assertThat(CLUSTER.faults().fired()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = LockModeType.class,
      names = {"NONE", "PESSIMISTIC_READ", "PESSIMISTIC_WRITE"})
  void conflictAtTheCommitOfAnEntityThatNobodyElseChangedIsAbsorbed(LockModeType lock)
      throws SQLException {
    CLUSTER.faults().at(commit()).answer(conflict());
    sessions.inTransaction(session -> session.find(Stock.class, 1L, lock).amount++);
    assertThat(amount(1)).isEqualTo("11");
    assertThat(CLUSTER.faults().fired()).hasSize(1);
  }

  @Test
  void batchOfInsertsIsRunAgainAsAWhole() throws SQLException {
    CLUSTER.faults().at(commit()).answer(conflict());
    sessions.inTransaction(
        session -> {
          session.setJdbcBatchSize(10);
          for (long id = 3; id <= 8; id++) {
            session.persist(new Stock(id, 1));
          }
        });
    assertThat(CLUSTER.ask("SELECT sum(amount) FROM stock")).isEqualTo("36");
    assertThat(CLUSTER.faults().fired()).hasSize(1);
  }

  // -------------------- surfacing

  /** Without a version there is nothing but the driver to notice it. */
  @ParameterizedTest
  @EnumSource(
      value = LockModeType.class,
      names = {"NONE", "PESSIMISTIC_READ", "PESSIMISTIC_WRITE"})
  void entityThatSomebodyElseChangedIsNeverOverwritten(LockModeType lock) throws SQLException {
    RuntimeException failure =
        catchThrowableOfType(
            RuntimeException.class,
            () ->
                sessions.inTransaction(
                    session -> {
                      Stock stock = session.find(Stock.class, 1L, lock);
                      overtake();
                      stock.amount++;
                    }));
    assertThat(failure).isInstanceOf(RollbackException.class);
    assertThat(conflictIn(failure)).isInstanceOf(DataChangedException.class);
    assertThat(amount(1)).isEqualTo("100");
  }

  @Test
  void conflictAtAStatementIsALockThatCouldNotBeAcquired() throws SQLException {
    CLUSTER.faults().at(statementContaining("update Stock")).times(2).answer(conflict());
    RuntimeException failure = failureOfUpdate();
    assertThat(failure)
        .isExactlyInstanceOf(jakarta.persistence.PessimisticLockException.class)
        .hasCauseExactlyInstanceOf(LockAcquisitionException.class);
    assertThat(conflictIn(failure)).isInstanceOf(RetriesExhaustedException.class);
    assertThat(amount(1)).isEqualTo("10");
  }

  @Test
  void conflictAtCommitIsARollbackForJakartaPersistence() throws SQLException {
    CLUSTER.faults().at(commit()).times(2).answer(conflict());
    try (EntityManager entities = sessions.createEntityManager()) {
      entities.getTransaction().begin();
      entities.find(Stock.class, 1L).amount++;
      RollbackException failure =
          catchThrowableOfType(RollbackException.class, entities.getTransaction()::commit);
      assertThat(conflictIn(failure)).isInstanceOf(RetriesExhaustedException.class);
      assertThat(entities.getTransaction().isActive()).isFalse();
    }
    assertThat(amount(1)).isEqualTo("10");
  }

  @Test
  void commitWithoutAnAnswerIsNoLockThatCouldNotBeAcquired() throws SQLException {
    CLUSTER.faults().at(afterCommit()).answer(disconnect());
    RuntimeException failure = failureOfUpdate();
    assertThat(failure)
        .isNotInstanceOfAny(LockAcquisitionException.class, PessimisticLockException.class)
        .hasRootCauseInstanceOf(java.io.IOException.class);
    assertThat((Throwable) sqlFailureIn(failure)).isInstanceOf(CommitOutcomeUnknownException.class);
    assertThat(amount(1)).isEqualTo("11");
  }

  private static RuntimeException failureOfUpdate() {
    return catchThrowableOfType(
        RuntimeException.class,
        () ->
            sessions.inTransaction(
                session ->
                    session
                        .createMutationQuery("update Stock set amount = amount + 1 where id = 1")
                        .executeUpdate()));
  }

  private static Throwable conflictIn(Throwable failure) {
    SQLException sql = sqlFailureIn(failure);
    assertThat(sql.getSQLState()).isEqualTo("40001");
    return sql;
  }

  private static SQLException sqlFailureIn(Throwable failure) {
    Throwable cause = failure;
    while (!(cause instanceof SQLException)) {
      cause = cause.getCause();
    }
    return (SQLException) cause;
  }

  private static void overtake() {
    try {
      CLUSTER.run("UPDATE stock SET amount = 100 WHERE id = 1");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String amount(int id) throws SQLException {
    return CLUSTER.ask("SELECT amount FROM stock WHERE id = " + id);
  }

  /** Something without a version. */
  @Entity(name = "Stock")
  static class Stock {

    @Id private Long id;

    @Column(nullable = false)
    private int amount;

    /** For Hibernate. */
    Stock() {}

    Stock(long id, int amount) {
      this.id = id;
      this.amount = amount;
    }
  }
}
