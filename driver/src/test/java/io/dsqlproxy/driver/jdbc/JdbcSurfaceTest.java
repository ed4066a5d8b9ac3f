package io.dsqlproxy.driver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole of JDBC, as the running JDK has it, is in our classes. */
class JdbcSurfaceTest {

  private static final String STATEMENT =
      "executeQuery executeUpdate executeLargeUpdate execute addBatch clearBatch executeBatch "
          + "executeLargeBatch cancel getResultSet getMoreResults getGeneratedKeys "
          + "getUpdateCount getLargeUpdateCount getWarnings clearWarnings "
          + "setMaxFieldSize setMaxRows setLargeMaxRows setEscapeProcessing setQueryTimeout "
          + "setCursorName setFetchDirection setFetchSize setPoolable "
          + "getMaxFieldSize getMaxRows getLargeMaxRows getQueryTimeout getFetchDirection "
          + "getFetchSize isPoolable closeOnCompletion isCloseOnCompletion close isClosed "
          + "getConnection unwrap isWrapperFor ";

  private static final String PREPARED_STATEMENT =
      STATEMENT
          + "getMetaData getParameterMetaData clearParameters setArray setUnicodeStream "
          + "setAsciiStream(int,InputStream) setAsciiStream(int,InputStream,int) "
          + "setAsciiStream(int,InputStream,long) setBinaryStream(int,InputStream) "
          + "setBinaryStream(int,InputStream,int) setBinaryStream(int,InputStream,long) "
          + "setCharacterStream(int,Reader) setCharacterStream(int,Reader,int) "
          + "setCharacterStream(int,Reader,long) setNCharacterStream(int,Reader) "
          + "setNCharacterStream(int,Reader,long) "
          + "setBlob(int,InputStream) setBlob(int,InputStream,long) "
          + "setClob(int,Reader) setClob(int,Reader,long) "
          + "setNClob(int,Reader) setNClob(int,Reader,long) "
          + "setObject ";

  /** By interface: what is decorated. Everything else is forwarded. */
  static Stream<Arguments> surface() {
    return Stream.of(
        Arguments.of(
            Connection.class,
            DsqlConnection.class,
            "createStatement prepareStatement prepareCall nativeSQL commit rollback setAutoCommit "
                + "setSavepoint releaseSavepoint setSchema getSchema getCatalog setClientInfo "
                + "getMetaData "
                + "createArrayOf setTransactionIsolation setReadOnly setHoldability setTypeMap "
                + "getTypeMap setNetworkTimeout close abort isClosed isValid unwrap isWrapperFor"),
        Arguments.of(Statement.class, DsqlStatement.class, STATEMENT),
        Arguments.of(PreparedStatement.class, DsqlPreparedStatement.class, PREPARED_STATEMENT),
        Arguments.of(
            CallableStatement.class,
            DsqlCallableStatement.class,
            PREPARED_STATEMENT
                + "registerOutParameter(int,int) registerOutParameter(int,int,int) "
                + "registerOutParameter(int,int,String) registerOutParameter(int,SQLType) "
                + "registerOutParameter(int,SQLType,int) registerOutParameter(int,SQLType,String) "
                + "getObject getArray"),
        Arguments.of(
            ResultSet.class,
            DsqlResultSet.class,
            "getMetaData next previous absolute relative first last beforeFirst afterLast isBeforeFirst isLast "
                + "isAfterLast wasNull close getStatement insertRow updateRow deleteRow refreshRow "
                + "cancelRowUpdates moveToInsertRow moveToCurrentRow getBlob getClob getObject "
                + "getArray updateArray updateObject unwrap isWrapperFor"),
        Arguments.of(
            DatabaseMetaData.class,
            DsqlDatabaseMetaData.class,
            "getURL getDriverName getDriverVersion getDriverMajorVersion getDriverMinorVersion "
                + "getDefaultTransactionIsolation supportsTransactionIsolationLevel "
                + "supportsSavepoints getConnection unwrap isWrapperFor getSQLKeywords "
                + "getMaxSchemaNameLength getMaxColumnNameLength getMaxColumnsInIndex "
                + "getMaxCursorNameLength getMaxProcedureNameLength getMaxCatalogNameLength "
                + "getMaxTableNameLength getMaxUserNameLength "
                + namesOf(DatabaseMetaData.class, m -> m.getReturnType() == ResultSet.class)),
        Arguments.of(
            ResultSetMetaData.class,
            DsqlResultSetMetaData.class,
            "isAutoIncrement isNullable getSchemaName getTableName getColumnTypeName unwrap "
                + "isWrapperFor"),
        Arguments.of(Array.class, DsqlArray.class, "getResultSet"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("surface")
  void everyMethodIsForwardedOrDecoratedAndNoneFallsBackToItsDefault(
      Class<?> jdbc, Class<?> ours, String decorated) throws Exception {
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
    assertThat(ownBehaviour).isEqualTo(selected(jdbc, decorated));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("surface")
  void equalityIsIdentityOnBothSides(Class<?> jdbc, Class<?> ours) throws Exception {
    assertThat(ours.getMethod("equals", Object.class).getDeclaringClass()).isEqualTo(Object.class);
    assertThat(ours.getMethod("hashCode").getDeclaringClass()).isEqualTo(Object.class);
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
