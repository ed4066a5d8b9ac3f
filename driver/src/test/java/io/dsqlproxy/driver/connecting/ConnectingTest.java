package io.dsqlproxy.driver.connecting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.driver.authentication.Login;
import io.dsqlproxy.driver.authentication.TokenCache;
import io.dsqlproxy.driver.configuration.ConnectionUrl;
import io.dsqlproxy.driver.configuration.DriverSettings;
import io.dsqlproxy.driver.configuration.PgConnectionRequest;
import io.dsqlproxy.driver.observation.ConnectionStatistics.Snapshot;
import io.dsqlproxy.driver.observation.DriverStatistics;
import java.io.EOFException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGProperty;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

@Timeout(30)
class ConnectingTest {

  private static final String CLUSTER = "abcdefghijklmnopqrstuvwx12.dsql.eu-west-3.on.aws";
  private static final String URL = "jdbc:dsql-proxy://" + CLUSTER + "/postgres?user=admin";
  private static final long SEED = 20261001;

  private final ManualNanoClock clock = new ManualNanoClock();
  private final DriverStatistics statistics = new DriverStatistics();
  private final AtomicInteger asked = new AtomicInteger();
  private final List<PgConnectionRequest> requests = new ArrayList<>();
  private final Surroundings world =
      new Surroundings(
          TokenCache.global(), new ConnectRates(clock), clock, () -> new Random(SEED), clock);
  private final Properties info = new Properties();
  private final AwsCredentialsProvider provider =
      () -> {
        asked.incrementAndGet();
        return AwsBasicCredentials.create("AKIDEXAMPLE", "geheim");
      };

  ConnectingTest() {
    info.put("credentialsProvider", provider);
  }

  @AfterEach
  void forgetTokens() {
    TokenCache.global().clear();
  }

  private String open(String url, SQLException... failures) throws SQLException {
    Deque<SQLException> left = new ArrayDeque<>(Arrays.asList(failures));
    return open(
        url,
        request -> {
          requests.add(request);
          if (!left.isEmpty()) {
            throw left.remove();
          }
          return "connected";
        });
  }

  private String open(String url, Connecting.Attempt<String> attempt) throws SQLException {
    ConnectionUrl parsed = ConnectionUrl.parse(url);
    DriverSettings settings = DriverSettings.from(parsed, info);
    Login login = Login.of(PgConnectionRequest.of(parsed, info), settings);
    return new Connecting<String>(login, settings.connecting(), world, statistics.connections())
        .open(attempt);
  }

  private Snapshot counted() {
    return statistics.snapshot().connections();
  }

  private static SQLException[] repeated(int times, SQLException failure) {
    return Collections.nCopies(times, failure).toArray(SQLException[]::new);
  }

  @Test
  void aLoginThatSucceedsIsTheOnlyOne() throws SQLException {
    assertThat(open(URL)).isEqualTo("connected");

    assertThat(requests)
        .singleElement()
        .satisfies(
            request ->
                assertThat(request.value(PGProperty.PASSWORD).orElseThrow())
                    .startsWith(CLUSTER + "/?"));
    assertThat(clock.sleeps()).isEmpty();
    assertThat(counted()).isEqualTo(new Snapshot(1, 0, 0, 1, 0, 0));
  }

  @Test
  void throttlingAndSleepAreWaitedOutWithGrowingPauses() throws SQLException {
    SQLException asleep =
        Failures.ofServer(
            "08006", "unable to accept connection, waking up cluster, please retry later", null);

    assertThat(open(URL, repeated(8, asleep))).isEqualTo("connected");
    assertThat(open(URL, repeated(3, Failures.throttled()))).isEqualTo("connected");

    List<Duration> pauses = clock.sleeps().subList(0, 8);
    for (int i = 0; i < 8; i++) {
      assertThat(pauses.get(i).toMillis()).isBetween(0L, Math.min(5000, 100L << i));
    }
    assertThat(pauses.get(7)).isGreaterThan(pauses.get(0));
    assertThat(counted().attempts()).isEqualTo(13);
    assertThat(counted().tokensSigned()).isEqualTo(1);
    assertThat(counted().throttled()).isGreaterThanOrEqualTo(3);
    assertThat(counted().failed()).isZero();
  }

