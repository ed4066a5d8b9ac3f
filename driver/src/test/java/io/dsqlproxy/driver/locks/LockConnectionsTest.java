package io.dsqlproxy.driver.locks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockConnectionsTest {

  private final LockConnections connections =
      new LockConnections(new LockTable("public.locks"), Duration.ofSeconds(10));
  private final List<Connection> open = new ArrayList<>();
  private Runnable atClose = () -> {};

  /** A connection that does nothing, and is in the list until it is closed. */
  private Connection connect() {
    Connection connection =
        (Connection)
            Proxy.newProxyInstance(
                Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "getTransactionIsolation" -> Connection.TRANSACTION_REPEATABLE_READ;
                      case "close" -> closed(proxy);
                      default -> null;
                    });
    open.add(connection);
    return connection;
  }

  private Object closed(Object connection) {
    open.removeIf(each -> each == connection);
    atClose.run();
    return null;
  }

  /** A renewal, say, that comes while the last session ends. */
  @Test
  void workThatComesWhileTheyAreClosedLeavesNoneOpen() throws SQLException {
    connections.use(this::connect);
    connections.run(first -> connections.run(second -> 0));
    assertThat(open).hasSize(2);
    atClose =
        () ->
            assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> connections.run(refused -> 0))
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08003"));

    connections.close();

    assertThat(open).isEmpty();
  }
}
