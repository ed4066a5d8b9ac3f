package io.dsqlproxy.frameworks;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.DsqlTransactions;
import io.dsqlproxy.driver.jdbc.DsqlConnection;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

/** On a plain PostgreSQL the driver's URL gives what pgJDBC's gives: the driver is not there. */
@Timeout(30)
class PlainPostgresTest {

  private static EmbeddedPostgres postgres;

  private Connection connection;
  private Connection other;

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.builder().start();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    connection = open("");
    other = postgres.getPostgresDatabase().getConnection();
    run(
        other,
        "DROP TABLE IF EXISTS item",
        "CREATE TABLE item (id serial PRIMARY KEY, value int NOT NULL)",
        "INSERT INTO item (value) VALUES (10)");
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
    other.close();
  }

  private static String url(String parameters) {
    return "jdbc:dsql-proxy:postgresql://localhost:"
        + postgres.getPort()
        + "/postgres?user=postgres"
        + parameters;
  }

  private static Connection open(String parameters) throws SQLException {
    return DriverManager.getConnection(url(parameters));
  }

  private static String failure(ThrowingCallable call) {
    return catchThrowableOfType(SQLException.class, call).getSQLState();
  }

  // -------------------- the connection

  @ParameterizedTest
  @ValueSource(strings = {"", "&dialect=auto", "&dialect=postgresql"})
  void theConnectionIsPgjdbcs(String parameters) throws SQLException {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(url(parameters));
    try (Connection byUrl = open(parameters);
        Connection bySource = dataSource.getConnection()) {
      assertThat(byUrl).isExactlyInstanceOf(PgConnection.class);
      assertThat(bySource).isExactlyInstanceOf(PgConnection.class);
      assertThat(byUrl.isWrapperFor(DsqlConnection.class)).isFalse();
      assertThat(byUrl.unwrap(PGConnection.class)).isSameAs(byUrl);
    }
  }

  @Test
  void theQuestionWhatTheServerIsLeavesNoTrace() throws SQLException {
    for (String mode : new String[] {"extended", "simple", "extendedCacheEverything"}) {
      try (Connection asked =
          open("&prepareThreshold=-1&autosave=always&preferQueryMode=" + mode)) {
        PgConnection pg = asked.unwrap(PgConnection.class);
        assertThat(pg.getTransactionState()).isEqualTo(TransactionState.IDLE);
        assertThat((Object) pg.getWarnings()).isNull();
        assertThat(
                ask(
                    pg,
                    "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT version()'"))
            .isEqualTo("0");
      }
    }
  }

  /** Such a connection takes no queries, and others have no need of an answer. */
  @Test
  void connectionForReplicationIsPgjdbcs() throws SQLException {
    String parameters = "&assumeMinServerVersion=10&preferQueryMode=simple&replication=";
    for (String kind : new String[] {"database", "true"}) {
      try (Connection replicating = open(parameters + kind)) {
        assertThat(replicating).isExactlyInstanceOf(PgConnection.class);
        assertThat(replicating.isClosed()).isFalse();
      }
    }
  }

  @Test
  void passwordIsSentAsGiven() throws SQLException {
    run(other, "DROP ROLE IF EXISTS keeper", "CREATE ROLE keeper LOGIN PASSWORD 'secret'");
    try (Connection keeper = open("&user=keeper&password=secret&authentication=password")) {
      assertThat(ask(keeper, "SELECT current_user")).isEqualTo("keeper");
    }
  }

  @Test
  void propertiesOfTheDriverHaveNoEffectButAreChecked() throws SQLException {
    String parameters =
        "&lockEmulation=advisory,table&lockPolicy=deferred&retryMode=off&reconnect=inTransactions";
    try (Connection connected = open(parameters + "&maxConnectionAge=1ms&failedCommit=throw")) {
      assertThat(ask(connected, "SELECT pg_try_advisory_lock(1)")).isEqualTo("t");
      assertThat(ask(other, "SELECT pg_try_advisory_lock(1)")).isEqualTo("f");
      connected.setAutoCommit(false);
      assertThat(failure(() -> ask(connected, "SELECT 1/0"))).isEqualTo("22012");
      connected.commit();
      assertThat(connected.isValid(1)).isTrue();
    }
    assertThat(failure(() -> open("&lockPolicy=geheim"))).isEqualTo("22023");
    assertThat(failure(() -> open("&dialect=mysql"))).isEqualTo("22023");
  }

  // -------------------- locks and isolation

  @Test
  void tablesAreLocked() throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "LOCK TABLE item IN ACCESS EXCLUSIVE MODE");
    assertThat(failure(() -> run(other, "LOCK TABLE item IN SHARE MODE NOWAIT")))
        .isEqualTo("25P01");
    other.setAutoCommit(false);
    assertThat(failure(() -> run(other, "LOCK TABLE item IN SHARE MODE NOWAIT")))
        .isEqualTo("55P03");
  }

  @Test
  void advisoryLocksAreTheServers() throws SQLException {
    ask(connection, "SELECT pg_advisory_lock(7)");
    assertThat(ask(other, "SELECT pg_try_advisory_lock(7)")).isEqualTo("f");
    assertThat(ask(connection, "SELECT pg_advisory_unlock(7)")).isEqualTo("t");
    assertThat(ask(other, "SELECT pg_try_advisory_lock(7)")).isEqualTo("t");
  }

  @Test
  void lockedRowIsFoundLockedInAutocommitToo() throws SQLException {
    other.setAutoCommit(false);
    run(other, "UPDATE item SET value = 11");
    assertThat(failure(() -> ask(connection, "SELECT value FROM item FOR UPDATE NOWAIT")))
        .isEqualTo("55P03");
    assertThat(ask(connection, "SELECT count(*) FROM (SELECT FROM item FOR SHARE SKIP LOCKED) s"))
        .isEqualTo("0");
  }

  @Test
  void sharersOfARowDoNotWaitForOneAnother() throws SQLException {
    connection.setAutoCommit(false);
    other.setAutoCommit(false);
    assertThat(ask(connection, "SELECT value FROM item FOR SHARE")).isEqualTo("10");
    assertThat(ask(other, "SELECT value FROM item FOR SHARE NOWAIT")).isEqualTo("10");
  }

  @Test
  void isolationIsWhateverIsAskedFor() throws SQLException {
    for (int level :
        new int[] {
          Connection.TRANSACTION_SERIALIZABLE,
          Connection.TRANSACTION_REPEATABLE_READ,
          Connection.TRANSACTION_READ_COMMITTED,
          Connection.TRANSACTION_READ_UNCOMMITTED
        }) {
      connection.setTransactionIsolation(level);
      assertThat(connection.getTransactionIsolation()).isEqualTo(level);
    }
    connection.setAutoCommit(false);
    run(connection, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY");
    assertThat(ask(connection, "SHOW transaction_isolation")).isEqualTo("serializable");
  }

  // -------------------- transactions

  /** A replay would meet another value of the sequence. */
  @Test
  void savepointsAreTheServers() throws SQLException {
    connection.setAutoCommit(false);
    String key = ask(connection, "INSERT INTO item (value) VALUES (20) RETURNING id");
    Savepoint savepoint = connection.setSavepoint();
    assertThat(failure(() -> run(connection, "INSERT INTO item VALUES (1, 1)"))).isEqualTo("23505");
    connection.rollback(savepoint);
    run(connection, "SAVEPOINT s", "DELETE FROM item", "ROLLBACK TO s");
    connection.commit();
    assertThat(ask(other, "SELECT count(*) FROM item")).isEqualTo("2");
    assertThat(key).isEqualTo("2");
  }

  @Test
  void autosaveSaves() throws SQLException {
    try (Connection saving = open("&autosave=always")) {
      saving.setAutoCommit(false);
      run(saving, "UPDATE item SET value = 11");
      assertThat(failure(() -> run(saving, "INSERT INTO item VALUES (1, 1)"))).isEqualTo("23505");
      saving.commit();
    }
    assertThat(ask(other, "SELECT value FROM item")).isEqualTo("11");
  }

  @Test
  void transactionsOfTheApplicationsOwnCodeAreRunAgainAfterAConflict() throws SQLException {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(url("&options=-c%20default_transaction_isolation=serializable"));
    int[] runs = {0};
    int value =
        DsqlTransactions.run(
            dataSource,
            connected -> {
              int read = Integer.parseInt(ask(connected, "SELECT value FROM item"));
              if (runs[0]++ == 0) {
                run(other, "UPDATE item SET value = 11");
              }
              run(connected, "UPDATE item SET value = " + (read + 1));
              return read + 1;
            });
    assertThat(value).isEqualTo(12);
    assertThat(runs[0]).isEqualTo(2);
    assertThat(ask(other, "SELECT value FROM item")).isEqualTo("12");
  }

  // -------------------- what is pgJDBC's own

  @Test
  void rowsAreCopiedNotificationsArriveAndLargeObjectsAreStored() throws Exception {
    PGConnection pg = connection.unwrap(PGConnection.class);
    assertThat(pg.getCopyAPI().copyIn("COPY item FROM STDIN", new StringReader("2\t20\n3\t30\n")))
        .isEqualTo(2);
    run(connection, "LISTEN news");
    run(other, "NOTIFY news, 'came'");
    PGNotification[] news = pg.getNotifications(10_000);
    assertThat(news).hasSize(1);
    assertThat(news[0].getParameter()).isEqualTo("came");
    connection.setAutoCommit(false);
    LargeObjectManager objects = pg.getLargeObjectAPI();
    long id = objects.createLO();
    try (LargeObject object = objects.open(id)) {
      object.write("stored".getBytes(StandardCharsets.UTF_8));
    }
    try (LargeObject object = objects.open(id)) {
      assertThat(new String(object.read(10), StandardCharsets.UTF_8)).isEqualTo("stored");
    }
    connection.commit();
  }
}
