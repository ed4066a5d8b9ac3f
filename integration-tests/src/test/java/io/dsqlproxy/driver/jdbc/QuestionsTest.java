package io.dsqlproxy.driver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.core.TransactionState;

/**
 * What pgJDBC asks the server on its own account is no part of the application's transaction: where
 * none is open it leaves none open, and an open one can still go back to a savepoint.
 */
class QuestionsTest {

  private static DecoratedConnections connections;
  private Connection connection;

  @BeforeAll
  static void start() throws Exception {
    connections = new DecoratedConnections();
    connections.run(
        "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        "CREATE TABLE asked (id serial PRIMARY KEY, note text, mood mood, moods mood[])");
  }

  @AfterAll
  static void stop() throws Exception {
    connections.close();
  }

  @BeforeEach
  void open() throws SQLException {
    connection = connections.open();
    connection.setAutoCommit(false);
  }

  @AfterEach
  void close() throws SQLException {
    connection.rollback();
    connection.close();
  }

  // -------------------- metadata

  static Stream<Method> questionsOfConnection() {
    Set<String> changes =
        Set.of(
            "close", "commit", "rollback", "setSavepoint", "abort", "beginRequest", "endRequest");
    return questions(Connection.class).filter(method -> !changes.contains(method.getName()));
  }

  static Stream<Method> questionsOfDatabase() {
    return questions(DatabaseMetaData.class);
  }

  static Stream<Method> questionsOfResult() {
    return questions(ResultSetMetaData.class);
  }

  static Stream<Method> questionsOfParameters() {
    return questions(ParameterMetaData.class);
  }

  private static Stream<Method> questions(Class<?> type) {
    return Stream.of(type.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(
            method -> !method.getName().matches("set.*|unwrap|isWrapperFor|prepare.*|nativeSQL"))
        .filter(
            method -> Stream.of(method.getParameterTypes()).allMatch(QuestionsTest::canBeGiven));
  }

  private static boolean canBeGiven(Class<?> type) {
    return type == int.class || type == boolean.class || type == String.class;
  }

  @ParameterizedTest
  @MethodSource("questionsOfConnection")
  void questionOfTheConnectionIsNoPartOfTheTransaction(Method question) throws Exception {
    isNoPartOfTheTransaction(question, connection);
  }

  @ParameterizedTest
  @MethodSource("questionsOfDatabase")
  void questionOfTheDatabaseIsNoPartOfTheTransaction(Method question) throws Exception {
    isNoPartOfTheTransaction(question, connection.getMetaData());
  }

  @ParameterizedTest
  @MethodSource("questionsOfResult")
  void questionOfAResultIsNoPartOfTheTransaction(Method question) throws Exception {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id, mood, moods FROM asked")) {
      ResultSetMetaData metaData = rows.getMetaData();
      connection.commit();
      isNoPartOfTheTransaction(question, metaData);
    }
  }

  @ParameterizedTest
  @MethodSource("questionsOfParameters")
  void questionOfParametersIsNoPartOfTheTransaction(Method question) throws Exception {
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO asked (note, mood) VALUES (?, ?)")) {
      ParameterMetaData metaData = statement.getParameterMetaData();
      isNoPartOfTheTransaction(question, metaData);
    }
  }

  @Test
  void metaDataOfAPreparedStatementIsNoPartOfTheTransaction() throws Exception {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT id, mood FROM asked WHERE mood = ?")) {
      isNoPartOfTheTransaction(PreparedStatement.class.getMethod("getMetaData"), statement);
    }
  }

  private void isNoPartOfTheTransaction(Method question, Object asked) throws Exception {
    ask(question, asked);
    assertThat(state()).as("after it was asked first").isEqualTo(TransactionState.IDLE);
    if (ResultSet.class.isAssignableFrom(question.getReturnType())) {
      // The application has read rows of the catalog, which may be others when it is run again.
      return;
    }
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("INSERT INTO asked (note) VALUES ('kept')");
      statement.execute("SAVEPOINT s");
      statement.executeUpdate("INSERT INTO asked (note) VALUES ('undone')");
      ask(question, asked);
      statement.execute("ROLLBACK TO s");
    }
    connection.commit();
    assertThat(connections.ask("SELECT count(*) FROM asked WHERE note = 'undone'")).isEqualTo("0");
  }

  private TransactionState state() throws SQLException {
    return connection.unwrap(DsqlConnection.class).getTransactionState();
  }

  /** What is asked for may not exist: then nothing was asked of the server. */
  private static void ask(Method question, Object asked) throws Exception {
    List<Object> arguments = new ArrayList<>();
    for (Class<?> type : question.getParameterTypes()) {
      arguments.add(
          type == int.class ? (Object) 1 : type == boolean.class ? (Object) true : "asked");
    }
    try {
      question.invoke(asked, arguments.toArray());
    } catch (InvocationTargetException refusal) {
      if (!(refusal.getCause() instanceof SQLException)) {
        throw refusal;
      }
    }
  }
}
