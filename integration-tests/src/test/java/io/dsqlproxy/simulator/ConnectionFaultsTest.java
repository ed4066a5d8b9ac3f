package io.dsqlproxy.simulator;

import static io.dsqlproxy.simulator.FaultyServer.assertCut;
import static io.dsqlproxy.simulator.FaultyServer.assertFails;
import static io.dsqlproxy.simulator.FaultyServer.execute;
import static io.dsqlproxy.simulator.fault.Fault.asleep;
import static io.dsqlproxy.simulator.fault.Fault.delay;
import static io.dsqlproxy.simulator.fault.Fault.disconnect;
import static io.dsqlproxy.simulator.fault.Fault.expiredToken;
import static io.dsqlproxy.simulator.fault.Fault.silence;
import static io.dsqlproxy.simulator.fault.Fault.throttled;
import static io.dsqlproxy.simulator.fault.Fault.tooManyConnections;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.login;
import static io.dsqlproxy.simulator.fault.FaultTrigger.message;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsqlproxy.simulator.fault.Fault;
import io.dsqlproxy.simulator.fault.FiredFault;
import io.dsqlproxy.simulator.fault.ScriptedFault;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLException;

/** Logins are refused, and networks are slow or silent, as long as the script says. */
@Timeout(30)
class ConnectionFaultsTest {

  private static final List<Duration> PAUSES = new CopyOnWriteArrayList<>();

  private static FaultyServer server;

  @BeforeAll
  static void start() throws SQLException {
    server = new FaultyServer(DsqlSimulator.builder().pauser(PAUSES::add).start());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void reset() throws SQLException {
    server.reset();
    PAUSES.clear();
  }

  static Stream<Fault> refusals() {
    return Stream.of(expiredToken(), throttled(), asleep(), tooManyConnections());
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void loginsAreRefusedAsOftenAsTold(Fault.Refusal refusal) throws SQLException {
    server.faults().at(login()).times(2).answer(refusal);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(server::open)
          .isInstanceOfSatisfying(
              PSQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo(refusal.sqlState());
                assertThat(e.getServerErrorMessage().getSeverity()).isEqualTo("FATAL");
                assertThat(e.getServerErrorMessage().getMessage()).isEqualTo(refusal.message());
                assertThat(e.getServerErrorMessage().getHint()).isEqualTo(refusal.hint());
              });
    }
    server.open().close();
  }

  @Test
  void anOpenSessionOutlivesARefusedLogin() throws SQLException {
    try (Connection connection = server.open()) {
      server.faults().at(login().number(1)).always().answer(expiredToken());
      assertFails("08006", "access denied", server::open);
      execute(connection, "SELECT 1");
    }
  }

  @Test
  void aLoginCanBeCut() throws SQLException {
    server.faults().at(login()).answer(disconnect());
    assertCut(server::open);
    server.open().close();
  }

  @Test
  void everyMessageIsDelayedByThePauser() throws SQLException {
    try (Connection connection = server.open("preferQueryMode", "simple")) {
      Duration delay = Duration.ofSeconds(7);
      try (ScriptedFault slow = server.faults().at(message()).always().answer(delay(delay))) {
        execute(connection, "SELECT 1");
        execute(connection, "SELECT 2");
        assertThat(slow.toString()).contains("MESSAGE");
      }
      execute(connection, "SELECT 3");
      assertThat(PAUSES).containsExactly(delay, delay);
      assertThat(server.faults().fired())
          .extracting(fired -> fired.moment().text())
          .containsExactly("SELECT 1", "SELECT 2");
    }
  }

  @Test
  void aDelayComesBeforeTheFaultAtTheSamePlace() throws SQLException {
    try (Connection connection = server.open()) {
      server.faults().at(statementContaining("7")).answer(delay(Duration.ofSeconds(1)));
      server.faults().at(statementContaining("7")).answer(disconnect());
      assertCut(() -> execute(connection, "SELECT 7"));
      assertThat(PAUSES).hasSize(1);
    }
  }

  @Test
  void aSilentServerKeepsTheSocketOpenAndGoesOnWhenTheFaultIsRemoved() throws Exception {
    ScriptedFault silence = server.faults().at(commit()).answer(silence());
    try (Connection connection = server.open("socketTimeout", "1")) {
      connection.setAutoCommit(false);
      execute(connection, "INSERT INTO item VALUES (1)");
      assertThatThrownBy(connection::commit).hasRootCauseInstanceOf(SocketTimeoutException.class);
    }
    assertThat(server.faults().fired()).extracting(FiredFault::fault).containsExactly(silence());
    assertThat(server.items()).isEmpty();
    silence.remove();
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (server.items().isEmpty() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    assertThat(server.items()).containsExactly(1);
  }

  @Test
  void aSilentServerCanBeClosed() throws Exception {
    try (FaultyServer other = new FaultyServer(DsqlSimulator.start());
        Connection connection = other.open("socketTimeout", "20")) {
      other.faults().at(statementContaining("7")).answer(silence());
      Thread closing =
          new Thread(
              () -> {
                while (other.faults().fired().isEmpty()) {
                  Thread.onSpinWait();
                }
                other.simulator().close();
              });
      closing.start();
      assertCut(() -> execute(connection, "SELECT 7"));
      closing.join();
    }
  }
}
