package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulator's command line means what it says, or nothing. */
class SimulatorOptionsTest {

  @ParameterizedTest
  @CsvSource({
    "--port=soon, 1 to 65535",
    "--port=0, 1 to 65535",
    "--port=65536, 1 to 65535",
    "--port=99999999999, 1 to 65535",
    "--port=-1, 1 to 65535",
    "--port=, 1 to 65535",
    "--port, unknown argument: \"--port\"",
    "5432, unknown argument: \"5432\"",
    "--region=Ireland, region code",
    "--access-key-id=short, 16 to 128",
    "--secret-access-key=, letters",
    "--secret=abc, unknown argument"
  })
  void nonsenseIsRefusedWithTheReason(String argument, String reason) {
    assertThatThrownBy(() -> SimulatorOptions.parse("--region=eu-west-1", argument))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void theUsageNamesEveryOption() {
    assertThat(SimulatorOptions.usage())
        .contains("--port=N", "--region=NAME", "--access-key-id=ID", "--secret-access-key=SECRET");
  }

  @Test
  void theSimulatorIsAsTheCommandLineSaysAndTellsEveryClientHowToReachIt() {
    try (DsqlSimulator simulator =
        SimulatorOptions.parse(
                "--region=eu-west-1",
                "--access-key-id=AKIAOTHER00000000000",
                "--secret-access-key=other/secret+key=")
            .start()) {
      assertThat(simulator.region()).isEqualTo("eu-west-1");
      assertThat(DsqlSimulatorMain.welcome(simulator))
          .contains(
              simulator.jdbcUrl(),
              simulator.postgresUrl(),
              "AWS_ACCESS_KEY_ID=AKIAOTHER00000000000",
              "AWS_SECRET_ACCESS_KEY=other/secret+key=",
              "host=localhost port=" + simulator.port(),
              "sslrootcert=" + simulator.certificateAuthority());
    }
  }

  @Test
  void aTakenPortIsNamedAndNothingIsLeftBehind() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      DsqlSimulatorBuilder builder = SimulatorOptions.parse("--port=" + taken.getLocalPort());
      assertThatThrownBy(builder::start)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("cannot listen on port " + taken.getLocalPort());
    }
  }
}
