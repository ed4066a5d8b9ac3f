package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.Judgement.Effect;
import io.dsqlproxy.simulator.fault.Phase;
import java.io.IOException;

/**
 * Stands between a session and the execution of its statements, and lets scripted faults strike
 * there. After an injected error PostgreSQL is in the state in which a real one would have left it.
 * Confined to the thread that holds the session's turn.
 */
final class SessionFaults {

  private final FaultPoint point;
  private final ClientLink client;
  private final BackendLink backend;
  private final TransactionState transaction;
  private final Execution execution;
  private final PortalRunner runner;

  /** The last statement that ran outside a transaction block since the last Sync. */
  private String uncommitted;

  SessionFaults(
      FaultPoint point,
      ClientLink client,
      BackendLink backend,
      TransactionState transaction,
      Execution execution,
      PortalRunner runner) {
    this.point = point;
    this.client = client;
    this.backend = backend;
    this.transaction = transaction;
    this.execution = execution;
    this.runner = runner;
  }

  /** What a session does with a portal when no fault strikes. */
  @FunctionalInterface
  interface PortalRunner {

    /** Answers the client; returns the error, as answered, if there was one. */
    Message run(Portal portal, Message request) throws IOException;
  }

  /** The client has sent something. */
  void received(Message request) throws IOException {
    if (point.isArmed() && request.type() != 'X') {
      String text =
          switch (request.type()) {
            case 'Q' -> request.string(0);
            case 'P' -> request.string(1);
            default -> "";
          };
      meet(Phase.MESSAGE, text);
    }
  }

  /** Runs the portal and answers the client; returns the error if there was one. */
  Message run(Portal portal, Message request) throws IOException {
    String sql = portal.parsed().sql();
    Effect effect = portal.parsed().judgement().effect();
    boolean commits = effect == Effect.COMMIT && transaction.isOpen() && !transaction.isFailed();
    boolean controls =
        effect == Effect.BEGIN || effect == Effect.COMMIT || effect == Effect.ROLLBACK;
    Message injected =
        commits
            ? beforeCommit(sql)
            : controls || sql.isBlank() ? null : beforeStatement(sql, request.string(0));
    if (injected != null) {
      return injected;
    }
    Message failure = commits ? commit(portal, request) : runner.run(portal, request);
    uncommitted = failure != null || controls || transaction.isOpen() ? null : sql;
    return failure;
  }

  /** What has run outside a transaction block is about to be committed; the error, if any. */
  Message beforeSync(boolean failed) throws IOException {
    if (failed) {
      uncommitted = null;
    }
    Message injected = uncommitted == null ? null : meet(Phase.BEFORE_AUTOCOMMIT, uncommitted);
    if (injected != null) {
      uncommitted = null;
      failAsPostgres();
    }
    return injected;
  }

  /** What has run outside a transaction block is committed, or not; the error, if any. */
  Message afterSync(boolean failed) throws IOException {
    String sql = uncommitted;
    uncommitted = null;
    return sql == null || failed ? null : meet(Phase.AFTER_AUTOCOMMIT, sql);
  }

  private Message beforeCommit(String sql) throws IOException {
    Message injected = meet(Phase.BEFORE_COMMIT, sql);
    if (injected != null) {
      InternalStatements.ROLLBACK.run(backend);
    }
    return injected;
  }

  private Message beforeStatement(String sql, String portal) throws IOException {
    Message injected = meet(execution.isSuspended(portal) ? Phase.FETCH : Phase.STATEMENT, sql);
    if (injected != null) {
      execution.forget(portal);
      failAsPostgres();
    }
    return injected;
  }

  /** The answer waits until it is clear that no fault takes its place. */
  private Message commit(Portal portal, Message request) throws IOException {
    if (!point.isArmed()) {
      return runner.run(portal, request);
    }
    client.holdBack();
    Message failure = runner.run(portal, request);
    Message injected = failure == null ? meet(Phase.AFTER_COMMIT, portal.parsed().sql()) : null;
    client.letGo(injected == null);
    return failure == null ? injected : failure;
  }

  /** When the connection is cut, PostgreSQL has rolled back before the client can know. */
  private Message meet(Phase phase, String text) throws IOException {
    try {
      return point.meet(phase, text);
    } catch (ConnectionCut cut) {
      backend.end();
      throw cut;
    }
  }

  private void failAsPostgres() throws IOException {
    backend
        .queue(Requests.parse("_dsql_simulator_failed", "failed by a scripted fault"))
        .await("1", ignored -> {});
  }
}
