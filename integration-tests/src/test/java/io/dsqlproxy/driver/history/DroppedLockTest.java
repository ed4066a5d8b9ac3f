package io.dsqlproxy.driver.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.history.RegisterSteps.Append;
import io.dsqlproxy.driver.history.RegisterSteps.Read;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Write skew between two connections, step by step: the driver's lock prevents it, and the checker
 * finds it if the driver is told to drop the lock that the application asked for.
 */
class DroppedLockTest {

  private static HistoryRun run;

  private final List<ObservedTransaction> observed = new ArrayList<>();

  @BeforeAll
  static void start() throws SQLException {
    run = new HistoryRun();
  }

  @AfterAll
  static void stop() {
    run.close();
  }

  @BeforeEach
  void reset() throws SQLException {
    run.reset();
  }

  @ParameterizedTest
  @EnumSource(names = {"SHARE", "SHARE_MODE", "NO_KEY_UPDATE", "UPDATE"})
  void lockedReadsLetOneOfTwoTransactionsFail(Lock lock) throws SQLException {
    for (Policy policy : Policy.values()) {
      observed.clear();
      run.reset();
      assertOneFails(lock, policy);
    }
  }

  private void assertOneFails(Lock lock, Policy policy) throws SQLException {
    stepThrough(lock, policy.parameters());
    assertThat(observed)
        .extracting(ObservedTransaction::outcome)
        .containsExactly(Outcome.COMMITTED, Outcome.FAILED);
    assertThat(Checker.check(history())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"SHARE", "SHARE_MODE"})
  void writeSkewIsFoundWhenTheLockIsDropped(Lock lock) throws SQLException {
    stepThrough(lock, "&lockPolicy=none");
    assertThat(Checker.check(history()))
        .singleElement()
        .isInstanceOfSatisfying(
            Finding.WriteSkew.class,
            skew -> assertThat(skew.transactions()).isEqualTo(Set.of("a", "b")));
  }

  @Test
  void plainReadsWereNotPromisedAnything() throws SQLException {
    stepThrough(Lock.NONE, "");
    assertThat(observed)
        .extracting(ObservedTransaction::outcome)
        .containsExactly(Outcome.COMMITTED, Outcome.COMMITTED);
    assertThat(Checker.check(history())).isEmpty();
  }

  private History history() throws SQLException {
    return new History(observed, run.left());
  }

  /** Each of two transactions reads what the other one writes, before either commits. */
  private void stepThrough(Lock lock, String parameters) throws SQLException {
    try (Connection one = run.connections(parameters).open();
        Connection other = run.connections(parameters).open()) {
      one.setAutoCommit(false);
      other.setAutoCommit(false);
      Actor a = new Actor(one, new Recording("a"));
      Actor b = new Actor(other, new Recording("b"));
      new Read(1, lock, 0, true).perform(a);
      new Read(2, lock, 0, true).perform(b);
      new Append(List.of(2), true).perform(a);
      new Append(List.of(1), true).perform(b);
      commit("a", 1, a);
      commit("b", 2, b);
    }
  }

  private void commit(String id, int session, Actor actor) throws SQLException {
    Outcome outcome = Outcome.COMMITTED;
    try {
      actor.connection().commit();
    } catch (SQLTransactionRollbackException conflict) {
      actor.connection().rollback();
      outcome = Outcome.FAILED;
    }
    observed.add(new ObservedTransaction(id, session, actor.recording().events(), outcome, ""));
  }
}
