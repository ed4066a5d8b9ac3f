package io.dsqlproxy.driver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsqlproxy.driver.execution.NotReplayableException;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGResultSetMetaData;
import org.postgresql.PGStatement;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgArray;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.jdbc.PgResultSet;

/** No object leads an application around the driver, unless it asks for pgJDBC by name. */
class LeadsBackTest {

  private static DecoratedConnections connections;
  private Connection connection;

  @BeforeAll
  static void start() throws Exception {
    connections = new DecoratedConnections();
    connections.run(
        "CREATE TABLE item (id serial PRIMARY KEY, tags text[])",
        "INSERT INTO item (tags) VALUES ('{a,b}')",
        "CREATE FUNCTION tags() RETURNS text[] LANGUAGE sql AS $$ SELECT tags FROM item LIMIT 1 $$",
        "CREATE FUNCTION cursor() RETURNS refcursor LANGUAGE plpgsql AS $$ DECLARE c refcursor; "
            + "BEGIN OPEN c FOR SELECT tags FROM item; RETURN c; END $$");
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
  void statementsLeadBackToTheirConnection() throws SQLException {
    assertThat(connection.createStatement().getConnection()).isSameAs(connection);
    assertThat(connection.prepareStatement("SELECT 1").getConnection()).isSameAs(connection);
    assertThat(connection.prepareStatement("SELECT 1 FOR SHARE").getConnection())
        .isSameAs(connection);
    assertThat(connection.prepareCall("{call tags()}").getConnection()).isSameAs(connection);
  }

  @Test
  void resultsLeadBackToTheVeryStatementTheyCameFrom() throws SQLException {
    Statement statement = connection.createStatement();
    ResultSet result = statement.executeQuery("SELECT 1");
    assertThat(result.getStatement()).isSameAs(statement);
    assertThat(statement.getResultSet()).isSameAs(result).isSameAs(statement.getResultSet());
    PreparedStatement prepared = connection.prepareStatement("SELECT 1");
    assertThat(prepared.execute()).isTrue();
    assertThat(prepared.getResultSet().getStatement()).isSameAs(prepared);
    assertThat(prepared.executeQuery().getStatement()).isSameAs(prepared);
  }

  @Test
  void generatedKeysLeadBackAndAreTheSameWhenAskedTwice() throws SQLException {
    Statement statement = connection.createStatement();
    statement.executeUpdate(
        "INSERT INTO item (tags) VALUES (NULL)", Statement.RETURN_GENERATED_KEYS);
    ResultSet keys = statement.getGeneratedKeys();
    assertThat(statement.getGeneratedKeys()).isSameAs(keys);
    assertThat(keys.getStatement()).isSameAs(statement);
    assertThat(keys.next()).isTrue();
    assertThat(keys.getInt("id")).isPositive();
  }

  @Test
  void metadataLeadsBack() throws SQLException {
    DatabaseMetaData metaData = connection.getMetaData();
    assertThat(metaData).isSameAs(connection.getMetaData());
    assertThat(metaData.getConnection()).isSameAs(connection);
    ResultSet tables = metaData.getTables(null, null, "item", null);
    assertThat(tables.getStatement()).isSameAs(tables.getStatement());
    assertThat(tables.getStatement().getConnection()).isSameAs(connection);
    assertThat(tables.getStatement().getResultSet()).isSameAs(tables);
  }

  @Test
  void arraysLeadBackHoweverTheyWereRead() throws SQLException {
    ResultSet item = connection.createStatement().executeQuery("SELECT tags FROM item");
    item.next();
    assertLeadsBack(item.getArray(1));
    assertLeadsBack(item.getArray("tags"));
    assertLeadsBack((Array) item.getObject(1));
    assertLeadsBack((Array) item.getObject("tags"));
    assertLeadsBack(item.getObject(1, Array.class));
    assertLeadsBack(connection.createArrayOf("text", new String[] {"a"}));
    CallableStatement call = connection.prepareCall("{?= call tags()}");
    call.registerOutParameter(1, Types.ARRAY);
    call.execute();
    assertLeadsBack(call.getArray(1));
    assertLeadsBack((Array) call.getObject(1));
  }

  private void assertLeadsBack(Array array) throws SQLException {
    assertThat(array.getResultSet().getStatement().getConnection()).isSameAs(connection);
    assertThat((String[]) array.getArray()).startsWith("a");
  }

  @Test
  void pgjdbcsOwnArrayIsThereForWhoAsksForIt() throws SQLException {
    ResultSet item = connection.createStatement().executeQuery("SELECT tags FROM item");
    item.next();
    assertThat(item.getArray(1)).hasToString("{a,b}");
    assertThat(item.getObject(1, Array.class)).isNotInstanceOf(PgArray.class);
  }

  @Test
  void arraysOfOursAreAcceptedAsParametersAndAsNewValues() throws SQLException {
    Array array = connection.createArrayOf("text", new String[] {"x", "y"});
    for (String sql : new String[] {"SELECT ?::text[]::text", "SELECT ?::text[]::text FOR SHARE"}) {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setArray(1, array);
        assertFirstIs(statement, "{x,y}");
        statement.setObject(1, array);
        assertFirstIs(statement, "{x,y}");
        statement.setObject(1, array, Types.ARRAY);
        assertFirstIs(statement, "{x,y}");
      }
    }
    try (Statement statement =
        connection.createStatement(ResultSet.TYPE_SCROLL_SENSITIVE, ResultSet.CONCUR_UPDATABLE)) {
      ResultSet item = statement.executeQuery("SELECT id, tags FROM item ORDER BY id DESC");
      item.moveToInsertRow();
      item.updateInt(1, 1000);
      item.updateArray(2, array);
      item.insertRow();
    }
    assertThat(connections.ask("SELECT tags FROM item WHERE id = 1000")).isEqualTo("{x,y}");
    connections.run("DELETE FROM item WHERE id = 1000");
  }

