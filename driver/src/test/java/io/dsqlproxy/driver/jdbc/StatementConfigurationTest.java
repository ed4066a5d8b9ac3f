package io.dsqlproxy.driver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.journal.StatementSettings;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlannedForm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.JDBCType;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an application sets on a prepared statement reaches every statement that is executed in its
 * place, now and in a replay. Of pgJDBC's statements there is only a record of their calls.
 */
class StatementConfigurationTest {

  private static final String CONTENT = "content";
  private static final Plan PLAN =
      new Plan(
          "select 1 for share",
          new PlannedForm.Send("select 1", List.of()),
          new PlannedForm.Send("select 1 for update", List.of()));

  private final Recorder own = new Recorder();
  private final Recorder autocommit = new Recorder();
  private final Recorder inTransaction = new Recorder();
  private final DsqlPreparedStatement one =
      new DsqlPreparedStatement(null, null, own.statement(), PLAN, null, "select ?");
  private final DsqlPreparedStatement both =
      new TwoFormPreparedStatement(
          null, null, autocommit.statement(), inTransaction.statement(), PLAN, null);

  static Stream<Setter> configuring() {
    return Stream.concat(
        Stream.concat(parameters(), settings()),
        Arrays.stream(PreparedStatement.class.getMethods())
            .filter(m -> m.getName().matches("closeOnCompletion|clearParameters"))
            .map(method -> new Setter(method, null)));
  }

  /** Parameters that are given as objects are also given in the types that are treated apart. */
  static Stream<Setter> parameters() {
    return Arrays.stream(PreparedStatement.class.getMethods())
        .filter(method -> method.getName().startsWith("set") && method.getParameterCount() > 1)
        .flatMap(
            method ->
                method.getParameterTypes()[1] == Object.class
                    ? Stream.of(
                            Object.class,
                            InputStream.class,
                            Reader.class,
                            byte[].class,
                            Timestamp.class)
                        .map(type -> new Setter(method, type))
                    : Stream.of(new Setter(method, method.getParameterTypes()[1])));
  }

  static Stream<Setter> settings() {
    return Arrays.stream(PreparedStatement.class.getMethods())
        .filter(method -> method.getName().startsWith("set") && method.getParameterCount() == 1)
        .map(method -> new Setter(method, null));
  }

  @ParameterizedTest
  @MethodSource("configuring")
  void whatConfiguresAStatementReachesPgjdbcsUnchanged(Setter setter) throws Exception {
    setter.applyTo(one);
    assertThat(own.calls()).containsExactly(setter.asRecorded());
  }

  @ParameterizedTest
  @MethodSource("configuring")
  void whatConfiguresATwoFormStatementReachesBothOfItsStatementsUnchanged(Setter setter)
      throws Exception {
    setter.applyTo(both);
    assertThat(autocommit.calls()).containsExactly(setter.asRecorded());
    assertThat(inTransaction.calls()).containsExactly(setter.asRecorded());
  }

