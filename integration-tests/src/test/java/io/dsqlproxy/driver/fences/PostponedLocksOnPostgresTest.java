package io.dsqlproxy.driver.fences;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static io.dsqlproxy.driver.fences.ShardTables.read;
import static io.dsqlproxy.driver.fences.ShardTables.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * On a server that has what Aurora DSQL lacks, operators and triggers for two, a postponed lock is
 * taken before anything that may write, and a version decides only where it is compared exactly.
 */
@Timeout(60)
class PostponedLocksOnPostgresTest {

  private static final String[] TABLES = {
    "DROP SCHEMA public CASCADE",
    "CREATE SCHEMA public",
    "CREATE TABLE acc (id int PRIMARY KEY, v int, data text)",
    "INSERT INTO acc VALUES (1, 5, 'a'), (2, 5, 'b')",
    "CREATE TABLE side (a int)",
    "INSERT INTO side VALUES (1)",
    "CREATE VIEW plain AS SELECT a FROM side",
    "CREATE FUNCTION bump() RETURNS int LANGUAGE sql AS 'UPDATE acc SET v = v + 1 WHERE id = 2"
        + " RETURNING v'",
    "CREATE FUNCTION bump(x int, y text) RETURNS boolean LANGUAGE sql AS 'SELECT bump() > 0'",
    "CREATE FUNCTION g_write(side) RETURNS int LANGUAGE sql AS 'SELECT bump()'",
    "CREATE FUNCTION lower(side) RETURNS int LANGUAGE sql AS 'SELECT bump()'",
    "CREATE FUNCTION calm(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT bump()'"
  };

  private static final String BUMPING =
      "CREATE FUNCTION set_v() RETURNS trigger LANGUAGE plpgsql AS"
          + " 'BEGIN NEW.v := OLD.v + 1; RETURN NEW; END';"
          + " CREATE TRIGGER t BEFORE UPDATE ON acc FOR EACH ROW EXECUTE FUNCTION set_v()";

  private static EmbeddedPostgres postgres;
  private static Connection other;

  private Connection connection;

  @BeforeAll
  static void start() throws IOException, SQLException {
    postgres = EmbeddedPostgres.builder().start();
    other = postgres.getPostgresDatabase().getConnection();
  }

  @AfterAll
  static void stop() throws IOException, SQLException {
    other.close();
    postgres.close();
  }