  private static void assertFirstIs(PreparedStatement statement, String value) throws SQLException {
    ResultSet result = statement.executeQuery();
    result.next();
    assertThat(result.getString(1)).isEqualTo(value);
  }

  @Test
  void cursorsLeadBack() throws SQLException {
    connection.setAutoCommit(false);
    ResultSet row = connection.createStatement().executeQuery("SELECT cursor()");
    row.next();
    ResultSet cursor = (ResultSet) row.getObject(1);
    assertThat(cursor.getStatement().getConnection()).isSameAs(connection);
    CallableStatement call = connection.prepareCall("{?= call cursor()}");
    call.registerOutParameter(1, Types.REF_CURSOR);
    call.execute();
    ResultSet out = (ResultSet) call.getObject(1);
    assertThat(out.getStatement().getConnection()).isSameAs(connection);
    assertThat(call.getObject(1, ResultSet.class).getStatement().getConnection())
        .isSameAs(connection);
  }

  @Test
  void rowsOfACursorThatAColumnNamesAreNotRunAgain() throws SQLException {
    connection.setAutoCommit(false);
    Savepoint savepoint = connection.setSavepoint();
    ResultSet row = connection.createStatement().executeQuery("SELECT cursor()");
    row.next();
    assertThat(((ResultSet) row.getObject("cursor")).next()).isTrue();
    assertThatThrownBy(() -> connection.rollback(savepoint))
        .isInstanceOf(NotReplayableException.class)
        .hasMessageContaining("rows were read that its journal does not hold");
  }

  @Test
  void unwrapReachesPgjdbcAndOurselvesFirst() throws SQLException {
    assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
    for (Class<?> type :
        new Class<?>[] {PGConnection.class, PgConnection.class, BaseConnection.class}) {
      assertThat(connection.isWrapperFor(type)).isTrue();
      assertThat(connection.unwrap(type)).isInstanceOf(PgConnection.class);
    }
    assertThat(connection.isWrapperFor(String.class)).isFalse();
    assertThatThrownBy(() -> connection.unwrap(String.class)).isInstanceOf(SQLException.class);
    PreparedStatement statement = connection.prepareStatement("SELECT 1");
    assertThat(statement.unwrap(PreparedStatement.class)).isSameAs(statement);
    assertThat(statement.unwrap(PGStatement.class)).isNotSameAs(statement);
    ResultSet result = statement.executeQuery();
    assertThat(result.unwrap(PgResultSet.class)).isNotNull();
    assertThat(result.getMetaData().unwrap(PGResultSetMetaData.class)).isNotNull();
    assertThat(connection.getMetaData().isWrapperFor(DatabaseMetaData.class)).isTrue();
  }

  @Test
  void equalityIsIdentity() throws SQLException {
    Connection other = connections.open();
    assertThat(connection).isEqualTo(connection).isNotEqualTo(other);
    assertThat(connection.hashCode()).isEqualTo(connection.hashCode());
    other.close();
  }

  @Test
  void preparedStatementShowsItselfAsPgjdbcDoes() throws SQLException {
    PreparedStatement statement = connection.prepareStatement("SELECT ?");
    statement.setInt(1, 7);
    assertThat(statement).hasToString(statement.unwrap(PGStatement.class).toString());
    assertThat(statement.toString()).contains("SELECT").contains("7");
  }

  @Test
  void resultOfAClosedResultSetIsRefusedAsByPgjdbc() throws SQLException {
    ResultSet result = connection.createStatement().executeQuery("SELECT 1");
    result.close();
    assertThatThrownBy(result::getStatement).isInstanceOf(SQLException.class);
  }
}
