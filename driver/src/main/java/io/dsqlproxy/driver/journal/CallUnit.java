package io.dsqlproxy.driver.journal;

import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A call of a function or procedure. The same outcome is the same answer of the method that
 * executed it, and the same value of each parameter that is registered as an output. Not safe for
 * use by several threads at once.
 *
 * @param <T> what the application was given: a count, or whether there are rows
 */
public final class CallUnit<T> extends StatementUnit<T> {

  private final T answer;
  private final Outputs outputs;
  private final RowsRead rows;
  private final List<Object> values;
  private final String obstacle;

  /**
   * A call.
   *
   * @param statement that made the call; null if it failed
   * @param held the result set that the application can have; null if there is none
   */
  public CallUnit(
      Invocation<T> invocation, T answer, Outputs outputs, Statement statement, HeldResult held)
      throws SQLException {
    super(invocation);
    this.answer = answer;
    this.outputs = outputs;
    this.rows = held == null ? null : new RowsRead(held, statement.getResultSet());
    this.values = statement == null ? List.of() : outputs.valuesOf((CallableStatement) statement);
    this.obstacle =
        values.stream().anyMatch(ResultSet.class::isInstance)
            ? Obstacle.CURSOR_OUTPUT.because()
            : null;
  }

  @Override
  public RowsRead rows() {
    return rows;
  }

  @Override
  String obstacle() {
    return obstacle != null ? obstacle : super.obstacle();
  }

  @Override
  long bytes() {
    long bytes = super.bytes();
    for (Object value : values) {
      bytes += ParameterBinding.SMALL + ObjectBinding.sizeOf(value);
    }
    return bytes;
  }

  @Override
  public boolean givesValues() {
    return true;
  }

  @Override
  void prepare(Statement statement) throws SQLException {
    outputs.registerAt((CallableStatement) statement);
    super.prepare(statement);
  }

  @Override
  void compare(Statement statement, T again) throws SQLException, OutcomeDiffers {
    if (!isResult(answer) && !again.equals(answer)) {
      throw new OutcomeDiffers("what it answers changed");
    }
    List<Object> valuesAgain = outputs.valuesOf((CallableStatement) statement);
    for (int i = 0; i < values.size(); i++) {
      if (!Objects.deepEquals(comparable(values.get(i)), comparable(valuesAgain.get(i)))) {
        throw new OutcomeDiffers("its output parameter changed");
      }
    }
    if (rows != null) {
      ResultSet result = statement.getResultSet();
      if (result == null) {
        throw new OutcomeDiffers("it has no rows any more");
      }
      rows.verify(result);
    }
  }

  private static boolean isResult(Object answer) {
    return answer instanceof ResultSet;
  }

  private static Object comparable(Object value) {
    return value instanceof Array ? value.toString() : value;
  }

  /** The parameters that are registered as outputs. Not safe for use by several threads at once. */
  public static final class Outputs {

    private final List<Registration> registrations = new ArrayList<>();

    /** One more. */
    public void add(int index, ParameterRegistration registration) {
      registrations.removeIf(known -> known.index() == index);
      registrations.add(new Registration(index, registration));
    }

    /** The same, which nobody changes. */
    public Outputs copy() {
      Outputs copy = new Outputs();
      copy.registrations.addAll(registrations);
      return copy;
    }

    /** Registers all of them. */
    public void registerAt(CallableStatement statement) throws SQLException {
      for (Registration registration : registrations) {
        registration.how().registerAt(statement);
      }
    }

    List<Object> valuesOf(CallableStatement statement) throws SQLException {
      List<Object> values = new ArrayList<>();
      for (Registration registration : registrations) {
        values.add(statement.getObject(registration.index()));
      }
      return values;
    }
  }

  /** Registers an output parameter. Stateless apart from what it captured. */
  @FunctionalInterface
  public interface ParameterRegistration {

    /** Registers it. */
    void registerAt(CallableStatement statement) throws SQLException;
  }

  private record Registration(int index, ParameterRegistration how) {}
}
