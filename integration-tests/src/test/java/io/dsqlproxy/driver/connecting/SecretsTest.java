package io.dsqlproxy.driver.connecting;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.simulator.junit.DsqlSimulatorExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Neither logs of any level nor exceptions, JMX nor descriptions of objects show a secret. */
@Timeout(120)
class SecretsTest {

  private static final String PASSWORD = "pa55word-of-somebody-else";

  private static final String SESSION_TOKEN = "s3ssion-token-of-a-role";

  @RegisterExtension static final DsqlSimulatorExtension DSQL = new DsqlSimulatorExtension();

  @TempDir Path directory;

  @Test
  void nothingThatIsLoggedOrPrintedHoldsASecret() throws Exception {
    DsqlSimulator cluster = DSQL.simulator();
    Path output = directory.resolve("output");
    Process program =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace",
                    "-Daws.accessKeyId=" + cluster.accessKeyId(),
                    "-Daws.secretAccessKey=" + cluster.secretAccessKey(),
                    "-Daws.sessionToken=" + SESSION_TOKEN,
                    "-cp",
                    System.getProperty("java.class.path"),
                    TalkativeProgram.class.getName(),
                    cluster.jdbcUrl(),
                    PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = program.waitFor(100, TimeUnit.SECONDS);
    program.destroyForcibly();
    String text = Files.readString(output, StandardCharsets.UTF_8);

    assertThat(ended && program.exitValue() == 0).as(text).isTrue();
    // It did speak: the driver, pgJDBC and the AWS SDK, at their lowest levels, and of failures.
    assertThat(text)
        .contains("Signed a token for user admin")
        .contains("FE=> Password")
        .contains("software.amazon.awssdk.auth.credentials")
        .contains("access denied")
        .contains("the AWS profile \"nobody\"")
        .contains("sslmode must be")
        .contains("io.dsqlproxy:type=DriverStatistics TokensSigned is")
        .contains("com.zaxxer.hikari:type=Pool");
    assertThat(text)
        .doesNotContain(cluster.secretAccessKey())
        .doesNotContain(SESSION_TOKEN)
        .doesNotContain(PASSWORD)
        .doesNotContain("X-Amz-Signature=");
  }
}
