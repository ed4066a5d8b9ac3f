package io.dsqlproxy.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.driver.authentication.TokenCache;
import io.dsqlproxy.driver.configuration.DriverVersion;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

class DsqlDriverTest {

  private final DsqlDriver driver = new DsqlDriver();

  @Test
  void theServiceLoaderFindsTheDriver() {
    assertThat(ServiceLoader.load(Driver.class)).hasAtLeastOneElementOfType(DsqlDriver.class);
  }

  @Test
  void theDriverManagerFindsTheDriverByItsUrl() throws Exception {
    assertThat(DriverManager.getDriver("jdbc:dsql-proxy:postgresql://h/db"))
        .isInstanceOf(DsqlDriver.class);
    assertThat(DriverManager.getDriver("jdbc:postgresql://h/db"))
        .isInstanceOf(org.postgresql.Driver.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"jdbc:postgresql://h/db", "jdbc:dsql-proxyx://h/db", "jdbc:DSQL-PROXY://h/db", ""})
  void foreignUrlsAreLeftToOtherDrivers(String url) throws Exception {
    assertThat(driver.acceptsURL(url)).isFalse();
    assertThat(driver.connect(url, new Properties())).isNull();
  }

  @Test
  void nullIsNoUrlOfThisDriver() throws Exception {
    assertThat(driver.acceptsURL(null)).isFalse();
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> driver.connect(null, null))
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08001"));
  }

  @Test
  void aMalformedUrlOfThisDriverIsExplained() {
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> DriverManager.getConnection("jdbc:dsql-proxy:mysql://h/db"))
        .withMessageContaining("postgresql://host/database")
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08001"));
  }

  @Test
  void badValuesAreRefusedBeforeAnythingIsConnected() {
    // Nobody listens on port 1: reaching it would be SQLSTATE 08001.
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(
            () -> driver.connect("jdbc:dsql-proxy://localhost:1/db?user=a&retryAttempts=0", null))
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("22023"));
  }

  @Test
  void aRefusedLoginIsPgJdbcsOwnExceptionWithTheServersHint() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> refusal = CompletableFuture.runAsync(() -> refuseOneLogin(server));
      String url =
          "jdbc:dsql-proxy://localhost:"
              + server.getLocalPort()
              + "/db?user=a&password=geheim&sslmode=disable&gssEncMode=disable";

      assertThatExceptionOfType(PSQLException.class)
          .isThrownBy(() -> driver.connect(url, null))
          .withMessageContaining("unable to accept connection, access denied")
          .withMessageNotContaining("geheim")
          .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08006"))
          .satisfies(
              e ->
                  assertThat(e.getServerErrorMessage().getHint())
                      .isEqualTo("Signature expired: now"));
      refusal.join();
    }
  }

  @Test
  void theVersionIsThatOfTheBuild() throws Exception {
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

    assertThat(Files.readString(module.resolve("pom.xml")))
        .contains("<version>" + DriverVersion.text() + "</version>");
    assertThat(DriverVersion.text())
        .startsWith(driver.getMajorVersion() + "." + driver.getMinorVersion() + ".");
  }

  @Test
  void itIsAsCompliantAsPgJdbc() {
    assertThat(driver.jdbcCompliant()).isEqualTo(new org.postgresql.Driver().jdbcCompliant());
  }

  /** Reads the startup message and answers as the service answers a bad token. */
  private static void refuseOneLogin(ServerSocket server) {
    try (Socket socket = server.accept()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      in.skipNBytes(in.readInt() - Integer.BYTES);
      byte[] fields =
          "SFATAL\0VFATAL\0C08006\0Munable to accept connection, access denied\0HSignature expired: now\0\0"
              .getBytes(StandardCharsets.UTF_8);
      OutputStream out = socket.getOutputStream();
      out.write('E');
      out.write(ByteBuffer.allocate(Integer.BYTES).putInt(fields.length + Integer.BYTES).array());
      out.write(fields);
      out.flush();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void aDriverThatIsDeregisteredForgetsItsTokens() throws Exception {
    Properties info = new Properties();
    info.put(
        "credentialsProvider",
        StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "geheim")));
    String nowhere =
        "jdbc:dsql-proxy://localhost:1/db?user=a&authentication=iam&region=us-east-1"
            + "&connectDeadline=1s";
    assertThatExceptionOfType(SQLException.class).isThrownBy(() -> driver.connect(nowhere, info));
    assertThat(TokenCache.global()).doesNotHaveToString("TokenCache[0 tokens]");
    Driver registered =
        DriverManager.drivers().filter(DsqlDriver.class::isInstance).findFirst().orElseThrow();

    DriverManager.deregisterDriver(registered);

    assertThat(TokenCache.global()).hasToString("TokenCache[0 tokens]");
    DriverManager.registerDriver(registered, TokenCache.global()::clear);
  }
}
