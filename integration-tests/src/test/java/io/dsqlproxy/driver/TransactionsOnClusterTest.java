package io.dsqlproxy.driver;

import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.Fault.disconnect;
import static io.dsqlproxy.simulator.fault.Fault.schemaConflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.afterCommit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.driver.execution.RetriesExhaustedException;
import io.dsqlproxy.driver.execution.RetryPolicy;
import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.simulator.junit.DsqlSimulatorExtension;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Whatever a COMMIT meets, an account is changed once for each run that succeeds. */
@Timeout(60)
class TransactionsOnClusterTest {

  private static final RetryPolicy PATIENT =
      new RetryPolicy(100, Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofSeconds(50));

  @RegisterExtension
  static final DsqlSimulatorExtension DSQL = new DsqlSimulatorExtension().resetBeforeEach();

  private final DsqlSimulator dsql = DSQL.simulator();
  private int executions;

  @BeforeEach
  void openAccount() throws SQLException {
    execute("CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)");
    execute("INSERT INTO account VALUES (1, 100)");
  }

  @Test
  void conflictsAtCommitAreAnsweredByRunningTheWorkAgain() throws SQLException {
    dsql.faults().at(commit()).answer(conflict());
    dsql.faults().at(commit()).answer(schemaConflict());
    assertThat(DsqlTransactions.run(dataSource(), PATIENT, this::withdrawTen)).isEqualTo(90);
    assertThat(executions).isEqualTo(3);
    assertThat(balance()).isEqualTo(90);
  }

  @Test
  void aConflictInTheWorkIsAnsweredTheSameWay() throws SQLException {
    dsql.faults().at(statementContaining("UPDATE account")).times(2).answer(conflict());
    DsqlTransactions.run(dataSource(), PATIENT, this::withdrawTen);
    assertThat(executions).isEqualTo(3);
    assertThat(balance()).isEqualTo(90);
  }

  @Test
  void theWorkDecidesAnewWhenTheDataHasChanged() throws SQLException {
    int left =
        DsqlTransactions.run(
            dataSource(),
            PATIENT,
            connection -> {
              int after = withdrawTen(connection);
              if (executions == 1) {
                execute("UPDATE account SET balance = 50");
              }
              return after;
            });
    assertThat(left).isEqualTo(40);
    assertThat(executions).isEqualTo(2);
    assertThat(balance()).isEqualTo(40);
  }

  @Test
  void aRemainingConflictLeavesNothingBehind() throws SQLException {
    dsql.faults().at(commit()).always().answer(conflict());
    RetryPolicy twice = new RetryPolicy(2, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(50));
    RetriesExhaustedException failure =
        catchThrowableOfType(
            RetriesExhaustedException.class,
            () -> DsqlTransactions.run(dataSource(), twice, this::withdrawTen));
    assertThat(failure.executions()).isEqualTo(2);
    assertThat(failure.getSuppressed()).hasSize(1);
    assertThat(balance()).isEqualTo(100);
  }

  @Test
  void aCommitWhoseAnswerIsLostIsNotRepeated() throws SQLException {
    dsql.faults().at(afterCommit()).answer(disconnect());
    SQLException failure =
        catchThrowableOfType(
            SQLException.class,
            () -> DsqlTransactions.run(dataSource(), PATIENT, this::withdrawTen));
    assertThat(failure.getSQLState()).startsWith("08");
    assertThat(executions).isEqualTo(1);
    assertThat(balance()).isEqualTo(90);
  }

  @Test
  void aStatementWhoseFailureTheWorkSwallowsIsNotCommittedInPart() throws SQLException {
    SQLException failure =
        catchThrowableOfType(
            SQLException.class,
            () ->
                DsqlTransactions.run(
                    dataSource(),
                    PATIENT,
                    connection -> {
                      int after = withdrawTen(connection);
                      try {
                        execute(connection, "INSERT INTO account VALUES (1, 0)");
                      } catch (SQLException duplicate) {
                        assertThat(duplicate.getSQLState()).isEqualTo("23505");
                      }
                      return after;
                    }));
    assertThat(failure.getSQLState()).isEqualTo("25P02");
    assertThat(executions).isEqualTo(1);
    assertThat(balance()).isEqualTo(100);
  }

