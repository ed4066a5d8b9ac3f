package io.dsqlproxy.driver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Date;
import java.sql.JDBCType;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.Calendar;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.jdbc.PgStatement;

/** One statement of the application, two of pgJDBC's: nobody can tell. */
class TwoFormPreparedStatementTest {

  private static final Calendar UTC = Calendar.getInstance(TimeZone.getTimeZone("UTC"));
  private static DecoratedConnections connections;
  private Connection connection;

  @BeforeAll
  static void start() throws Exception {
    connections = new DecoratedConnections();
    connections.run(
        "CREATE TABLE item (id int PRIMARY KEY)", "INSERT INTO item SELECT generate_series(1, 10)");
  }

  @AfterAll
  static void stop() throws Exception {
    connections.close();
  }

  @BeforeEach
  void open() throws SQLException {
    connection = connections.open();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void preparedInAutocommitItLocksInATransactionOnly() throws SQLException {
    PreparedStatement statement =
        connection.prepareStatement("SELECT id FROM item WHERE id = ? FOR SHARE");
    statement.setInt(1, 3);
    for (int i = 0; i < 3; i++) {
      assertThat(only(statement)).isEqualTo("3");
      assertThat(isLocked(3)).isFalse();
      connection.setAutoCommit(false);
      assertThat(only(statement)).isEqualTo("3");
      assertThat(isLocked(3)).isTrue();
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  @Test
  void preparedInATransactionItDoesNotLockInAutocommit() throws SQLException {
    connection.setAutoCommit(false);
    PreparedStatement statement =
        connection.prepareStatement("SELECT id FROM item WHERE id = ? FOR SHARE");
    statement.setInt(1, 4);
    assertThat(only(statement)).isEqualTo("4");
    assertThat(isLocked(4)).isTrue();
    connection.commit();
    connection.setAutoCommit(true);
    assertThat(only(statement)).isEqualTo("4");
    assertThat(statement.toString()).doesNotContain("FOR");
  }

  @Test
  void executedAgainInTheOtherFormItIsNotComplete() throws SQLException {
    PreparedStatement statement = connection.prepareStatement("SELECT id FROM item FOR SHARE");
    statement.closeOnCompletion();
    statement.executeQuery().next();
    connection.setAutoCommit(false);
    ResultSet result = statement.executeQuery();
    assertThat(statement.isClosed()).isFalse();
    statement.setMaxRows(1);
    result.close();
    assertThat(statement.isClosed()).isTrue();
  }

  @Test
  void transactionBegunByTextIsATransaction() throws SQLException {
    PreparedStatement statement =
        connection.prepareStatement("SELECT id FROM item WHERE id = 5 FOR SHARE");
    try (Statement control = connection.createStatement()) {
      control.execute("BEGIN");
      assertThat(only(statement)).isEqualTo("5");
      assertThat(isLocked(5)).isTrue();
      control.execute("COMMIT");
      assertThat(isLocked(5)).isFalse();
    }
  }

  /** A parameter's setter. */
  @FunctionalInterface
  interface Setter {
    void set(PreparedStatement statement) throws SQLException;
  }

  static Stream<Arguments> setters() {
    Map<String, Setter> setters = new LinkedHashMap<>();
    setters.put("int true", s -> s.setBoolean(1, true));
    setters.put("int 1", s -> s.setByte(1, (byte) 1));
    setters.put("int 2", s -> s.setShort(1, (short) 2));
    setters.put("int 3", s -> s.setInt(1, 3));
    setters.put("bigint 4", s -> s.setLong(1, 4));
    setters.put("real 5", s -> s.setFloat(1, 5));
    setters.put("float8 6", s -> s.setDouble(1, 6));
    setters.put("numeric 7.5", s -> s.setBigDecimal(1, new BigDecimal("7.5")));
    setters.put("text x", s -> s.setString(1, "x"));
    setters.put("bytea \\x6162", s -> s.setBytes(1, bytes()));
    setters.put("date 2020-02-03", s -> s.setDate(1, Date.valueOf("2020-02-03")));
    setters.put("date 2020-02-04", s -> s.setDate(1, new Date(1580774400000L), UTC));
    setters.put("time 01:02:03", s -> s.setTime(1, Time.valueOf("01:02:03")));
    setters.put("time 01:02:04", s -> s.setTime(1, new Time(3724000L), UTC));
    setters.put(
        "timestamp 2020-02-03 01:02:03",
        s -> s.setTimestamp(1, Timestamp.valueOf("2020-02-03 01:02:03")));
    setters.put(
        "timestamp 2020-02-04 00:00:00",
        s -> s.setTimestamp(1, new Timestamp(1580774400000L), UTC));
    setters.put("text null", s -> s.setNull(1, Types.VARCHAR));
    setters.put("varchar null", s -> s.setNull(1, Types.VARCHAR, "varchar"));
    setters.put("text o", s -> s.setObject(1, "o"));
    setters.put("uuid 00000000-0000-0001-0000-000000000002", s -> s.setObject(1, new UUID(1, 2)));
    setters.put("int 8", s -> s.setObject(1, "8", Types.INTEGER));
    setters.put("numeric 9.10", s -> s.setObject(1, "9.10", Types.NUMERIC, 2));
    setters.put("bytea \\x61", s -> s.setBinaryStream(1, stream(), 1));
    setters.put("bytea \\x6162 ", s -> s.setBinaryStream(1, stream(), 2L));
    setters.put("bytea \\x6162  ", s -> s.setBinaryStream(1, stream()));
    setters.put("text ab", s -> s.setAsciiStream(1, stream(), 2));
    setters.put("text a", s -> s.setCharacterStream(1, new StringReader("ab"), 1));
    setters.put("text ab ", s -> s.setCharacterStream(1, new StringReader("ab")));
    setters.put("bytea null", s -> s.setBinaryStream(1, null));
    return setters.entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("setters")
  void everyKindOfParameterReachesBothForms(String typeAndValue, Setter setter)
      throws SQLException {
    String type = typeAndValue.substring(0, typeAndValue.indexOf(' '));
    String value = typeAndValue.substring(type.length() + 1).strip();
    String expression = "true".equals(value) ? "?::boolean" : "?::" + type;
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT (" + expression + ")::text FROM item WHERE id = 1 FOR SHARE")) {
      setter.set(statement);
      assertThat(only(statement)).isEqualTo("null".equals(value) ? null : value);
      connection.setAutoCommit(false);
      assertThat(only(statement)).isEqualTo("null".equals(value) ? null : value);
    }
  }

  @Test
  void sqlTypeParametersAreAnsweredAsByPgjdbc() throws SQLException {
    try (PreparedStatement plain = connection.prepareStatement("SELECT ?");
        PreparedStatement both = connection.prepareStatement("SELECT ? FOR SHARE")) {
      Setter setter = s -> s.setObject(1, "8", JDBCType.INTEGER);
      assertThatThrownBy(() -> setter.set(plain)).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> setter.set(both)).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void attributesReachBothForms() throws SQLException {
    PreparedStatement statement =
        connection.prepareStatement("SELECT id FROM item WHERE id < 9 FOR SHARE");
    statement.setMaxRows(2);
    statement.setFetchSize(1);
    statement.setQueryTimeout(7);
    statement.setPoolable(true);
    for (boolean autocommit : new boolean[] {true, false, true}) {
      connection.setAutoCommit(autocommit);
      assertThat(rows(statement.executeQuery())).isEqualTo(2);
      assertThat(statement.getMaxRows()).isEqualTo(2);
      assertThat(statement.getFetchSize()).isEqualTo(1);
      assertThat(statement.getQueryTimeout()).isEqualTo(7);
      assertThat(statement.isPoolable()).isTrue();
    }
  }

  @Test
  void clearedParametersAreClearedInBothForms() throws SQLException {
    PreparedStatement statement = connection.prepareStatement("SELECT ?::int FOR SHARE");
    statement.setInt(1, 1);
    statement.clearParameters();
    assertThatThrownBy(statement::executeQuery).isInstanceOf(SQLException.class);
    connection.setAutoCommit(false);
    assertThatThrownBy(statement::executeQuery).isInstanceOf(SQLException.class);
  }

  @Test
  void executingAgainClosesTheResultOfTheOtherForm() throws SQLException {
    PreparedStatement statement = connection.prepareStatement("SELECT id FROM item FOR SHARE");
    ResultSet first = statement.executeQuery();
    connection.setAutoCommit(false);
    ResultSet second = statement.executeQuery();
    assertThat(first.isClosed()).isTrue();
    assertThat(statement.getResultSet()).isSameAs(second);
    assertThat(second.getStatement()).isSameAs(statement);
    connection.commit();
    connection.setAutoCommit(true);
    statement.executeQuery();
    assertThat(second.isClosed()).isTrue();
  }

  @Test
  void closingClosesBothForms() throws SQLException {
    PreparedStatement statement = connection.prepareStatement("SELECT id FROM item FOR SHARE");
    Statement inTransaction = statement.unwrap(PgStatement.class);
    statement.executeQuery();
    Statement autocommit = statement.unwrap(PgStatement.class);
    assertThat(autocommit).isNotSameAs(inTransaction);
    statement.close();
    assertThat(statement.isClosed()).isTrue();
    assertThat(autocommit.isClosed()).isTrue();
    assertThat(inTransaction.isClosed()).isTrue();
  }

  @Test
  void closedByItsResultItStaysClosedInTheOtherForm() throws SQLException {
    PreparedStatement statement = connection.prepareStatement("SELECT id FROM item FOR SHARE");
    statement.closeOnCompletion();
    assertThat(statement.isCloseOnCompletion()).isTrue();
    statement.executeQuery().close();
    assertThat(statement.isClosed()).isTrue();
    connection.setAutoCommit(false);
    assertThatThrownBy(statement::executeQuery).hasMessageContaining("closed");
  }

  @Test
  void batchHasTheFormOfATransaction() throws SQLException {
    PreparedStatement statement =
        connection.prepareStatement("SELECT id FROM item WHERE id = ? FOR SHARE");
    statement.setInt(1, 1);
    statement.addBatch();
    assertThat(statement.toString()).contains("FOR UPDATE");
    statement.clearBatch();
    assertThat(statement.executeBatch()).isEmpty();
  }

  @Test
  void metadataIsThereBeforeTheFirstExecution() throws SQLException {
    PreparedStatement statement =
        connection.prepareStatement("SELECT id FROM item WHERE id = ? FOR SHARE");
    assertThat(statement.getMetaData().getColumnName(1)).isEqualTo("id");
    assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(1);
  }

  private static String only(PreparedStatement statement) throws SQLException {
    try (ResultSet result = statement.executeQuery()) {
      assertThat(result.next()).isTrue();
      String value = result.getString(1);
      assertThat(result.next()).isFalse();
      return value;
    }
  }

  private static int rows(ResultSet result) throws SQLException {
    int rows = 0;
    while (result.next()) {
      rows++;
    }
    return rows;
  }

  /** Asked by a transaction that skips what somebody else has locked. */
  private static boolean isLocked(int id) throws SQLException {
    return connections
        .ask(
            "WITH free AS (SELECT id FROM item WHERE id = "
                + id
                + " FOR UPDATE SKIP LOCKED) SELECT count(*) FROM free")
        .equals("0");
  }

  private static InputStream stream() {
    return new ByteArrayInputStream(bytes());
  }

  private static byte[] bytes() {
    return "ab".getBytes(StandardCharsets.US_ASCII);
  }
}