  @Test
  void whatDoesNotEndSurfacesAtTheDeadlineWithItsHistory() {
    SQLException throttled = Failures.throttled();

    assertThatExceptionOfType(SQLTransientConnectionException.class)
        .isThrownBy(() -> open(URL + "&connectDeadline=20s", repeated(1000, throttled)))
        .withMessageContaining("rate exceeded")
        .withMessageContaining("attempts in")
        .withCause(throttled)
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("53400"))
        .satisfies(e -> assertThat(e.getSuppressed()).hasSizeBetween(4, 10));
    assertThat(total(clock.sleeps())).isLessThanOrEqualTo(Duration.ofSeconds(20));
    assertThat(total(clock.sleeps())).isGreaterThan(Duration.ofSeconds(10));
    assertThat(counted().failed()).isEqualTo(1);
  }

  private static Duration total(List<Duration> durations) {
    return durations.stream().reduce(Duration.ZERO, Duration::plus);
  }

  @Test
  void theLoginTimeoutOfTheApplicationBoundsAllLoginsTogether() {
    assertThatExceptionOfType(SQLTransientConnectionException.class)
        .isThrownBy(() -> open(URL + "&loginTimeout=2", repeated(1000, Failures.throttled())));

    assertThat(total(clock.sleeps())).isLessThanOrEqualTo(Duration.ofSeconds(2));
    assertThat(requests)
        .extracting(request -> Float.valueOf(request.properties().getProperty("loginTimeout")))
        .isSortedAccordingTo(Collections.reverseOrder())
        .allMatch(seconds -> seconds > 0 && seconds <= 2);
  }

  @Test
  void theNetworkIsTriedFiveTimes() throws SQLException {
    SQLException refused = Failures.ofNetwork(new ConnectException("Connection refused"));
    SQLException cut = Failures.ofNetwork(new EOFException());

    assertThat(open(URL, refused, cut, refused, cut)).isEqualTo("connected");
    assertThatExceptionOfType(SQLTransientConnectionException.class)
        .isThrownBy(() -> open(URL, repeated(5, refused)))
        .withCause(refused)
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08001"));
    assertThat(requests).hasSize(10);
  }

  @Test
  void aRememberedTokenThatIsRefusedIsReplacedAtOnce() throws SQLException {
    open(URL);
    assertThat(open(URL, Failures.accessDenied("Signature expired: x"))).isEqualTo("connected");

    assertThat(clock.sleeps()).isEmpty();
    assertThat(requests)
        .extracting(request -> request.value(PGProperty.PASSWORD).orElseThrow())
        .satisfies(tokens -> assertThat(tokens.get(1)).isEqualTo(tokens.get(0)));
    assertThat(asked).as("credentials are asked for anew").hasValue(2);
    assertThat(counted()).isEqualTo(new Snapshot(2, 0, 1, 3, 0, 0));
  }

  @Test
  void aSecondRefusalIsFinalAndSoIsOneOfAFreshToken() throws SQLException {
    assertThatExceptionOfType(SQLNonTransientConnectionException.class)
        .isThrownBy(() -> open(URL, Failures.accessDenied(null)));
    assertThat(requests).hasSize(1);
    open(URL);
    SQLException last = Failures.accessDenied("still");
    assertThatExceptionOfType(SQLNonTransientConnectionException.class)
        .isThrownBy(() -> open(URL, Failures.accessDenied("first"), last))
        .withCause(last)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(requests).hasSize(4);
    assertThat(counted().tokensRejected()).isEqualTo(3);
    assertThat(counted().failed()).isEqualTo(2);
  }

  /**
   * Two remembered tokens are refused: the first one, and the one that another login has signed.
   */
  @Test
  void aTokenThatOthersHaveSignedMeanwhileIsReplacedToo() throws SQLException {
    open(URL);
    SQLException refusal = Failures.accessDenied("Signature expired: x");
    AtomicInteger attempts = new AtomicInteger();
    String opened =
        open(
            URL,
            request -> {
              if (attempts.incrementAndGet() == 1) {
                open(URL, refusal);
              }
              if (attempts.get() < 3) {
                throw refusal;
              }
              return "connected";
            });
    assertThat(opened).isEqualTo("connected");
    assertThat(counted().tokensSigned()).isEqualTo(3);
    assertThat(counted().tokensRejected()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "admin | Signature expired: a is now earlier than b | clock of this machine",
        "admin | Signature not yet current: a is still later than b | clock of this machine",
        "app | Wrong user to action mapping. user: app, action: DbConnect | every other role",
        "admin | User: arn:x is not authorized to access this resource | dsql:DbConnectAdmin",
        "app | User: arn:x is not authorized to access this resource | AWS IAM GRANT",
        "app | | dsql:DbConnect on this cluster",
      })
  void aRefusalSaysWhatTheServiceSaidAndWhatToCheck(String user, String hint, String advice) {
    assertThatExceptionOfType(SQLNonTransientConnectionException.class)
        .isThrownBy(
            () -> open(URL.replace("user=admin", "user=" + user), Failures.accessDenied(hint)))
        .withMessageContaining(hint == null ? "access denied" : hint)
        .withMessageContaining(advice)
        .withMessageContaining("user " + user)
        .withMessageNotContaining("X-Amz-Signature")
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08006"));
  }

  @Test
  void whatTimeDoesNotMendIsNotTriedAgain() throws SQLException {
    SQLException tooMany =
        Failures.ofServer("53300", "Unable to accept connection, too many open connections.", null);
    assertThatExceptionOfType(SQLNonTransientConnectionException.class)
        .isThrownBy(() -> open(URL, tooMany))
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("53300"));
    assertThatExceptionOfType(SQLInvalidAuthorizationSpecException.class)
        .isThrownBy(() -> open(URL, Failures.ofServer("28000", "role \"x\" does not exist", null)))
        .withMessageContaining("LOGIN")
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("28000"));
    SQLException other = Failures.ofServer("3D000", "database \"x\" does not exist", null);
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> open(URL, other))
        .satisfies(e -> assertThat((Throwable) e).isSameAs(other));
    assertThat(requests).hasSize(3);
    assertThat(clock.sleeps()).isEmpty();
    assertThat(open(URL)).isEqualTo("connected");
    assertThat(counted().tokensSigned()).as("the token was not to blame").isEqualTo(1);
  }

  @Test
  void aLoginThatIsAbandonedWhenTheTimeIsOverIsATimeout() {
    SQLException abandoned = new SQLException("Connection attempt timed out.", "08001");

    assertThatExceptionOfType(SQLTimeoutException.class)
        .isThrownBy(
            () ->
                open(
                    URL,
                    request -> {
                      clock.advance(Duration.ofSeconds(30));
                      throw abandoned;
                    }))
        .withCause(abandoned)
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08001"));
  }

  @Test
  void theTimeWasSpentOnWhatTheServerSaid() {
    assertThatExceptionOfType(SQLTransientConnectionException.class)
        .isThrownBy(
            () ->
                open(
                    URL,
                    request -> {
                      if (counted().attempts() == 1) {
                        throw Failures.throttled();
                      }
                      clock.advance(Duration.ofSeconds(30));
                      throw new SQLException("Connection attempt timed out.", "08001");
                    }))
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("53400"))
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
  }

  @Test
  void anInterruptionEndsTheWaitAndStaysVisible() {
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(
            () ->
                open(
                    URL,
                    request -> {
                      Thread.currentThread().interrupt();
                      throw Failures.throttled();
                    }))
        .withCauseInstanceOf(InterruptedException.class)
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08001"))
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(counted().failed()).isEqualTo(1);
  }

  /** As pgJDBC does it. */
  @Test
  void anInterruptionDuringALoginIsTheSame() {
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(
            () ->
                open(
                    URL,
                    request -> {
                      Thread.currentThread().interrupt();
                      throw new SQLException(
                          "Something unusual",
                          "99999",
                          new RuntimeException("Interrupted while attempting to connect."));
                    }))
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08001"));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void loginsAreHeldBackBeforeTheServerMustRefuseThem() throws SQLException {
    String slow = URL + "&connectBurst=2&connectRate=10";
    for (int i = 0; i < 4; i++) {
      open(slow);
    }
    assertThat(clock.sleeps()).containsExactly(Duration.ofMillis(100), Duration.ofMillis(100));
    assertThat(counted().throttled()).isEqualTo(2);
  }

  @Test
  void oneWhoWouldWaitTooLongForAPlaceHearsSoAtOnce() throws SQLException {
    String slow = URL + "&connectBurst=1&connectRate=1&loginTimeout=0.5";
    open(slow);
    assertThatExceptionOfType(SQLTransientConnectionException.class)
        .isThrownBy(() -> open(slow))
        .withMessageContaining("connectRate")
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("53400"));
    assertThat(clock.sleeps()).isEmpty();
    assertThat(requests).hasSize(1);
  }

  @Test
  void anInterruptedWaitForAPlaceGivesItBack() throws SQLException {
    String slow = URL + "&connectBurst=1&connectRate=10";
    open(slow);
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(SQLException.class).isThrownBy(() -> open(slow));
    assertThat(Thread.interrupted()).isTrue();
    open(slow);

    assertThat(clock.sleeps()).containsExactly(Duration.ofMillis(100));
  }

  /** Why a new token was needed is as much to know as why there is none. */
  @Test
  void aRefusalStaysVisibleIfThereIsNoOtherToken() throws SQLException {
    SQLException refusal = Failures.accessDenied("Signature expired: x");
    AtomicInteger signatures = new AtomicInteger();
    info.put(
        "credentialsProvider",
        (AwsCredentialsProvider)
            () -> {
              if (signatures.incrementAndGet() > 1) {
                throw new IllegalStateException("no credentials");
              }
              return provider.resolveCredentials();
            });
    open(URL);
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> open(URL, refusal))
        .withCauseInstanceOf(IllegalStateException.class)
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("28000"))
        .satisfies(e -> assertThat(e.getSuppressed()).containsExactly(refusal));
  }

  @Test
  void aLoginWithoutATokenGivesItsPlaceBack() throws SQLException {
    String slow = URL + "&connectBurst=1&connectRate=1";
    info.put(
        "credentialsProvider",
        (AwsCredentialsProvider)
            () -> {
              throw new IllegalStateException("no credentials");
            });
    for (int i = 0; i < 3; i++) {
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> open(slow))
          .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("28000"));
    }
    info.put("credentialsProvider", provider);
    open(slow);

    assertThat(clock.sleeps()).isEmpty();
    assertThat(counted()).isEqualTo(new Snapshot(1, 0, 0, 1, 0, 3));
  }

  @Test
  void aClusterWithAPasswordOfTheApplicationIsTreatedAlikeButForTheToken() throws SQLException {
    String own = URL + "&authentication=password&password=own";

    assertThat(open(own, Failures.throttled())).isEqualTo("connected");
    assertThatExceptionOfType(SQLNonTransientConnectionException.class)
        .isThrownBy(() -> open(own, Failures.accessDenied("Signature expired: x")))
        .withMessageContaining("The application provided the password");
    assertThat(asked).hasValue(0);
  }
}
