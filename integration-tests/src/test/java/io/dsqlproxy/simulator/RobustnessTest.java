package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever clients do, no thread, no login and no session of PostgreSQL stays behind. */
@Timeout(60)
class RobustnessTest {

  private static final int CANCEL_REQUEST = 80877102;
  private static final String SESSIONS =
      "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'";
  private static final String RUNNING =
      SESSIONS
          + " AND query LIKE '%pg_sleep%' AND state = 'active'"
          + " AND pid <> pg_backend_pid()";

  private static DsqlSimulator simulator;
  private static Connection observer;

  @BeforeAll
  static void start() throws SQLException {
    simulator = DsqlSimulator.start();
    observer = Sessions.open(simulator);
  }

  @AfterAll
  static void stop() throws SQLException {
    observer.close();
    simulator.close();
  }

  @AfterEach
  void nothingIsLeftBehind() {
    assertThat(Eventually.becomes(() -> number(SESSIONS), 1)).isTrue();
    assertThat(Eventually.becomes(simulator::openSessions, 1)).isTrue();
    assertThat(Eventually.becomes(RobustnessTest::threads, 1)).isTrue();
  }

  @Test
  void twoHundredSessionsAreServedAtOnce() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(8);
    List<Connection> connections = new ArrayList<>();
    try {
      List<Callable<Connection>> logins = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        logins.add(() -> Sessions.open(simulator));
      }
      for (Future<Connection> login : clients.invokeAll(logins)) {
        connections.add(login.get());
      }
      assertThat(simulator.openSessions()).isEqualTo(201);
      for (Connection connection : connections) {
        assertThat(connection.isValid(5)).isTrue();
      }
    } finally {
      for (Connection connection : connections) {
        connection.close();
      }
      clients.shutdownNow();
    }
  }

  @Test
  void clientsThatStopInTheMiddleDisturbNobody() throws Exception {
    List<AutoCloseable> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Socket silent = new Socket("localhost", simulator.port());
      clients.add(silent);
      Socket halfRequest = new Socket("localhost", simulator.port());
      halfRequest.getOutputStream().write(new byte[] {0, 0, 0});
      clients.add(halfRequest);
      Socket halfHandshake = new Socket("localhost", simulator.port());
      halfHandshake.getOutputStream().write(new byte[] {0x16, 3, 1});
      clients.add(halfHandshake);
      RawClient noPassword = new RawClient(simulator.port());
      noPassword.startup(RawClient.VERSION_3_0);
      clients.add(noPassword);
      RawClient halfMessage = new RawClient(simulator.port());
      halfMessage.login(simulator.token("admin"));
      halfMessage.query("BEGIN");
      halfMessage.out.write(new byte[] {'Q', 0, 0, 1});
      clients.add(halfMessage);
    }
    try (Connection connection = Sessions.open(simulator)) {
      assertThat(connection.isValid(5)).isTrue();
    }
    for (AutoCloseable client : clients) {
      client.close();
    }
  }

  @Test
  void garbageAfterTheLoginEndsTheSession() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < 20; i++) {
      try (RawClient client = new RawClient(simulator.port())) {
        client.login(simulator.token("admin"));
        byte[] garbage = new byte[1_000];
        random.nextBytes(garbage);
        garbage[1] |= 0x40;
        assertThat(isDisconnectedAfter(client, garbage)).isTrue();
      }
    }
  }

  @Test
  void malformedMessagesEndTheSession() throws Exception {
    for (char type : "QPBDECXdf!".toCharArray()) {
      try (RawClient client = new RawClient(simulator.port())) {
        client.login(simulator.token("admin"));
        byte[] noTerminator = {(byte) type, 0, 0, 0, 6, 'x', 'y', 'X', 0, 0, 0, 4};
        assertThat(isDisconnectedAfter(client, noTerminator)).isTrue();
      }
    }
  }

  @Test
  void aMessageOfOneHundredMegabytesIsNotRead() throws Exception {
    try (RawClient client = new RawClient(simulator.port())) {
      client.login(simulator.token("admin"));
      client.out.write(ByteBuffer.allocate(5).put((byte) 'Q').putInt(100 << 20).array());
      byte[] piece = new byte[1 << 20];
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100; i++) {
                  client.out.write(piece);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void theRightKeyCancelsWhatRunsAndTheSessionGoesOn() throws Exception {
    try (RawClient client = new RawClient(simulator.port())) {
      ByteBuffer key = ByteBuffer.wrap(client.login(simulator.token("admin")).body());
      int process = key.getInt();
      int secret = key.getInt();
      client.send("SELECT pg_sleep(60)");
      assertThat(Eventually.becomes(() -> number(RUNNING), 1)).isTrue();
      cancel(process, secret + 1);
      cancel(process + 1, secret);
      assertThat(number(RUNNING)).isEqualTo(1);
      cancel(process, secret);
      Message answer = client.read();
      while (!answer.isError()) {
        answer = client.read();
      }
      assertThat(answer.sqlState()).isEqualTo("57014");
      assertThat(client.read().type()).isEqualTo('Z');
      assertThat(client.query("SELECT 1").type()).isEqualTo('Z');
    }
  }

  @Test
  void theKeyIsNotTheOneOfPostgres() throws Exception {
    try (RawClient client = new RawClient(simulator.port())) {
      int process = ByteBuffer.wrap(client.login(simulator.token("admin")).body()).getInt();
      assertThat(number("SELECT count(*) FROM pg_stat_activity WHERE pid = " + process)).isZero();
    }
  }

  @Test
  void aQueryTimeoutOfPgJdbcIsObeyed() throws Exception {
    try (Connection connection = Sessions.open(simulator);
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      assertThatThrownBy(() -> statement.execute("SELECT pg_sleep(60)"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void aRefusedLoginLeavesNothing() {
    Properties properties = Sessions.properties(simulator, "nobody", simulator.token("nobody"));
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> DriverManager.getConnection(Sessions.url(simulator), properties))
          .hasMessageContaining("access denied");
    }
  }

  @Test
  void aClosedSimulatorLeavesNoThread() throws Exception {
    DsqlSimulator other = DsqlSimulator.start();
    String port = Integer.toString(other.port());
    try (Connection connection = Sessions.open(other);
        Socket silent = new Socket("localhost", other.port())) {
      assertThat(connection.isValid(5) && silent.isConnected()).isTrue();
      assertThat(threads("dsql-", port)).isGreaterThanOrEqualTo(3);
      other.close();
      assertThat(Eventually.becomes(() -> threads("dsql-", port), 0)).isTrue();
    }
  }

  private static void cancel(int process, int secret) throws IOException {
    try (Socket socket = new Socket("localhost", simulator.port())) {
      socket
          .getOutputStream()
          .write(
              new MessageBuilder()
                  .int32(16)
                  .int32(CANCEL_REQUEST)
                  .int32(process)
                  .int32(secret)
                  .body());
      assertThat(socket.getInputStream().read()).isNegative();
    }
  }

  private static boolean isDisconnectedAfter(RawClient client, byte[] bytes) {
    try {
      client.out.write(bytes);
      while (client.in.read() >= 0) {
        assertThat(client).isNotNull();
      }
      return true;
    } catch (java.net.SocketTimeoutException stillOpen) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  private static int threads() {
    return threads("dsql-session-", Integer.toString(simulator.port()));
  }

  private static int threads(String prefix, String part) {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith(prefix) && name.contains(part))
            .count();
  }

  private static int number(String query) {
    try (Statement statement = observer.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getInt(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
