package io.dsqlproxy.simulator;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Decides at COMMIT whether a transaction has lost. Changes of the same row are compared by
 * PostgreSQL, and all that concerns keys by {@link CommitLog}: what PostgreSQL knows of it are
 * locks, which are gone when their transaction has ended. Confined to the thread that holds the
 * session's turn.
 */
final class CommitCheck {

  private static final int ATTEMPTS = 3;

  private final Session session;
  private final BackendLink backend;
  private final TransactionState transaction;
  private final PrivateCopies copies;
  private final Neighbours neighbours;
  private final CommitLog log;
  private Claims admitted;

  CommitCheck(
      Session session,
      BackendLink backend,
      TransactionState transaction,
      PrivateCopies copies,
      Neighbours neighbours,
      CommitLog log) {
    this.session = session;
    this.backend = backend;
    this.transaction = transaction;
    this.copies = copies;
    this.neighbours = neighbours;
    this.log = log;
  }

  /**
   * Ends a transaction that has lost, and brings the work of another one to where COMMIT makes it
   * last: what is in private copies goes back to the tables, and rows that were read FOR UPDATE
   * count as changed. Answers the error, or null.
   */
  Message beforeCommit() throws IOException {
    Message lost = Replies.error(Rejection.CONFLICT);
    if (transaction.isDoomed()) {
      InternalStatements.ROLLBACK.run(backend);
      return lost;
    }
    if (!transaction.mayHoldClaims()) {
      return null;
    }
    Message failure = transaction.hasMadeWay() ? materialise() : null;
    failure = failure != null ? failure : claim(lost);
    if (failure == null) {
      return null;
    }
    copies.sync();
    InternalStatements.ROLLBACK.run(backend);
    return Conflicts.mayBeConflict(failure) ? lost : failure;
  }

  /** A statement without a transaction block will be committed by Sync. */
  Message beforeSync() throws IOException {
    Message lost = Replies.error(Rejection.CONFLICT);
    Message failure = claim(lost);
    if (failure == lost) {
      copies.fail();
    }
    return failure;
  }

  /** The transaction has ended. */
  void over(boolean committed) {
    if (admitted != null && !committed) {
      log.withdraw(admitted);
    }
    admitted = null;
  }

  private Message materialise() throws IOException {
    Message failure = copies.materialise();
    for (int i = 1; i < ATTEMPTS && failure != null && Conflicts.isLocked(failure); i++) {
      neighbours.askToMakeWay(session, i == 1 ? transaction.touchedRelations() : Set.of());
      failure = copies.undoStatement();
      failure = failure != null ? failure : copies.materialise();
    }
    return failure;
  }

  private Message claim(Message lost) throws IOException {
    List<String> row = new ArrayList<>();
    Message end = copies.claims(true, row);
    if (end.isError()) {
      return end;
    }
    Claims claims = Claims.of(row);
    if (claims == null) {
      return null;
    }
    claims = claims.and(transaction.keptClaims());
    if (!log.admit(claims)) {
      return lost;
    }
    admitted = claims;
    if (log.isLarge()) {
      forget();
    }
    return null;
  }

  private void forget() throws IOException {
    List<String> oldest = new ArrayList<>();
    InternalStatements.OLDEST.run(
        backend,
        message -> {
          if (message.type() == 'D') {
            oldest.addAll(message.values());
          }
        });
    if (!oldest.isEmpty() && oldest.get(0) != null) {
      log.forgetBefore(Long.parseLong(oldest.get(0)));
    }
  }
}
