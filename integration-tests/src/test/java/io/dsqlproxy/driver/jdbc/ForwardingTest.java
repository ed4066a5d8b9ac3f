package io.dsqlproxy.driver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.Plan;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.jdbc.PgConnection;

/**
 * What is forwarded arrives: the same method, with the same arguments, and its answer comes back.
 * The delegate is a recorder, because nothing but the hand-over is looked at.
 */
class ForwardingTest {

  private static DecoratedConnections connections;
  private static DsqlConnection connection;

  private final List<Object> received = new ArrayList<>();
  private Object answer;

  @BeforeAll
  static void start() throws Exception {
    connections = new DecoratedConnections();
    connection = (DsqlConnection) connections.open();
  }

  @AfterAll
  static void stop() throws Exception {
    connection.close();
    connections.close();
  }

  @Test
  void connection() throws Exception {
    Connection decorated =
        DsqlConnection.wrap(recorder(Connection.class), connections.context(false));
    assertForwards(Connection.class, decorated);
  }

  @Test
  void statement() throws Exception {
    assertForwards(
        Statement.class,
        new DsqlStatement(
            connection, physical(), recorder(Statement.class), Connection::prepareStatement));
  }

  @Test
  void preparedStatement() throws Exception {
    Plan plan = Plan.unchanged("select 1");
    assertForwards(
        PreparedStatement.class,
        new DsqlPreparedStatement(
            connection,
            physical(),
            recorder(PreparedStatement.class),
            plan,
            Connection::prepareStatement,
            plan.sql()));
  }

  @Test
  void callableStatement() throws Exception {
    Plan plan = Plan.unchanged("select 1");
    assertForwards(
        CallableStatement.class,
        new DsqlCallableStatement(
            connection,
            physical(),
            recorder(CallableStatement.class),
            plan,
            Connection::prepareCall,
            plan.sql()));
  }

  @Test
  void resultSet() throws Exception {
    assertForwards(ResultSet.class, new DsqlResultSet(connection, recorder(ResultSet.class)));
  }

  @Test
  void databaseMetaData() throws Exception {
    assertForwards(
        DatabaseMetaData.class,
        new DsqlDatabaseMetaData(connection, physical(), recorder(DatabaseMetaData.class)));
  }

  @Test
  void array() throws Exception {
    assertForwards(Array.class, new DsqlArray(connection, recorder(Array.class)));
  }

  private static PhysicalConnection physical() {
    return connection.session().current();
  }

  private <T> void assertForwards(Class<T> jdbc, T decorated) throws Exception {
    int forwarded = 0;
    for (Method method : jdbc.getMethods()) {
      Class<?> home =
          decorated
              .getClass()
              .getMethod(method.getName(), method.getParameterTypes())
              .getDeclaringClass();
      if (home.getSimpleName().startsWith("Forwarding")
          && !Modifier.isStatic(method.getModifiers())) {
        assertForwards(method, decorated);
        forwarded++;
      }
    }
    assertThat(forwarded).isPositive();
  }

  private void assertForwards(Method method, Object decorated) throws Exception {
    Object[] arguments = new Object[method.getParameterCount()];
    List<Object> expected = new ArrayList<>(List.of(method.getName()));
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = sample(method.getParameterTypes()[i], i + 1);
      expected.add(arguments[i]);
    }
    answer = sample(method.getReturnType(), 42);
    received.clear();
    Object returned = method.invoke(decorated, arguments);
    assertThat(received).as(method.toString()).isEqualTo(expected);
    assertThat(returned).as(method.toString()).isEqualTo(answer);
  }

  /** A value that differs from its neighbours where the type allows it. */
  private static Object sample(Class<?> type, int number) {
    if (type == int.class) {
      return number;
    } else if (type == long.class) {
      return (long) number;
    } else if (type == short.class) {
      return (short) number;
    } else if (type == byte.class) {
      return (byte) number;
    } else if (type == float.class) {
      return (float) number;
    } else if (type == double.class) {
      return (double) number;
    } else if (type == boolean.class) {
      return true;
    } else if (type == String.class) {
      return "string " + number;
    }
    return null;
  }

  private <T> T recorder(Class<T> jdbc) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.getDeclaringClass() == Wrapper.class) {
            return connection.unwrap(PgConnection.class);
          }
          if (method.getName().equals("getRow") && !(answer instanceof Integer)) {
            // Before a column is updated, the result is asked where it is.
            return 1;
          }
          received.add(method.getName());
          received.addAll(arguments == null ? List.of() : Arrays.asList(arguments));
          return answer;
        };
    return jdbc.cast(
        Proxy.newProxyInstance(
            ForwardingTest.class.getClassLoader(), new Class<?>[] {jdbc}, handler));
  }
}
