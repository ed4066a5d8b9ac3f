package io.dsqlproxy.driver.journal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A parameter of a text, bound to a part of that text, in which it has a lower number. As immutable
 * as the binding.
 */
public final class ShiftedBinding implements ParameterBinding {

  private final ParameterBinding binding;
  private final int by;

  private ShiftedBinding(ParameterBinding binding, int by) {
    this.binding = binding;
    this.by = by;
  }

  /**
   * The binding of a part.
   *
   * @param by how many parameters stand before the part
   */
  public static ParameterBinding of(ParameterBinding binding, int by) {
    return by == 0 ? binding : new ShiftedBinding(binding, by);
  }

  @Override
  public void bindTo(PreparedStatement statement) throws SQLException {
    binding.bindTo(
        (PreparedStatement)
            Proxy.newProxyInstance(
                ShiftedBinding.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                new Shift(statement, by)));
  }

  @Override
  public ParameterBinding captured() {
    return of(binding.captured(), by);
  }

  @Override
  public void executed() {
    binding.executed();
  }

  @Override
  public String obstacle() {
    return binding.obstacle();
  }

  @Override
  public String text() {
    return binding.text();
  }

  @Override
  public long bytes() {
    return SMALL + binding.bytes();
  }

  /** What a binding calls of a statement begins with a parameter's number. */
  private record Shift(PreparedStatement statement, int by) implements InvocationHandler {

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      Class<?>[] types = method.getParameterTypes();
      if (types.length > 1 && types[0] == int.class) {
        arguments[0] = (Integer) arguments[0] - by;
      }
      try {
        return method.invoke(statement, arguments);
      } catch (InvocationTargetException failure) {
        throw failure.getCause();
      }
    }
  }
}
