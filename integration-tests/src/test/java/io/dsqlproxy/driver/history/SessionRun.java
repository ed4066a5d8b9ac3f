package io.dsqlproxy.driver.history;

import io.dsqlproxy.driver.history.TransactionPlan.Begin;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs the transactions of one session, one after the other, and opens another connection when it
 * has lost one. Confined to its thread.
 */
final class SessionRun implements Callable<List<ObservedTransaction>> {

  /** Gives a connection through the driver. */
  @FunctionalInterface
  interface Connections {
    Connection open() throws SQLException;
  }

  private static final String COMMIT_OUTCOME_UNKNOWN = "08007";

  private static final int LOGINS = 20;

  private final Connections connections;
  private final List<TransactionPlan> plans;
  private final Random random;
  private Connection connection;

  /**
   * A session.
   *
   * @param random how long it thinks
   */
  SessionRun(Connections connections, List<TransactionPlan> plans, Random random) {
    this.connections = connections;
    this.plans = List.copyOf(plans);
    this.random = random;
  }

  @Override
  public List<ObservedTransaction> call() throws SQLException {
    List<ObservedTransaction> observed = new ArrayList<>();
    connection = open();
    try {
      for (TransactionPlan plan : plans) {
        observed.add(run(plan));
      }
    } finally {
      connection.close();
    }
    return observed;
  }

  private ObservedTransaction run(TransactionPlan plan) throws SQLException {
    Recording recording = new Recording(plan.id());
    Actor actor = new Actor(connection, recording);
    Outcome outcome = Outcome.ROLLED_BACK;
    String detail = "";
    try {
      begin(actor, plan);
      for (Step step : plan.steps()) {
        step.perform(actor);
        think();
      }
      end(actor, plan);
      if (plan.commits()) {
        outcome = Outcome.COMMITTED;
      }
    } catch (SQLException failure) {
      detail = failure.getClass().getSimpleName() + ' ' + failure.getSQLState();
      outcome = mayBeCommitted(plan, failure) ? Outcome.UNKNOWN : Outcome.FAILED;
      recover(actor, plan);
    }
    return new ObservedTransaction(plan.id(), plan.session(), recording.events(), outcome, detail);
  }

  /** In autocommit the statement's own failure is all that is heard of its COMMIT. */
  private static boolean mayBeCommitted(TransactionPlan plan, SQLException failure) {
    String sqlState = failure.getSQLState();
    return COMMIT_OUTCOME_UNKNOWN.equals(sqlState)
        || plan.begin() == Begin.ALONE && (sqlState.startsWith("08") || sqlState.startsWith("XX"));
  }

  private static void begin(Actor actor, TransactionPlan plan) throws SQLException {
    boolean autoCommit = plan.begin() != Begin.JDBC;
    if (actor.connection().getAutoCommit() != autoCommit) {
      actor.connection().setAutoCommit(autoCommit);
    }
    if (plan.begin() == Begin.TEXT) {
      actor.execute("BEGIN");
    }
  }

  private static void end(Actor actor, TransactionPlan plan) throws SQLException {
    switch (plan.begin()) {
      case JDBC -> {
        if (plan.commits()) {
          actor.connection().commit();
        } else {
          actor.connection().rollback();
        }
      }
      case TEXT -> actor.execute(plan.commits() ? "COMMIT" : "ROLLBACK");
      case ALONE -> {
        // The statement has committed itself.
      }
    }
  }

  /** The connection is as before the transaction, or another one. */
  private void recover(Actor actor, TransactionPlan plan) throws SQLException {
    try {
      switch (plan.begin()) {
        case JDBC -> connection.rollback();
        case TEXT -> actor.execute("ROLLBACK");
        case ALONE -> {
          // There is nothing to roll back.
        }
      }
    } catch (SQLException expected) {
      connection.close();
    }
    if (connection.isClosed()) {
      connection = open();
    }
  }

  /** A new connection can be cut as well. */
  private Connection open() throws SQLException {
    for (int i = 1; i < LOGINS; i++) {
      try {
        return connections.open();
      } catch (SQLException expected) {
        // Faults strike a number of times, and not for ever.
      }
    }
    return connections.open();
  }

  private void think() {
    if (random.nextInt(3) == 0) {
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(3_000)));
    }
  }
}
