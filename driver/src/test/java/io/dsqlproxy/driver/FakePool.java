package io.dsqlproxy.driver;

import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Connections that do nothing but write down what is asked of them, as {@code 2:commit} for the
 * second one, and fail where they are told to. For use by one thread.
 */
final class FakePool implements DataSource {

  final List<String> calls = new ArrayList<>();
  private final Map<String, List<Throwable>> failures = new HashMap<>();
  private final boolean autoCommitByDefault;
  private int connections;

  FakePool() {
    this(true);
  }

  FakePool(boolean autoCommitByDefault) {
    this.autoCommitByDefault = autoCommitByDefault;
  }

  /** The next calls of a method fail, one with each of these. */
  void fail(String method, Throwable... with) {
    failures.computeIfAbsent(method, key -> new ArrayList<>()).addAll(List.of(with));
  }

  @Override
  public Connection getConnection() throws SQLException {
    int number = ++connections;
    boolean[] autoCommit = {autoCommitByDefault};
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "getAutoCommit" -> {
                  return autoCommit[0];
                }
                case "isWrapperFor" -> {
                  return false;
                }
                case "toString" -> {
                  return "connection " + number;
                }
                case "setAutoCommit" -> {
                  calls.add(number + ":autocommit=" + arguments[0]);
                  autoCommit[0] = (boolean) arguments[0];
                }
                default -> calls.add(number + ":" + method.getName());
              }
              List<Throwable> due = failures.getOrDefault(method.getName(), List.of());
              if (!due.isEmpty()) {
                throw due.remove(0);
              }
              return null;
            });
  }

  @Override
  public Connection getConnection(String user, String password) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PrintWriter getLogWriter() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setLogWriter(PrintWriter writer) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setLoginTimeout(int seconds) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int getLoginTimeout() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Logger getParentLogger() {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
