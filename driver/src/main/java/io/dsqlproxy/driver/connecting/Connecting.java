package io.dsqlproxy.driver.connecting;

import io.dsqlproxy.driver.authentication.Login;
import io.dsqlproxy.driver.configuration.ConnectSettings;
import io.dsqlproxy.driver.configuration.PgConnectionRequest;
import io.dsqlproxy.driver.execution.RetryDecision;
import io.dsqlproxy.driver.execution.RetryPolicy;
import io.dsqlproxy.driver.execution.WaitCancelledException;
import io.dsqlproxy.driver.observation.ConnectionStatistics;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a cluster on its way: logs in, and again where that can help, until it is open
 * or the time is over. For use by one thread.
 *
 * @param <T> what a login gives
 */
final class Connecting<T> {

  private static final Logger LOG = LoggerFactory.getLogger(Connecting.class);

  private static final Duration SHORTEST_BOUND = Duration.ofMillis(100);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  /** Of a failure that repeats, a few tell everything. */
  private static final int MOST_REMEMBERED = 10;

  /** Logs in once. */
  @FunctionalInterface
  interface Attempt<T> {

    /**
     * A connection.
     *
     * @throws SQLException pgJDBC's own
     */
    T connect(PgConnectionRequest request) throws SQLException;
  }

  /**
   * What follows a remembered token may be one that others have signed meanwhile; after a wait for
   * a place, a clock that leaps can have made that one worthless too.
   */
  private static final int MOST_REMEMBERED_TOKENS = 3;

  private final Login login;
  private final ConnectSettings settings;
  private final Surroundings world;
  private final ConnectionStatistics statistics;
  private final Duration patience;
  private final long start;
  private final Map<ConnectFailure, Integer> failures = new EnumMap<>(ConnectFailure.class);
  private final List<SQLException> earlier = new ArrayList<>();
  private int attempts;

  /** How the last login failed; null before one has. */
  private SQLException last;

  private ConnectFailure lastKind;

  Connecting(
      Login login, ConnectSettings settings, Surroundings world, ConnectionStatistics statistics) {
    this.login = login;
    this.settings = settings;
    this.world = world;
    this.statistics = statistics;
    this.patience = LoginTimeout.of(login.request(), settings.deadline());
    this.start = world.nanoClock().getAsLong();
  }

  /**
   * Logs in until that succeeds.
   *
   * @throws SQLException as {@link ConnectFailure} says; SQLSTATE 28000 if there are no credentials
   *     to sign with, 08001 if the thread is interrupted
   */
  T open(Attempt<T> attempt) throws SQLException {
    try {
      while (true) {
        awaitPlace();
        Login.Ticket ticket = ticket();
        PgConnectionRequest request = LoginTimeout.within(left(), ticket.request());
        attempts++;
        statistics.connectAttempted();
        try {
          return attempt.connect(request);
        } catch (SQLException failure) {
          recover(failure, ticket);
        }
      }
    } catch (InterruptedException interruption) {
      statistics.connectFailed();
      throw ConnectErrors.interrupted(login.server(), interruption, failuresSoFar());
    } catch (TimeoutException late) {
      statistics.connectFailed();
      throw ConnectErrors.noTokenInTime(login.server(), elapsed(), failuresSoFar());
    } catch (SQLException | RuntimeException failure) {
      statistics.connectFailed();
      throw failure;
    }
  }

  /** A login without a token does not take place, and leaves its place to others. */
  private Login.Ticket ticket() throws SQLException, InterruptedException, TimeoutException {
    boolean found = false;
    try {
      Login.Ticket ticket = login.ticket(world.tokens(), left(), statistics);
      found = true;
      return ticket;
    } catch (SQLException noCredentials) {
      failuresSoFar().forEach(noCredentials::addSuppressed);
      throw noCredentials;
    } finally {
      if (!found) {
        world.rates().giveBack(login.server(), settings);
      }
    }
  }

  private void awaitPlace() throws SQLException, InterruptedException {
    Duration left = left();
    if (last != null && isOver()) {
      throw givenUp();
    }
    Optional<Duration> wait = world.rates().reserve(login.server(), settings, left);
    if (wait.isEmpty()) {
      statistics.connectThrottled();
      throw last == null ? ConnectErrors.tooFast(login.server(), settings.rate(), left) : givenUp();
    }
    if (wait.get().isZero()) {
      return;
    }
    statistics.connectThrottled();
    try {
      sleep(wait.get());
    } catch (InterruptedException interruption) {
      world.rates().giveBack(login.server(), settings);
      throw interruption;
    }
  }

  /** Returns if another login can help, when its time has come. */
  private void recover(SQLException failure, Login.Ticket ticket)
      throws SQLException, InterruptedException {
    boolean serverSpoke = ConnectFailure.serverError(failure).isPresent();
    if (!serverSpoke && Thread.currentThread().isInterrupted()) {
      // pgJDBC tells it by nothing but the flag.
      throw ConnectErrors.interrupted(login.server(), failure, failuresSoFar());
    }
    boolean late = !serverSpoke && isOver();
    if (late && last != null) {
      // That the time was over says less than what it was spent on.
      remember(failure);
      throw givenUp();
    }
    ConnectFailure kind = late ? ConnectFailure.TIMED_OUT : ConnectFailure.of(failure);
    int times = failures.merge(kind, 1, Integer::sum);
    if (last != null) {
      remember(last);
    }
    last = failure;
    lastKind = kind;
    if (kind == ConnectFailure.THROTTLED) {
      statistics.connectThrottled();
      world.rates().drain(login.server(), settings);
    }
    if (kind == ConnectFailure.ACCESS_DENIED) {
      ticket.refusal().run();
      if (ticket.remembered() && times <= MOST_REMEMBERED_TOKENS) {
        LOG.info("The token for {} was refused and is forgotten", login.server());
        return;
      }
    }
    RetryPolicy policy =
        new RetryPolicy(kind.persistence().attempts(), SHORTEST_BOUND, LONGEST_WAIT, patience);
    RetryDecision decision = RetryDecision.after(times, elapsed(), policy, world.random().get());
    if (!(decision instanceof RetryDecision.Retry again)) {
      throw givenUp();
    }
    LOG.debug("Login {} to {} failed: {}", attempts, login.server(), kind.cause());
    sleep(again.delay());
  }

  private SQLException givenUp() {
    return ConnectErrors.givenUp(
        lastKind, last, earlier, login.server(), login.scope(), attempts, elapsed());
  }

  private void remember(SQLException failure) {
    if (earlier.size() < MOST_REMEMBERED) {
      earlier.add(failure);
    }
  }

  private List<SQLException> failuresSoFar() {
    List<SQLException> all = new ArrayList<>(earlier);
    if (last != null) {
      all.add(last);
    }
    return all;
  }

  private void sleep(Duration duration) throws InterruptedException {
    try {
      world.sleeper().await(duration);
    } catch (WaitCancelledException cancelled) {
      throw new IllegalStateException("Nobody can cancel this wait", cancelled);
    }
  }

  private Duration elapsed() {
    return Duration.ofNanos(world.nanoClock().getAsLong() - start);
  }

  /** What is left may be too little for a login, and pgJDBC counts in milliseconds. */
  private boolean isOver() {
    return left().compareTo(LoginTimeout.SHORTEST) < 0;
  }

  /** Zero or more. */
  private Duration left() {
    Duration left = patience.minus(elapsed());
    return left.isNegative() ? Duration.ZERO : left;
  }
}
