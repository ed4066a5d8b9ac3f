package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.SessionFaults.PortalRunner;
import java.io.IOException;

/**
 * Lets a change of the schema win over open transactions, as in DSQL, where it waits for nobody: a
 * session whose transaction holds locks in its way gives the transaction up at once, and hears of
 * it with its next statement that touches storage, or with COMMIT (OC001). A session in the middle
 * of a request does not; then the change itself answers OC001. Confined to the thread that holds
 * the session's turn.
 */
final class Definitions {

  private static final int ATTEMPTS = 3;

  private final Session session;
  private final PortalRunner runner;
  private final BackendLink backend;
  private final TransactionState transaction;
  private final TransactionGuard guard;
  private final Neighbours neighbours;

  Definitions(
      Session session,
      PortalRunner runner,
      BackendLink backend,
      TransactionState transaction,
      TransactionGuard guard,
      Neighbours neighbours) {
    this.session = session;
    this.runner = runner;
    this.backend = backend;
    this.transaction = transaction;
    this.guard = guard;
    this.neighbours = neighbours;
  }

  /** Runs the definition and answers the client; returns the error if there was one. */
  Message run(Portal portal, Message request) throws IOException {
    boolean repeatable = transaction.isOpen() || !transaction.hasRunSinceSync();
    if (transaction.isOpen()) {
      InternalStatements.SAVEPOINT.run(backend);
    }
    Message failure = runner.run(portal, request);
    for (int i = 1; i < ATTEMPTS && repeatable && isLocked(failure); i++) {
      sync();
      neighbours.askToGiveWayToDefinition(session);
      if (transaction.isOpen()) {
        InternalStatements.ROLLBACK_TO.run(backend);
      }
      backend.queue(portal.bind()).await("2", ignored -> {});
      failure = runner.run(portal, request);
    }
    return isLocked(failure) ? Replies.error(Rejection.SCHEMA_CONFLICT) : failure;
  }

  /** Another session changes the schema: an open transaction loses what it has done. */
  void giveWay() throws IOException {
    if (!transaction.isOpen() || guard.isDisplaced()) {
      return;
    }
    InternalStatements.ROLLBACK.run(backend);
    InternalStatements.BEGIN.run(backend);
    if (transaction.isFailed()) {
      backend.queue(Requests.parse("", "failed by the simulator")).await("1", ignored -> {});
    }
    sync();
    guard.displaced();
  }

  private void sync() throws IOException {
    backend.queue(Requests.SYNC).await("Z", ignored -> {});
  }

  private static boolean isLocked(Message failure) {
    return failure != null && Conflicts.isLocked(failure);
  }
}
