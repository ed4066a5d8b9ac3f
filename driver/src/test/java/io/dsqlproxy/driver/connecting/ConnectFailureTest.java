package io.dsqlproxy.driver.connecting;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.connecting.ConnectFailure.Persistence;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

class ConnectFailureTest {

  /** The service's texts as they were recorded; its documentation begins some with a capital. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "53400 | Unable to accept connection, rate exceeded. | THROTTLED",
        "53300 | Unable to accept connection, too many open connections. | TOO_MANY_CONNECTIONS",
        "08006 | unable to accept connection, waking up cluster, please retry later | ASLEEP",
        "08006 | Unable to accept connection, waking up cluster, please retry later | ASLEEP",
        "08006 | unable to accept connection, access denied | ACCESS_DENIED",
        "28000 | unable to accept connection, access denied | ACCESS_DENIED",
        "08006 | unable to accept connection, sni was not received | NO_SERVER_NAME",
        "28000 | role \"nobody\" does not exist | UNKNOWN_ROLE",
        "28P01 | password authentication failed for user \"x\" | UNKNOWN_ROLE",
        "3D000 | database \"app\" does not exist | OTHER",
        "08006 | unable to accept connection, SSL is required | OTHER",
        "XX000 | it was said: unable to accept connection, access denied | OTHER",
        "57P03 | the database system is starting up | OTHER",
      })
  void theServerSaysWhatIsWrong(String sqlState, String message, ConnectFailure expected) {
    assertThat(ConnectFailure.of(Failures.ofServer(sqlState, message, null))).isEqualTo(expected);
  }

  static Stream<IOException> failuresOfTheNetwork() {
    return Stream.of(
        new ConnectException("Connection refused"),
        new NoRouteToHostException("No route to host"),
        new SocketException("Connection reset"),
        new SocketTimeoutException("Connect timed out"),
        new UnknownHostException("x.dsql.us-east-1.on.aws"),
        new EOFException(),
        new SSLException("Connection reset", new SocketException("Connection reset")),
        new SSLException("Remote host terminated the handshake", new EOFException()));
  }

  @ParameterizedTest
  @MethodSource("failuresOfTheNetwork")
  void whereNobodySpeaksItIsTheNetwork(IOException cause) {
    SQLException failure =
        new PSQLException("failed", PSQLState.CONNECTION_UNABLE_TO_CONNECT, cause);

    assertThat(ConnectFailure.of(failure)).isEqualTo(ConnectFailure.NETWORK);
  }

  @Test
  void certificateThatIsNotTrustedIsNoFailureOfTheNetwork() {
    Exception handshake =
        (Exception) new SSLHandshakeException("PKIX").initCause(new CertificateException());

    assertThat(
            ConnectFailure.of(
                new PSQLException("SSL error", PSQLState.CONNECTION_FAILURE, handshake)))
        .isEqualTo(ConnectFailure.ENCRYPTION);
  }

  @Test
  void whatPgJdbcCannotDoIsLeftToIt() {
    assertThat(ConnectFailure.of(new SQLException("no certificate file", "08006")))
        .isEqualTo(ConnectFailure.OTHER);
    assertThat(
            ConnectFailure.of(
                new PSQLException(
                    "root certificate",
                    PSQLState.CONNECTION_FAILURE,
                    new FileNotFoundException("/root.crt"))))
        .isEqualTo(ConnectFailure.OTHER);
  }

  @Test
  void causesThatRunInACircleAreReadOnce() {
    Exception first = new IllegalStateException("first");
    first.initCause(new IllegalStateException("second", first));

    assertThat(ConnectFailure.of(new SQLException("circle", first)))
        .isEqualTo(ConnectFailure.OTHER);
  }

  @Test
  void theLocaleDoesNotDecide() {
    Locale before = Locale.getDefault();
    Locale.setDefault(new Locale("tr"));
    try {
      assertThat(
              ConnectFailure.of(
                  Failures.ofServer("08006", "UNABLE TO ACCEPT CONNECTION, ACCESS DENIED", null)))
          .isEqualTo(ConnectFailure.ACCESS_DENIED);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void onlyWhatTimeCanMendIsTriedForLong() {
    assertThat(ConnectFailure.values())
        .filteredOn(failure -> failure.persistence().attempts() > 1)
        .containsExactly(ConnectFailure.THROTTLED, ConnectFailure.ASLEEP, ConnectFailure.NETWORK)
        .allSatisfy(
            failure ->
                assertThat(failure.surfacing()).isEqualTo(ConnectFailure.Surfacing.TRANSIENT));
    assertThat(ConnectFailure.ACCESS_DENIED.persistence()).isEqualTo(Persistence.WITH_FRESH_TOKEN);
  }

  @Test
  void theReadmeShowsTheFailuresAsTheyAreDeclared() throws IOException {
    // Surefire runs in, and names, the module's directory.
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    String readme = Files.readString(module.resolveSibling("README.md")).replace("\r\n", "\n");

    assertThat(readme)
        .containsOnlyOnce(ConnectFailureTable.BEGIN)
        .containsOnlyOnce(ConnectFailureTable.END);
    assertThat(
            readme
                .substring(
                    readme.indexOf(ConnectFailureTable.BEGIN) + ConnectFailureTable.BEGIN.length(),
                    readme.indexOf(ConnectFailureTable.END))
                .strip())
        .as("what must stand between the two markers of README.md")
        .isEqualTo(ConnectFailureTable.markdown().strip());
  }
}
