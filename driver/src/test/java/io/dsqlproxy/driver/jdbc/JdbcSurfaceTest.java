package io.dsqlproxy.driver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole of JDBC, as the running JDK has it, is in our classes. */
class JdbcSurfaceTest {

  /** By interface: what is decorated, and what is refused. Everything else is forwarded. */
  static Stream<Arguments> surface() {
    return Stream.of(
        Arguments.of(
            Connection.class,
            DsqlConnection.class,
            "createStatement prepareStatement prepareCall nativeSQL commit setAutoCommit getMetaData "
                + "createArrayOf setTransactionIsolation unwrap isWrapperFor",
            "setSavepoint rollback(Savepoint) releaseSavepoint"),
        Arguments.of(
            Statement.class,
            DsqlStatement.class,
            "executeQuery executeUpdate executeLargeUpdate execute addBatch clearBatch "
                + "executeBatch executeLargeBatch getResultSet getGeneratedKeys getConnection "
                + "unwrap isWrapperFor",
            ""),
        Arguments.of(
            PreparedStatement.class,
            DsqlPreparedStatement.class,
            "executeQuery executeUpdate executeLargeUpdate execute addBatch clearBatch "
                + "executeBatch executeLargeBatch getResultSet getGeneratedKeys getConnection "
                + "clearParameters setArray setObject setAsciiStream setUnicodeStream "
                + "setBinaryStream setCharacterStream setNCharacterStream "
                + "setBlob(int,InputStream) setBlob(int,InputStream,long) "
                + "setClob(int,Reader) setClob(int,Reader,long) "
                + "setNClob(int,Reader) setNClob(int,Reader,long) unwrap isWrapperFor",
            ""),
        Arguments.of(
            CallableStatement.class,
            DsqlCallableStatement.class,
            "executeQuery executeUpdate executeLargeUpdate execute addBatch clearBatch "
                + "executeBatch executeLargeBatch getResultSet getGeneratedKeys getConnection "
                + "clearParameters setArray setObject getObject getArray "
                + "setAsciiStream(int,InputStream) setAsciiStream(int,InputStream,int) "
                + "setAsciiStream(int,InputStream,long) setUnicodeStream "
                + "setBinaryStream(int,InputStream) setBinaryStream(int,InputStream,int) "
                + "setBinaryStream(int,InputStream,long) setCharacterStream(int,Reader) "
                + "setCharacterStream(int,Reader,int) setCharacterStream(int,Reader,long) "
                + "setNCharacterStream(int,Reader) setNCharacterStream(int,Reader,long) "
                + "setBlob(int,InputStream) setBlob(int,InputStream,long) "
                + "setClob(int,Reader) setClob(int,Reader,long) "
                + "setNClob(int,Reader) setNClob(int,Reader,long) unwrap isWrapperFor",
            ""),
        Arguments.of(
            ResultSet.class,
            DsqlResultSet.class,
            "getStatement getObject getArray updateArray updateObject unwrap isWrapperFor",
            ""),
        Arguments.of(
            DatabaseMetaData.class,
            DsqlDatabaseMetaData.class,
            "getURL getDriverName getDriverVersion getDriverMajorVersion getDriverMinorVersion "
                + "getDefaultTransactionIsolation supportsTransactionIsolationLevel "
                + "getConnection unwrap isWrapperFor "
                + namesOf(DatabaseMetaData.class, m -> m.getReturnType() == ResultSet.class),
            "supportsSavepoints"),
        Arguments.of(Array.class, DsqlArray.class, "getResultSet", ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("surface")
  void everyMethodIsForwardedOrDecoratedOrRefusedAndNoneFallsBackToItsDefault(
      Class<?> jdbc, Class<?> ours, String decorated, String refused) throws Exception {
    Set<String> ownBehaviour = new TreeSet<>();
    for (Method method : methodsOf(jdbc)) {
      Class<?> home = implementationOf(method, ours).getDeclaringClass();
      assertThat(home.getPackageName())
          .as("%s is neither forwarded nor decorated", method)
          .startsWith("io.dsqlproxy.driver");
      if (!home.getSimpleName().startsWith("Forwarding")) {
        ownBehaviour.add(signatureOf(method));
      }
    }
    assertThat(ownBehaviour).isEqualTo(selected(jdbc, (decorated + " " + refused).strip()));
  }

  @Test
  void everythingThatConfiguresATwoFormStatementReachesBothOfItsStatements() throws Exception {
    for (Method method : methodsOf(PreparedStatement.class)) {
      if (!configures(method)) {
        continue;
      }
      Method implementation = implementationOf(method, TwoFormPreparedStatement.class);
      boolean readOnce =
          Arrays.stream(method.getParameterTypes())
              .anyMatch(type -> type == InputStream.class || type == Reader.class);
      assertThat(implementation.getDeclaringClass())
          .as(method.toString())
          .isIn(
              readOnce
                  ? Set.of(DsqlPreparedStatement.class)
                  : Set.of(TwiceBoundPreparedStatement.class, TwoFormPreparedStatement.class));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("surface")
  void equalityIsIdentityOnBothSides(Class<?> jdbc, Class<?> ours) throws Exception {
    assertThat(ours.getMethod("equals", Object.class).getDeclaringClass()).isEqualTo(Object.class);
    assertThat(ours.getMethod("hashCode").getDeclaringClass()).isEqualTo(Object.class);
  }

  private static boolean configures(Method method) {
    return method.getName().startsWith("set")
        || method.getName().equals("closeOnCompletion")
        || method.getName().equals("clearParameters");
  }

  private static Set<Method> methodsOf(Class<?> jdbc) {
    return Arrays.stream(jdbc.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .collect(Collectors.toSet());
  }

  private static Method implementationOf(Method method, Class<?> ours) throws Exception {
    return ours.getMethod(method.getName(), method.getParameterTypes());
  }

  private static String namesOf(Class<?> jdbc, Predicate<Method> selection) {
    return methodsOf(jdbc).stream()
        .filter(selection)
        .map(Method::getName)
        .distinct()
        .collect(Collectors.joining(" "));
  }

  /** The methods that a list of names, or of names with parameter types, stands for. */
  private static Set<String> selected(Class<?> jdbc, String list) {
    Set<String> selected = new TreeSet<>();
    for (String entry : list.split(" +")) {
      Set<String> matches =
          methodsOf(jdbc).stream()
              .filter(m -> entry.equals(m.getName()) || entry.equals(signatureOf(m)))
              .map(JdbcSurfaceTest::signatureOf)
              .collect(Collectors.toSet());
      assertThat(matches).as("%s in %s", entry, jdbc).isNotEmpty();
      int before = selected.size();
      selected.addAll(matches);
      assertThat(selected).as("%s is listed twice", entry).hasSize(before + matches.size());
    }
    return selected;
  }

  private static String signatureOf(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(Collectors.joining(",", method.getName() + "(", ")"));
  }
}
