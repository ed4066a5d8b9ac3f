package io.dsqlproxy.simulator;

import java.io.IOException;

/**
 * Tells a client of errors, in the service's words. As in PostgreSQL, everything up to the next
 * Sync is skipped after one. Confined to the thread that holds the session's turn.
 */
final class Failures {

  private static final String REFUSED = "_dsql_simulator_refused";

  private final ClientLink client;
  private final BackendLink backend;
  private final TransactionState transaction;
  private final TransactionGuard guard;
  private final StatementLog log;
  private boolean skipping;

  Failures(
      ClientLink client,
      BackendLink backend,
      TransactionState transaction,
      TransactionGuard guard,
      StatementLog log) {
    this.client = client;
    this.backend = backend;
    this.transaction = transaction;
    this.guard = guard;
    this.log = log;
  }

  /** Whether the client was told of an error since the last Sync. */
  boolean isSkipping() {
    return skipping;
  }

  /** A Sync has come. */
  void synced() {
    skipping = false;
  }

  /** Answers PostgreSQL's error as the service would put it. */
  void fail(Message error) {
    report(translated(error));
  }

  /** PostgreSQL's error as the service would put it. */
  Message translated(Message error) {
    boolean lost = transaction.isDoomed() && !transaction.isFailed() && Conflicts.isAborted(error);
    return lost ? Replies.error(Rejection.CONFLICT) : CatalogRules.asDsql(Conflicts.asDsql(error));
  }

  /** Answers an error that is in the service's words already. */
  void report(Message answer) {
    skipping = true;
    guard.failed();
    if (answer.sqlState().equals(Rejection.CONFLICT.sqlState())) {
      log.conflicted();
    }
    client.send(answer);
  }

  /** What PostgreSQL cannot find any more, in a schema that was changed, DSQL calls a conflict. */
  void failOutOfDate(Message error) {
    boolean outOfDate = !transaction.isFailed() && guard.isOutOfDate();
    fail(outOfDate ? Replies.error(Rejection.SCHEMA_CONFLICT) : error);
  }

  /** Answers that DSQL does not run the statement. */
  void refuse(String sql, Rejection rejection) throws IOException {
    log.refused(sql, rejection);
    abort(rejection);
  }

  /** Fails PostgreSQL's transaction as the client's has failed. */
  void abort(Rejection rejection) throws IOException {
    backend.queue(Requests.parse(REFUSED, "refused by the simulator"));
    while (!backend.await("3", ignored -> {}).isError()) {
      backend.takeParseTree();
    }
    fail(Replies.error(rejection));
  }

  /** Undoes PostgreSQL's transaction as COMMIT has undone the client's. */
  void abortAtCommit(Rejection rejection) throws IOException {
    InternalStatements.ROLLBACK.run(backend);
    fail(Replies.error(rejection));
  }
}