  @ParameterizedTest
  @MethodSource("parameters")
  void parameterIsBoundInAReplayAsItWasBoundOrSaysThatItCannotBe(Setter setter) throws Exception {
    for (DsqlPreparedStatement statement : List.of(one, both)) {
      setter.applyTo(statement);
      Recorder replayed = new Recorder();
      statement.parameters().bindTo(replayed.statement());
      assertThat(replayed.calls()).containsExactly(setter.asRecorded());
      assertThat(statement.parameters().obstacle() != null).isEqualTo(setter.isOutsideOfJvm());
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void settingBelongsToWhatIsExecutedInAReplay(Setter setter) throws Exception {
    setter.applyTo(one);
    PlannedForm.Send form = (PlannedForm.Send) PLAN.autocommit();
    assertThat(one.invocation(form, null).settings()).isNotSameAs(StatementSettings.DEFAULT);
  }

  @Test
  void clearedParametersAreNotBoundInAReplay() throws Exception {
    for (DsqlPreparedStatement statement : List.of(one, both)) {
      statement.setInt(1, 1);
      statement.setBinaryStream(2, new ByteArrayInputStream(new byte[3]));
      statement.clearParameters();
      Recorder replayed = new Recorder();
      statement.parameters().bindTo(replayed.statement());
      assertThat(replayed.calls()).isEmpty();
    }
  }

  @Test
  void statementIsClosedWithBothOfItsForms() throws SQLException {
    both.close();
    assertThat(autocommit.calls()).containsExactly("close[]");
    assertThat(inTransaction.calls()).containsExactly("close[]");
  }

  /**
   * A method that configures a statement, with arguments of its own for each call.
   *
   * @param valueType the type of a parameter's value
   */
  record Setter(Method method, Class<?> valueType) {

    private static final Object LARGE_OBJECT = new Object();

    void applyTo(PreparedStatement statement) throws Exception {
      try {
        method.invoke(statement, arguments());
      } catch (InvocationTargetException e) {
        throw new AssertionError(e.getCause());
      }
    }

    String asRecorded() {
      return recorded(method, arguments());
    }

    /** What it leads to can change while nobody looks. */
    boolean isOutsideOfJvm() {
      return Stream.of(Blob.class, Clob.class, SQLXML.class, Array.class)
          .anyMatch(type -> type.isAssignableFrom(valueType));
    }

    private Object[] arguments() {
      Class<?>[] types = method.getParameterTypes().clone();
      if (valueType != null) {
        types[1] = valueType;
      }
      return Arrays.stream(types).map(Setter::sample).toArray();
    }

    private static Object sample(Class<?> type) {
      if (type.isInterface() && type != SQLType.class) {
        return Proxy.newProxyInstance(
            Setter.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, called, arguments) ->
                called.getName().equals("toString")
                    ? type.getSimpleName()
                    : called.invoke(LARGE_OBJECT, arguments));
      }
      return Stream.of(
              7,
              7L,
              true,
              (byte) 1,
              (short) 2,
              1.5f,
              2.5d,
              "text",
              new BigDecimal("1.50"),
              CONTENT.getBytes(StandardCharsets.US_ASCII),
              new Date(1_000_000),
              new Time(2_000_000),
              new Timestamp(3_000_000),
              new GregorianCalendar(2020, Calendar.MAY, 4),
              JDBCType.VARCHAR,
              url(),
              new ByteArrayInputStream(CONTENT.getBytes(StandardCharsets.US_ASCII)),
              new StringReader(CONTENT))
          .filter(value -> boxed(type).isInstance(value))
          .findFirst()
          .orElseThrow(() -> new AssertionError(type));
    }

    private static URL url() {
      try {
        return URI.create("https://localhost/").toURL();
      } catch (MalformedURLException e) {
        throw new AssertionError(e);
      }
    }

    private static Class<?> boxed(Class<?> type) {
      return MethodType.methodType(type).wrap().returnType();
    }

    @Override
    public String toString() {
      return method.getName()
          + Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName).toList()
          + (valueType == null ? "" : " of " + valueType.getSimpleName());
    }
  }

  /** What is read from a stream counts, and not which stream it is. */
  private static String recorded(Method method, Object[] arguments) {
    List<Object> readable = new ArrayList<>();
    for (Object argument : arguments == null ? new Object[0] : arguments) {
      readable.add(readable(argument));
    }
    return method.getName() + readable;
  }

  private static Object readable(Object argument) {
    try {
      if (argument instanceof InputStream stream) {
        return "stream of " + new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
      }
      if (argument instanceof Reader reader) {
        StringWriter text = new StringWriter();
        reader.transferTo(text);
        return "reader of " + text;
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    if (argument instanceof byte[] bytes) {
      return "bytes of " + new String(bytes, StandardCharsets.US_ASCII);
    }
    return argument.getClass().getSimpleName() + ' ' + argument;
  }

  /** In the place of one of pgJDBC's statements. */
  private static final class Recorder {

    private final List<String> calls = new ArrayList<>();
    private final PreparedStatement statement =
        (PreparedStatement)
            Proxy.newProxyInstance(
                Recorder.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                (proxy, method, arguments) -> {
                  calls.add(recorded(method, arguments));
                  return null;
                });

    PreparedStatement statement() {
      return statement;
    }

    List<String> calls() {
      return calls;
    }
  }
}
