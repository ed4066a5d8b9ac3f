package io.dsqlproxy.driver.execution;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.journal.UpdateUnit;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.rewriter.Plan;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * A gate with a scripted server behind it, and a clock that only waits move. Confined to one
 * thread.
 */
final class GateOnFakeServer {

  static final int JOURNAL_BYTES = 10_000;

  final FakeServer server;
  final DriverStatistics statistics = new DriverStatistics();
  final List<Duration> delays = new ArrayList<>();
  final ExecutionGate gate;

  /** What waits do beside moving the clock. */
  Sleeper sleeper = delay -> {};

  /** What has to succeed in the transaction before COMMIT is sent. */
  TransactionEnd beforeCommit = () -> {};

  private long now;

  GateOnFakeServer(RetryMode mode, int maxAttempts) {
    this(mode, maxAttempts, ReconnectMode.NEVER);
  }

  GateOnFakeServer(RetryMode mode, int maxAttempts, ReconnectMode reconnect) {
    this(mode, maxAttempts, reconnect, FailedCommit.RETURN);
  }

  GateOnFakeServer(RetryMode mode, int maxAttempts, FailedCommit failedCommit) {
    this(mode, maxAttempts, ReconnectMode.NEVER, failedCommit);
  }

  private GateOnFakeServer(
      RetryMode mode, int maxAttempts, ReconnectMode reconnect, FailedCommit failedCommit) {
    server = new FakeServer(reconnect);
    RetryPolicy policy =
        new RetryPolicy(
            maxAttempts, Duration.ofMillis(50), Duration.ofSeconds(5), Duration.ofMinutes(4));
    Retries retries = new Retries(policy, () -> now, () -> new Random(1), this::await);
    Recoveries recoveries = new Recoveries(retries, new Backoff(), mode, statistics);
    gate = new ExecutionGate(server, recoveries, JOURNAL_BYTES, guard(), failedCommit, statistics);
  }

  private SessionGuard guard() {
    return new SessionGuard() {
      @Override
      public void beforeStatement() {}

      @Override
      public void beforeCommit() throws SQLException {
        beforeCommit.run();
      }
    };
  }

  private void await(Duration delay) throws InterruptedException, WaitCancelledException {
    server.log(FakeServer.WAITED);
    delays.add(delay);
    pass(delay);
    sleeper.await(delay);
  }

  /** Moves the clock. */
  void pass(Duration time) {
    now += time.toNanos();
  }

  /** Executes a text with a statement that is used for nothing else. */
  int execute(String sql) throws SQLException {
    return execute(new FakeStatement(), sql);
  }

  int execute(FakeStatement statement, String sql) throws SQLException {
    return execute(statement, Plan.unchanged(sql));
  }

  int execute(FakeStatement statement, Plan plan) throws SQLException {
    return gate.execute(statement, plan, TransactionCommand.of(plan.sql()), update());
  }

  /** Sends a text to the server, and is journaled as an update. */
  Operation<FakeStatement, Integer> update() {
    return new Operation<>(
        (statement, form) -> server.execute(form.sql()),
        (statement, invocation, executed, count) -> new UpdateUnit<>(invocation, count));
  }

  void commit() throws SQLException {
    gate.commit(() -> server.execute("commit"));
  }

  void rollBack() throws SQLException {
    gate.rollBack(() -> server.execute("rollback"));
  }

  static SQLException failureOf(ThrowingCallable call) {
    return catchThrowableOfType(SQLException.class, call);
  }

  /** How long it has waited in all. */
  Duration waited() {
    return delays.stream().reduce(Duration.ZERO, Duration::plus);
  }
}
