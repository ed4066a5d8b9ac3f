package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulator as a program of its own: what it prints works, and it leaves nothing behind. */
@Timeout(60)
class DsqlSimulatorMainTest {

  private static final Pattern PGJDBC = Pattern.compile("jdbc:postgresql://\\S*sslrootcert=(\\S+)");
  private static final Pattern PASSWORD = Pattern.compile("PGPASSWORD='([^']+)'");

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whetherInterruptedOrKilledNothingIsLeft(boolean killed) throws Exception {
    Process program = start();
    try {
      String welcome = welcome(program);
      Matcher url = PGJDBC.matcher(welcome);
      Matcher password = PASSWORD.matcher(welcome);
      assertThat(url.find() && password.find()).as(welcome).isTrue();
      Path directory = Path.of(url.group(1)).getParent();
      ProcessHandle postgres = postgres(directory);
      assertServes(url.group(), password.group(1));
      assertThat(postgres.isAlive()).isTrue();
      if (killed) {
        program.destroyForcibly();
      } else {
        program.destroy();
      }
      assertEventually("the program has ended", () -> !program.isAlive());
      assertEventually("PostgreSQL has ended", () -> !postgres.isAlive());
      assertEventually("the directory is gone", () -> !Files.exists(directory));
    } finally {
      program.destroyForcibly();
    }
  }

  @Test
  void nonsenseEndsWithStatusTwoAndTheUsage() throws Exception {
    Process program = start("--port=soon");
    try {
      assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(program.exitValue()).isEqualTo(2);
      assertThat(new String(program.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("--port is to be a whole number from 1 to 65535, not \"soon\"", "usage:");
    } finally {
      program.destroyForcibly();
    }
  }

  @Test
  void helpIsTheUsageAndNoError() throws Exception {
    Process program = start("--port=soon", "--help");
    try {
      assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(program.exitValue()).isZero();
      assertThat(new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("usage:", "--transaction-age=TIME");
    } finally {
      program.destroyForcibly();
    }
  }

  @Test
  void theLimitsOfTheCommandLineHold() throws Exception {
    Process program = start("--max-connections=1");
    try {
      String welcome = welcome(program);
      Matcher url = PGJDBC.matcher(welcome);
      Matcher password = PASSWORD.matcher(welcome);
      assertThat(url.find() && password.find()).as(welcome).isTrue();
      Properties properties = new Properties();
      properties.setProperty("password", password.group(1));
      try (Connection only = DriverManager.getConnection(url.group(), properties)) {
        assertThat(only.isValid(5)).isTrue();
        assertThatThrownBy(() -> DriverManager.getConnection(url.group(), properties))
            .hasMessageContaining("too many open connections");
      }
    } finally {
      program.destroyForcibly();
    }
  }

  private static Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(DsqlSimulatorMain.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).start();
  }

  /** What the program prints, up to the last line that is of interest. */
  private static String welcome(Process program) throws IOException {
    BufferedReader out = program.inputReader(StandardCharsets.UTF_8);
    StringBuilder text = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      text.append(line).append('\n');
      if (PGJDBC.matcher(line).find()) {
        return text.toString();
      }
    }
    return text.append(new String(program.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
        .toString();
  }

  private static ProcessHandle postgres(Path directory) throws IOException {
    String pid = Files.readAllLines(directory.resolve("data").resolve("postmaster.pid")).get(0);
    return ProcessHandle.of(Long.parseLong(pid.trim())).orElseThrow();
  }

  private static void assertServes(String url, String password) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("password", password);
    try (Connection connection = DriverManager.getConnection(url, properties);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE item (id int PRIMARY KEY)");
    }
  }

  private static void assertEventually(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    assertThat(condition.getAsBoolean()).as(what).isTrue();
  }
}
