package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that breaks the protocol loses its connection and disturbs nobody. */
@Timeout(30)
class StrangeClientTest {

  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_REQUEST = 80877104;
  private static final int CANCEL_REQUEST = 80877102;

  private static DsqlSimulator simulator;

  @BeforeAll
  static void start() {
    simulator = DsqlSimulator.start();
  }

  @AfterAll
  static void stop() {
    simulator.close();
  }

  @Test
  void garbageIsDisconnected() throws Exception {
    byte[] garbage = new byte[4_000];
    new Random(1).nextBytes(garbage);
    garbage[0] = 0;
    assertDisconnects(garbage);
    assertDisconnects("GET / HTTP/1.1\r\n\r\n".getBytes("US-ASCII"));
    assertServes();
  }

  @Test
  void brokenTlsIsDisconnected() throws Exception {
    assertDisconnects(new byte[] {0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5, 6, 7, 8});
    assertServes();
  }

  @Test
  void anOversizedStartupPacketIsDisconnected() throws Exception {
    assertDisconnects(new MessageBuilder().int32(1 << 30).int32(196608).body());
    assertServes();
  }

  @Test
  void aCancelRequestIsTolerated() throws Exception {
    assertDisconnects(
        new MessageBuilder().int32(16).int32(CANCEL_REQUEST).int32(1).int32(2).body());
    assertServes();
  }

  @Test
  void aClientThatLeavesEarlyIsForgotten() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (Socket socket = new Socket("localhost", simulator.port())) {
        socket.getOutputStream().write(new MessageBuilder().int32(8).int32(SSL_REQUEST).body());
        assertThat(socket.getInputStream().read()).isEqualTo('S');
      }
    }
    assertServes();
    assertNoSessionIsLeft();
  }

  @Test
  void gssEncryptionIsDeclined() throws Exception {
    try (Socket socket = new Socket("localhost", simulator.port())) {
      socket.getOutputStream().write(new MessageBuilder().int32(8).int32(GSS_REQUEST).body());
      assertThat(socket.getInputStream().read()).isEqualTo('N');
    }
  }

  private static void assertDisconnects(byte[] bytes) throws IOException {
    try (Socket socket = new Socket("localhost", simulator.port())) {
      socket.setSoTimeout(10_000);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.write(bytes);
      out.flush();
      socket.shutdownOutput();
      while (socket.getInputStream().read() >= 0) {
        assertThat(socket.isConnected()).isTrue();
      }
    } catch (java.net.SocketException expected) {
      assertThat(expected).hasMessageContaining("reset");
    }
  }

  private static void assertServes() throws SQLException {
    try (Connection connection = Sessions.open(simulator)) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  private static void assertNoSessionIsLeft() {
    String prefix = "dsql-session-" + simulator.port();
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (sessions(prefix) > 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    assertThat(sessions(prefix)).isZero();
  }

  private static long sessions(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(prefix))
        .count();
  }
}
