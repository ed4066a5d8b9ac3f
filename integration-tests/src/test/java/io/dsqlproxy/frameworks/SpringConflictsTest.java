package io.dsqlproxy.frameworks;

import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.Fault.disconnect;
import static io.dsqlproxy.simulator.fault.FaultTrigger.afterCommit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.execution.CommitOutcomeUnknownException;
import io.dsqlproxy.driver.execution.ConflictException;
import io.dsqlproxy.driver.execution.DataChangedException;
import io.dsqlproxy.driver.execution.NotReplayableException;
import io.dsqlproxy.driver.execution.RetriesExhaustedException;
import io.dsqlproxy.driver.jdbc.DsqlConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.NonTransientDataAccessException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.jdbc.support.SQLErrorCodeSQLExceptionTranslator;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.jdbc.support.SQLStateSQLExceptionTranslator;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** What the driver cannot absorb is what Spring's applications already run again for. */
@Timeout(30)
class SpringConflictsTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  private static HikariDataSource pool;

  private final JdbcTemplate jdbc = new JdbcTemplate(pool);
  private final TransactionTemplate transaction =
      new TransactionTemplate(new JdbcTransactionManager(pool));

  /** One connection, so that one that is thrown away is noticed. */
  @BeforeAll
  static void openPool() {
    DsqlDataSource dataSource = CLUSTER.dataSource();
    dataSource.setRetryAttempts(2);
    dataSource.setRetryBaseDelay("1ms");
    pool = new HikariDataSource();
    pool.setDataSource(dataSource);
    pool.setMaximumPoolSize(1);
  }

  @AfterAll
  static void closePool() {
    pool.close();
  }

  @BeforeEach
  void createTable() throws SQLException {
    CLUSTER.faults().clear();
    CLUSTER.run(
        "DROP TABLE IF EXISTS item",
        "CREATE TABLE item (id int PRIMARY KEY, value int NOT NULL)",
        "INSERT INTO item VALUES (1, 10), (2, 20)");
    CLUSTER.clearStatements();
  }

  /** The ways in which a conflict surfaces. */
  enum Surfacing {
    RETRIES_EXHAUSTED(RetriesExhaustedException.class) {
      @Override
      void prepare(JdbcTemplate jdbc) {}
    },
    DATA_CHANGED(DataChangedException.class) {
      @Override
      void prepare(JdbcTemplate jdbc) {
        jdbc.queryForObject("SELECT value FROM item WHERE id = 2", Integer.class);
        overtake(2);
      }
    },
    NOT_REPLAYABLE(NotReplayableException.class) {
      @Override
      void prepare(JdbcTemplate jdbc) {
        jdbc.queryForObject("SELECT clock_timestamp()", String.class);
      }
    };

    private final Class<? extends ConflictException> type;

    Surfacing(Class<? extends ConflictException> type) {
      this.type = type;
    }

    /** Does the part of a transaction after which its conflicts surface in this way. */
    abstract void prepare(JdbcTemplate jdbc);
  }

  @ParameterizedTest
  @EnumSource(Surfacing.class)
  void conflictAtCommitThatSurfacesIsALockThatCannotBeAcquired(Surfacing surfacing)
      throws SQLException {
    DsqlConnection pooled = pooledConnection();
    transaction.executeWithoutResult(status -> addOne(jdbc));
    assertThatExceptionOfType(CannotAcquireLockException.class)
        .isThrownBy(
            () ->
                transaction.executeWithoutResult(
                    status -> {
                      surfacing.prepare(jdbc);
                      addOne(jdbc);
                      CLUSTER.faults().at(commit()).times(2).answer(conflict());
                    }))
        .isInstanceOf(ConcurrencyFailureException.class)
        .withCauseExactlyInstanceOf(surfacing.type);
    assertThat(value(1)).isEqualTo(11);
    assertThat(pooledConnection()).as("the connection in the pool").isSameAs(pooled);
  }

  @ParameterizedTest
  @EnumSource(Surfacing.class)
  void conflictAtAStatementThatSurfacesIsALockThatCannotBeAcquired(Surfacing surfacing)
      throws SQLException {
    DsqlConnection pooled = pooledConnection();
    assertThatExceptionOfType(CannotAcquireLockException.class)
        .isThrownBy(
            () ->
                transaction.executeWithoutResult(
                    status -> {
                      addOne(jdbc);
                      surfacing.prepare(jdbc);
                      CLUSTER
                          .faults()
                          .at(statementContaining("DELETE"))
                          .times(2)
                          .answer(conflict());
                      jdbc.update("DELETE FROM item WHERE id = 1");
                    }))
        .isInstanceOf(ConcurrencyFailureException.class)
        .withCauseExactlyInstanceOf(surfacing.type);
    assertThat(value(1)).isEqualTo(10);
    assertThat(pooledConnection()).as("the connection in the pool").isSameAs(pooled);
  }

  /** An application that catches the error of a statement does not commit the rest. */
  @ParameterizedTest
  @EnumSource(Surfacing.class)
  void transactionWhoseConflictWasCaughtIsNotCommitted(Surfacing surfacing) {
    transaction.executeWithoutResult(
        status -> {
          addOne(jdbc);
          surfacing.prepare(jdbc);
          CLUSTER.faults().at(statementContaining("DELETE")).times(2).answer(conflict());
          assertThatExceptionOfType(CannotAcquireLockException.class)
              .isThrownBy(() -> jdbc.update("DELETE FROM item WHERE id = 1"));
          CLUSTER.faults().clear();
        });
    assertThat(value(1)).isEqualTo(10);
  }

  @Test
  void retryableMethodSucceedsInItsSecondRunAfterChangedData() {
    try (AnnotationConfigApplicationContext context =
        new AnnotationConfigApplicationContext(Application.class)) {
      Counter counter = context.getBean(Counter.class);
      assertThat(counter.increment()).isEqualTo(101);
      assertThat(counter.read()).containsExactly(10, 100);
    }
    assertThat(value(1)).isEqualTo(101);
  }

  /** Which is not the driver's replay: the conflict lets the whole method run again. */
  @Test
  void retryableMethodIsNotRunAgainForAConflictThatWasAbsorbed() {
    CLUSTER.faults().at(commit()).answer(conflict());
    try (AnnotationConfigApplicationContext context =
        new AnnotationConfigApplicationContext(Application.class)) {
      Counter counter = context.getBean(Counter.class);
      counter.read().add(0);
      assertThat(counter.increment()).isEqualTo(11);
      assertThat(counter.read()).containsExactly(0, 10);
    }
    assertThat(value(1)).isEqualTo(11);
  }

  @Test
  void transactionInARetryTemplateSucceedsInItsSecondRunAfterChangedData() throws Exception {
    RetryTemplate retry =
        new RetryTemplate(
            RetryPolicy.builder()
                .includes(ConcurrencyFailureException.class)
                .maxRetries(1)
                .delay(Duration.ofMillis(1))
                .build());
    Counter counter = new Counter(jdbc);
    assertThat(retry.<Integer>execute(() -> transaction.execute(status -> counter.increment())))
        .isEqualTo(101);
    assertThat(counter.read()).containsExactly(10, 100);
    assertThat(value(1)).isEqualTo(101);
  }

  /** With everything in the list for which Spring says that another run might succeed. */
  @Test
  void retryableMethodIsNotRunAgainAfterACommitWithoutAnAnswer() {
    CLUSTER.faults().at(afterCommit()).answer(disconnect());
    try (AnnotationConfigApplicationContext context =
        new AnnotationConfigApplicationContext(Application.class)) {
      Counter counter = context.getBean(Counter.class);
      assertThatExceptionOfType(TransactionSystemException.class)
          .isThrownBy(counter::addOneWithRetries);
      assertThat(counter.read()).containsExactly(10);
    }
    assertThat(value(1)).isEqualTo(11);
  }

  /**
   * JdbcTransactionManager rolls back after a failed COMMIT and throws that failure, of a
   * connection that the pool has closed, in the other one's place. This one does not.
   */
  @Test
  void commitWithoutAnAnswerIsTheCauseOfWhatThePlainTransactionManagerThrows() {
    TransactionTemplate plain = new TransactionTemplate(new DataSourceTransactionManager(pool));
    CLUSTER.faults().at(afterCommit()).answer(disconnect());
    assertThatExceptionOfType(TransactionSystemException.class)
        .isThrownBy(() -> plain.executeWithoutResult(status -> addOne(jdbc)))
        .withCauseInstanceOf(CommitOutcomeUnknownException.class);
    assertThat(value(1)).isEqualTo(11);
  }

  static List<SQLExceptionTranslator> translators() {
    SQLErrorCodeSQLExceptionTranslator byCodes = new SQLErrorCodeSQLExceptionTranslator();
    byCodes.setDatabaseProductName("PostgreSQL");
    return List.of(
        new SQLExceptionSubclassTranslator(), new SQLStateSQLExceptionTranslator(), byCodes);
  }

  @ParameterizedTest
  @MethodSource("translators")
  void everyTranslatorTakesAConflictForOneAndAnUnknownOutcomeForNone(
      SQLExceptionTranslator translator) throws SQLException {
    CLUSTER.faults().at(commit()).times(2).answer(conflict());
    assertThat(translator.translate("commit", null, failureOfCommit()))
        .isInstanceOf(ConcurrencyFailureException.class);
    CLUSTER.faults().at(afterCommit()).answer(disconnect());
    assertThat(translator.translate("commit", null, failureOfCommit()))
        .isInstanceOf(NonTransientDataAccessException.class);
  }

  private static SQLException failureOfCommit() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      SimulatedCluster.run(connection, "UPDATE item SET value = value + 1 WHERE id = 1");
      return catchThrowableOfType(SQLException.class, connection::commit);
    }
  }

  private static DsqlConnection pooledConnection() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return connection.unwrap(DsqlConnection.class);
    }
  }

  /** What Spring is told about the application. */
  @Configuration(proxyBeanMethods = false)
  @EnableTransactionManagement
  @EnableResilientMethods
  static class Application {

    @Bean(destroyMethod = "")
    DataSource dataSource() {
      return pool;
    }

    @Bean
    PlatformTransactionManager transactionManager(DataSource source) {
      return new JdbcTransactionManager(source);
    }

    @Bean
    JdbcTemplate jdbcTemplate(DataSource source) {
      return new JdbcTemplate(source);
    }

    @Bean
    Counter counter(JdbcTemplate jdbc) {
      return new Counter(jdbc);
    }
  }

  /** Changes what it has read, which somebody else has changed in between the first time. */
  static class Counter {

    private final JdbcTemplate jdbc;
    private final List<Integer> read = new ArrayList<>();

    Counter(JdbcTemplate jdbc) {
      this.jdbc = jdbc;
    }

    /** What each run has read. Behind a proxy only a method reaches it. */
    public List<Integer> read() {
      return read;
    }

    /** A transaction, run again after a conflict. */
    @Retryable(includes = ConcurrencyFailureException.class, maxRetries = 1, delay = 1)
    @Transactional
    public int increment() {
      int value = jdbc.queryForObject("SELECT value FROM item WHERE id = 1", Integer.class);
      read.add(value);
      if (read.size() == 1) {
        overtake(1);
      }
      jdbc.update("UPDATE item SET value = ? WHERE id = 1", value + 1);
      return value + 1;
    }

    /** A transaction, run again after whatever Spring says may pass. */
    @Retryable(
        includes = {TransientDataAccessException.class, RecoverableDataAccessException.class},
        delay = 1)
    @Transactional
    public void addOneWithRetries() {
      read.add(jdbc.queryForObject("SELECT value FROM item WHERE id = 1", Integer.class));
      addOne(jdbc);
    }
  }

  private static int addOne(JdbcTemplate jdbc) {
    return jdbc.update("UPDATE item SET value = value + 1 WHERE id = 1");
  }

  private static void overtake(int id) {
    try {
      CLUSTER.run("UPDATE item SET value = 100 WHERE id = " + id);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private int value(int id) {
    return jdbc.queryForObject("SELECT value FROM item WHERE id = ?", Integer.class, id);
  }
}
