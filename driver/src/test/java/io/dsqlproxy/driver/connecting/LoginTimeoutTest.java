package io.dsqlproxy.driver.connecting;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.configuration.ConnectionUrl;
import io.dsqlproxy.driver.configuration.PgConnectionRequest;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGProperty;

class LoginTimeoutTest {

  private static final Duration OTHERWISE = Duration.ofSeconds(30);

  @ParameterizedTest
  @CsvSource({
    "7, PT7S",
    "0.5, PT0.5S",
    "0, PT30S",
    "-1, PT30S",
    "soon, PT30S",
    "NaN, PT30S",
    "Infinity, PT596523H14M8S",
  })
  void theApplicationsTimeoutIsReadAsPgJdbcDoes(String text, Duration expected)
      throws SQLException {
    assertThat(LoginTimeout.of(request("?loginTimeout=" + text), OTHERWISE)).isEqualTo(expected);
  }

  @Test
  void theTimeoutOfTheDriverManagerHoldsIfNothingElseIsSaid() throws SQLException {
    int before = DriverManager.getLoginTimeout();
    DriverManager.setLoginTimeout(4);
    try {
      assertThat(LoginTimeout.of(request(""), OTHERWISE)).hasSeconds(4);
      assertThat(LoginTimeout.of(request("?loginTimeout=3"), OTHERWISE)).hasSeconds(3);
    } finally {
      DriverManager.setLoginTimeout(before);
    }
    assertThat(LoginTimeout.of(request(""), OTHERWISE)).isEqualTo(OTHERWISE);
  }

  /** A timeout of zero would be none. */
  @ParameterizedTest
  @CsvSource({"PT0S, 0.010", "PT-1S, 0.010", "PT0.05S, 0.050", "PT29.999S, 29.999", "PT1M, 60.000"})
  void whatIsLeftReachesPgJdbcAsSeconds(Duration left, String expected) throws SQLException {
    PgConnectionRequest within = LoginTimeout.within(left, request("?loginTimeout=9&user=x"));

    assertThat(within.properties()).containsEntry("loginTimeout", expected);
    assertThat(within.url()).isEqualTo("jdbc:postgresql://h/db?user=x");
  }

  /** Else the thread of an abandoned login would wait for a silent server for as long. */
  @ParameterizedTest
  @CsvSource({
    "'', PT2.5S, 3",
    "?socketTimeout=0, PT2.5S, 3",
    "?socketTimeout=330, PT3S, 3",
    "?socketTimeout=1, PT3S, 1",
    "?socketTimeout=soon, PT3S, soon"
  })
  void noAnswerIsWaitedForLongerThanTheLoginMayTake(
      String parameters, Duration left, String expected) throws SQLException {
    PgConnectionRequest within = LoginTimeout.within(left, request(parameters));

    assertThat(within.value(PGProperty.SOCKET_TIMEOUT)).contains(expected);
  }

  private static PgConnectionRequest request(String parameters) throws SQLException {
    return PgConnectionRequest.of(ConnectionUrl.parse("jdbc:dsql-proxy://h/db" + parameters), null);
  }
}