  @BeforeEach
  void createTables() throws SQLException {
    run(other, TABLES);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private void connect(String properties) throws SQLException {
    connection =
        DriverManager.getConnection(
            "jdbc:dsql-proxy://localhost:"
                + postgres.getPort()
                + "/postgres?dialect=dsql&user=postgres&retryMode=off"
                + "&options=-c%20default_transaction_isolation=repeatable%5C%20read&"
                + properties);
    connection.setAutoCommit(false);
  }

  /** Whether another transaction could lock the row now. */
  private static boolean isLocked() throws SQLException {
    return ask(
            other,
            "SELECT count(*) FROM (SELECT 1 FROM acc WHERE id = 1 FOR UPDATE SKIP LOCKED) free")
        .equals("0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "CREATE VIEW w AS SELECT bump()                          | SELECT * FROM w",
        "CREATE VIEW w AS SELECT bump()                          | TABLE w",
        "CREATE VIEW w AS SELECT bump()                          | SELECT * FROM public.w FOR UPDATE",
        "CREATE VIEW w AS SELECT calm(a) FROM side               | SELECT * FROM w",
        "CREATE VIEW u AS SELECT bump(); CREATE VIEW w AS TABLE u | SELECT * FROM w, side",
        "CREATE VIEW w AS SELECT s.g_write FROM side s           | SELECT * FROM w",
        "SELECT 1 | SELECT s.g_write FROM side s",
        "SELECT 1 | SELECT (s).g_write FROM side s",
        "SELECT 1 | SELECT s.lower FROM side s",
        "SELECT 1 | SELECT lower(s) FROM side s",
        "SELECT 1 | SELECT a FROM side s ORDER BY s.g_write",
        "SELECT 1 | SELECT a FROM side s WHERE s.g_write > 0"
      })
  void deferredLockIsTakenBeforeAQueryThatWritesInHiding(String create, String query)
      throws SQLException {
    run(other, create.split("; "));
    connect("lockPolicy=deferred");
    read(connection, "SELECT v FROM acc WHERE id = 1 FOR UPDATE");
    assertThat(isLocked()).as("before the query").isFalse();
    assertLockedBeforeItWrites(query);
  }

  /** A cast needs no sign in the text: then each statement may write, the locking one as well. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = text, FUNCTION = bump) | SELECT 1 === 'x'",
        "CREATE CAST (side AS int) WITH FUNCTION g_write(side)   | SELECT s::int FROM side s",
        "CREATE DOMAIN d AS int CHECK (bump(value, 'x'))         | SELECT a::d FROM side"
      })
  void whereAnOperatorOrACastWritesLocksAreNotDeferred(String create, String query)
      throws SQLException {
    run(other, create);
    connect("lockPolicy=deferred");
    read(connection, "SELECT v FROM acc WHERE id = 1 FOR UPDATE");
    assertLockedBeforeItWrites(query);
  }

  private void assertLockedBeforeItWrites(String query) throws SQLException {
    read(connection, query);
    assertThat(isLocked()).as("after it").isTrue();
    assertThat(ask(connection, "SELECT v FROM acc WHERE id = 2")).as("written").isNotEqualTo("5");
    connection.rollback();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a FROM side",
        "SELECT count(*) FROM plain p, side s WHERE p.a = s.a",
        "SELECT lower('X') AS a, now()",
        "SELECT v FROM acc WHERE id = 2 FOR SHARE"
      })
  void whereFunctionsWriteOthersStillOnlyRead(String query) throws SQLException {
    run(other, "CREATE VIEW w AS SELECT bump()", "DROP FUNCTION lower(side)");
    connect("lockPolicy=deferred");
    read(connection, "SELECT v FROM acc WHERE id = 1 FOR UPDATE");
    read(connection, query);
    assertThat(isLocked()).isFalse();
    connection.rollback();
  }

  @Test
  void lockThatIsPostponedAfterAHiddenWriteIsTakenBeforeCommit() throws SQLException {
    connect("lockPolicy=deferred");
    read(connection, "SELECT s.g_write FROM side s");
    read(connection, "SELECT v FROM acc WHERE id = 1 FOR UPDATE");
    run(other, "UPDATE acc SET v = 9 WHERE id = 1");
    assertThat(catchThrowableOfType(SQLException.class, connection::commit).getSQLState())
        .isEqualTo("40001");
  }

  // -------------------- versions

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "int2 | -3",
        "int8 | 9223372036854775807",
        "numeric | 1.50",
        "numeric | 1e300",
        "numeric | NaN",
        "bool | true",
        "uuid | 00000000-0000-0000-0000-00000000000a",
        "text | it's \\ \"x\"",
        "varchar(9) | ''",
        "char(5) | ab",
        "name | n",
        "bytea | \\x00ff5c",
        "timestamp | 2026-01-01 00:00:00.000001",
        "timestamp | 0044-03-15 12:00:00 BC",
        "timestamp | infinity",
        "timestamptz | 1850-01-01 00:00:00.123456+00",
        "timestamptz | 2026-10-25 01:30:00+01",
        "timestamptz | -infinity",
        "date | 0001-01-01 BC",
        "date | infinity",
        "time | 24:00:00",
        "time | 23:59:59.999999"
      })
  void versionIsTheSameHoweverItWasTransferred(String type, String version) throws SQLException {
    versioned(type, version);
    connect("lockPolicy=conditional&versionColumns=ver.v&prepareThreshold=1");
    for (int i = 0; i < 4; i++) {
      assertThat(readVersion()).isNotNull();
      assertThat(update(connection, "UPDATE ver SET data = ? WHERE id = ?", "x" + i, 1))
          .isEqualTo(1);
      connection.commit();
    }
    assertThat(ask(other, "SELECT data FROM ver")).isEqualTo("x3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "timetz | 12:00:00+03",
        "interval | 1 day",
        "float8 | 0.1",
        "float4 | 0.1",
        "json | {}",
        "jsonb | {}",
        "point | (1,2)",
        "int[] | {1}"
      })
  void rowWhoseVersionIsNotComparedExactlyIsLockedWhenItIsRead(String type, String version)
      throws SQLException {
    versioned(type, version);
    connect("lockPolicy=conditional&versionColumns=ver.v&prepareThreshold=1");
    readVersion();
    assertThat(ask(other, "SELECT count(*) FROM (SELECT 1 FROM ver FOR UPDATE SKIP LOCKED) free"))
        .isEqualTo("0");
    assertThat(update(connection, "UPDATE ver SET data = ? WHERE id = ?", "x", 1)).isEqualTo(1);
    connection.commit();
  }

  private static void versioned(String type, String version) throws SQLException {
    run(
        other,
        "CREATE TABLE ver (id int PRIMARY KEY, v " + type + ", data text)",
        "INSERT INTO ver VALUES (1, '" + version.replace("'", "''") + "')");
  }

  private String readVersion() throws SQLException {
    return read(connection, "SELECT v FROM ver WHERE id = ? FOR UPDATE", 1);
  }

  @Test
  void rowWhoseVersionATriggerSetsIsWrittenAsOftenAsOneLikes() throws SQLException {
    run(other, BUMPING);
    connect("lockPolicy=conditional&versionColumns=acc.v");
    read(connection, "SELECT v FROM acc WHERE id = ? FOR UPDATE", 1);
    for (String data : new String[] {"x", "y", "z"}) {
      assertThat(update(connection, "UPDATE acc SET data = ? WHERE id = ?", data, 1)).isEqualTo(1);
      assertThat(update(connection, "UPDATE acc SET v = ? WHERE id = ?", 100, 1)).isEqualTo(1);
    }
    connection.commit();
    assertThat(ask(other, "SELECT data || v FROM acc WHERE id = 1")).isEqualTo("z11");
  }

  @Test
  void triggerThatWritesAnotherTableMakesNoConflictThere() throws SQLException {
    run(
        other,
        "CREATE FUNCTION bump_too() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN PERFORM bump(); RETURN NEW; END'",
        "CREATE TRIGGER t BEFORE UPDATE ON side FOR EACH ROW EXECUTE FUNCTION bump_too()");
    connect("lockPolicy=conditional&versionColumns=acc.v");
    read(connection, "SELECT v FROM acc WHERE id = ? FOR UPDATE", 2);
    assertThat(update(connection, "UPDATE side SET a = 2")).isEqualTo(1);
    assertThat(update(connection, "UPDATE acc SET data = ? WHERE id = ?", "x", 2)).isEqualTo(1);
    connection.commit();
  }

  // -------------------- keys

  @Test
  void keyThatAnotherSessionHasChangedBetweenTransactionsIsNotedBeforeItDecides()
      throws SQLException {
    connect("lockPolicy=conditional&versionColumns=acc.v");
    for (int i = 0; i < 2; i++) {
      assertThat(renew("SELECT v FROM acc WHERE id = ? FOR UPDATE", 1)).isEqualTo(1);
    }
    run(
        other,
        "DROP TABLE acc",
        "CREATE TABLE acc (id int, part text PRIMARY KEY, v int, data text)",
        "INSERT INTO acc VALUES (1, 'p', 5, 'a'), (1, 'q', 6, 'a')");
    assertThat(renew("SELECT v FROM acc WHERE id = ? FOR UPDATE", 1)).isEqualTo(2);
    assertThat(renew("SELECT v FROM acc WHERE id = ? AND part = 'p' FOR UPDATE", 1)).isEqualTo(2);
  }

  private int renew(String query, int id) throws SQLException {
    read(connection, query, id);
    int count = update(connection, "UPDATE acc SET data = ? WHERE id = ?", "x", id);
    connection.commit();
    return count;
  }
}
