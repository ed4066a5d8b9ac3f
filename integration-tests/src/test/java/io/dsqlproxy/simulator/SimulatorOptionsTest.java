package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Locale;
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
    "--secret=abc, unknown argument",
    "--max-connections=0, 1 to 10000",
    "--max-connections=10001, 1 to 10000",
    "--connects-per-second=many, 1 to 1000000",
    "--connect-burst=-1, 1 to 1000000",
    "--connection-age=60, 'one of the units s, m, h, d, from 1s to 7d'",
    "--connection-age=0s, from 1s to 7d",
    "--connection-age=8d, from 1s to 7d",
    "--connection-age=1.5h, from 1s to 7d",
    "--connection-age=999999999d, from 1s to 7d",
    "--transaction-age=9999999999s, from 1s to 7d",
    "--transaction-age=300 s, not \"300 s\"",
    "--transaction-age=, not \"\""
  })
  void nonsenseIsRefusedWithTheReason(String argument, String reason) {
    assertThatThrownBy(() -> SimulatorOptions.parse("--region=eu-west-1", argument))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aSecretThatIsRefusedIsNotShown() {
    assertThatThrownBy(() -> SimulatorOptions.parse("--secret-access-key=no secret"))
        .hasMessageContaining("--secret-access-key")
        .message()
        .doesNotContain("no secret");
  }

  @Test
  void theUsageTellsEveryOptionWithItsDefault() {
    assertThat(SimulatorOptions.usage().lines().skip(1))
        .hasSameSizeAs(SimulatorOptions.values())
        .allMatch(line -> line.matches(" {2}--[a-z-]+=[A-Z]+ +\\S.* \\(default: .+\\)"));
    assertThat(SimulatorOptions.usage()).contains("(default: 10000)", "(default: 5m)");
  }

  @Test
  void everyLimitOfAClusterIsAnOption() {
    for (RecordComponent limit : ClusterLimits.class.getRecordComponents()) {
      String option = "--" + limit.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      assertThat(SimulatorOptions.usage()).contains(option + "=");
    }
  }

  @Test
  void eachLimitIsSetByItselfInWhateverOrder() {
    assertThat(limits()).isEqualTo(ClusterLimits.OF_THE_SERVICE);
    assertThat(limits("--connect-burst=8", "--transaction-age=90s"))
        .isEqualTo(
            ClusterLimits.OF_THE_SERVICE
                .withConnectRate(100, 8)
                .withTransactionAge(Duration.ofSeconds(90)));
    assertThat(
            limits(
                "--transaction-age=2m",
                "--connection-age=1d",
                "--connect-burst=8",
                "--connects-per-second=7",
                "--max-connections=5"))
        .isEqualTo(new ClusterLimits(5, 7, 8, Duration.ofDays(1), Duration.ofMinutes(2)));
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

  private static ClusterLimits limits(String... arguments) {
    return SimulatorOptions.parse(arguments).settings().limits();
  }
}
