package io.dsqlproxy.frameworks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.cluster.SimulatedCluster;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Version;
import java.sql.SQLException;
import java.util.List;
import org.hibernate.SessionFactory;
import org.hibernate.Timeouts;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every lock that Hibernate's PostgreSQL dialect asks for arrives in a form that DSQL accepts. */
@Timeout(60)
class HibernateLocksTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static HikariDataSource pool;
  private static SessionFactory sessions;

  @BeforeAll
  static void startWithoutNamingADialect() {
    pool = new HikariDataSource();
    pool.setDataSource(CLUSTER.dataSource());
    pool.setMaximumPoolSize(3);
    Configuration configuration = new Configuration().addAnnotatedClass(Ticket.class);
    configuration.getProperties().put("jakarta.persistence.nonJtaDataSource", pool);
    configuration.setProperty("hibernate.hbm2ddl.auto", "update");
    sessions = configuration.buildSessionFactory();
  }

  @AfterAll
  static void stop() {
    sessions.close();
    pool.close();
  }

  @BeforeEach
  void twoTickets() {
    sessions.inTransaction(
        session -> {
          session.createMutationQuery("delete from Ticket").executeUpdate();
          session.persist(new Ticket(1, "open"));
          session.persist(new Ticket(2, "open"));
        });
    CLUSTER.clearStatements();
  }

  @ParameterizedTest
  @EnumSource(
      value = LockModeType.class,
      names = {"PESSIMISTIC_READ", "PESSIMISTIC_WRITE", "PESSIMISTIC_FORCE_INCREMENT"})
  void entityIsLockedWhenItIsFound(LockModeType mode) {
    sessions.inTransaction(session -> session.find(Ticket.class, 1L, mode).state = "taken");
    assertLockSent("where t1_0.id=$1 for update of t1_0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nowait", "skip locked"})
  void entityIsLockedWithoutWaiting(String modifier) {
    sessions.inTransaction(
        session ->
            session.find(
                Ticket.class,
                1L,
                LockModeType.PESSIMISTIC_WRITE,
                modifier.equals("nowait") ? Timeouts.NO_WAIT : Timeouts.SKIP_LOCKED));
    assertLockSent("for update of t1_0 " + modifier);
  }

  @Test
  void entityIsLockedAfterItWasFound() {
    sessions.inTransaction(
        session -> session.lock(session.find(Ticket.class, 1L), LockModeType.PESSIMISTIC_READ));
    assertLockSent("and t1_0.version=$2 for update of t1_0");
  }

  @Test
  void entityIsLockedWhenItIsReadAgain() {
    sessions.inTransaction(
        session -> session.refresh(session.find(Ticket.class, 1L), LockModeType.PESSIMISTIC_READ));
    assertLockSent("where t1_0.id=$1 for update of t1_0");
  }

  @ParameterizedTest
  @EnumSource(
      value = LockModeType.class,
      names = {"PESSIMISTIC_READ", "PESSIMISTIC_WRITE"})
  void queryIsLockedBehindItsOrderAndLimit(LockModeType mode) {
    List<Ticket> found =
        sessions.fromTransaction(
            session ->
                session
                    .createSelectionQuery(
                        "from Ticket t where t.state = :state order by t.id", Ticket.class)
                    .setParameter("state", "open")
                    .setMaxResults(1)
                    .setLockMode(mode)
                    .getResultList());
    assertThat(found).hasSize(1);
    assertLockSent("order by t1_0.id fetch first $2 rows only for update of t1_0");
  }

  @Test
  void versionThatWasOvertakenFailsAtTheUpdate() {
    assertThatExceptionOfType(OptimisticLockException.class)
        .isThrownBy(
            () ->
                sessions.inTransaction(
                    session -> {
                      Ticket stale = new Ticket(1, "stale");
                      stale.version = 7;
                      session.merge(stale);
                    }));
  }

  @Test
  void conflictAtCommitKeepsItsSqlState() {
    assertThatExceptionOfType(PersistenceException.class)
        .isThrownBy(
            () ->
                sessions.inTransaction(
                    session -> {
                      session.find(Ticket.class, 1L, LockModeType.PESSIMISTIC_READ);
                      overtake();
                    }))
        .havingRootCause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
  }

  private static void overtake() {
    try {
      CLUSTER.run("UPDATE ticket SET state = 'taken' WHERE id = 1");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void assertLockSent(String lock) {
    assertThat(CLUSTER.statements())
        .as("what arrived")
        .anyMatch(sql -> sql.contains(lock))
        .noneMatch(sql -> sql.contains("for share") || sql.contains("for no key update"));
  }

  /** Something that several agents want. */
  @Entity(name = "Ticket")
  static class Ticket {

    @Id private Long id;

    @Column(nullable = false)
    private String state;

    @Version private Integer version;

    /** For Hibernate. */
    Ticket() {}

    Ticket(long id, String state) {
      this.id = id;
      this.state = state;
    }
  }
}
