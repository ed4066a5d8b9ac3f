package io.dsqlproxy.workload;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * Data sources in the middle of whose transactions somebody else does something, at a place that is
 * always the same.
 */
final class Interrupted {

  private Interrupted() {}

  /** Something else happens once, right before the first COMMIT. */
  static DataSource beforeCommit(DataSource dataSource, Runnable once) {
    return before(dataSource, call -> call.method().getName().equals("commit"), once);
  }

  /** Something else happens once, right before the first statement with these words. */
  static DataSource before(DataSource dataSource, String words, Runnable once) {
    return before(
        dataSource,
        call ->
            call.method().getName().equals("prepareStatement")
                && call.arguments()[0].toString().contains(words),
        once);
  }

  private static DataSource before(DataSource dataSource, Predicate<Call> place, Runnable once) {
    AtomicBoolean happened = new AtomicBoolean();
    return proxy(
        DataSource.class,
        dataSource,
        opening ->
            opening.run() instanceof Connection connection
                ? proxy(
                    Connection.class,
                    connection,
                    call -> {
                      if (place.test(call) && happened.compareAndSet(false, true)) {
                        once.run();
                      }
                      return call.run();
                    })
                : null);
  }

  private record Call(Object target, Method method, Object[] arguments) {
    Object run() throws Throwable {
      try {
        return method.invoke(target, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }

  @FunctionalInterface
  private interface Around {
    Object run(Call call) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, T target, Around around) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> around.run(new Call(target, method, arguments))));
  }
}