  @Test
  void onAConnectionWithAnOpenTransactionTheWorkIsAPartOfIt() throws SQLException {
    DsqlDataSource withoutRetries = dataSource();
    withoutRetries.setRetryMode("off");
    try (Connection connection = withoutRetries.getConnection()) {
      DataSource shared = new SingleConnectionDataSource(connection, true);
      connection.setAutoCommit(false);
      execute(connection, "UPDATE account SET balance = balance - 1");

      assertThat(DsqlTransactions.run(shared, PATIENT, this::withdrawTen)).isEqualTo(89);
      assertThat(balance()).isEqualTo(100);
      assertThat(connection.getAutoCommit()).isFalse();

      dsql.faults().at(statementContaining("SELECT balance")).answer(conflict());
      SQLException failure =
          catchThrowableOfType(
              SQLException.class, () -> DsqlTransactions.run(shared, PATIENT, this::withdrawTen));
      assertThat(failure.getSQLState()).isEqualTo("40001");
      assertThat(executions).isEqualTo(2);
      connection.rollback();
    }
    assertThat(balance()).isEqualTo(100);
  }

  @Test
  void aTransactionBegunByTextIsSomebodyElsesToo() throws SQLException {
    try (Connection connection = dataSource().getConnection()) {
      DataSource shared = new SingleConnectionDataSource(connection, true);
      execute(connection, "BEGIN");
      DsqlTransactions.run(shared, PATIENT, this::withdrawTen);
      execute(connection, "ROLLBACK");
    }
    assertThat(balance()).isEqualTo(100);
  }

  @Test
  void aPoolOfOneConnectionIsEnoughForNestedWorkWithAutocommitOnOrOff() throws SQLException {
    for (boolean autoCommit : new boolean[] {true, false}) {
      dsql.faults().at(commit()).answer(conflict());
      HikariConfig config = new HikariConfig();
      config.setDataSource(dataSource());
      config.setMaximumPoolSize(1);
      config.setAutoCommit(autoCommit);
      try (HikariDataSource pool = new HikariDataSource(config)) {
        DsqlTransactions.runVoid(
            pool,
            PATIENT,
            connection -> {
              withdrawTen(connection);
              DsqlTransactions.run(pool, this::withdrawTen);
            });
        try (Connection connection = pool.getConnection()) {
          assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
        }
      }
    }
    assertThat(balance()).isEqualTo(60);
    assertThat(executions).isEqualTo(8);
  }

  @Test
  void concurrentRunsLoseNoUpdate() throws Exception {
    execute("UPDATE account SET balance = 1000");
    int threads = 4;
    int runs = 10;
    Callable<Void> worker =
        () -> {
          for (int i = 0; i < runs; i++) {
            DsqlTransactions.run(dataSource(), PATIENT, TransactionsOnClusterTest::withdraw);
          }
          return null;
        };
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      for (Future<Void> result :
          executor.invokeAll(Stream.generate(() -> worker).limit(threads).toList())) {
        result.get();
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(balance()).isEqualTo(1000 - threads * runs * 10);
    assertThat(dsql.conflicts()).isPositive();
  }

  private int withdrawTen(Connection connection) throws SQLException {
    executions++;
    return withdraw(connection);
  }

  /** Reads, decides and writes, so that a lost update would show. */
  private static int withdraw(Connection connection) throws SQLException {
    int after = balance(connection) - 10;
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE account SET balance = ? WHERE id = 1")) {
      update.setInt(1, after);
      update.executeUpdate();
    }
    return after;
  }

  private static int balance(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT balance FROM account WHERE id = 1")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  /** As another session sees it. */
  private int balance() throws SQLException {
    try (Connection connection = dsql.connect()) {
      return balance(connection);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = dsql.connect()) {
      execute(connection, sql);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private DsqlDataSource dataSource() {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(dsql.jdbcUrl());
    dataSource.setCredentialsProvider(
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(dsql.accessKeyId(), dsql.secretAccessKey())));
    return dataSource;
  }
}
