package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.Judgement.Effect;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Runs a portal as DSQL would: without waiting for another session, and with conflicts put off
 * until COMMIT, where the first to commit wins.
 *
 * <p>A statement that finds a row locked by another session asks that session to make way: what it
 * has done is carried over to private copies of its tables ({@link PrivateCopies}), its locks go,
 * and its COMMIT will bring the work back, or find the conflict. A statement in a transaction that
 * finds a newer version of a row, or a key that was inserted after its snapshot, has lost already:
 * it runs again on private copies, the transaction is <i>doomed</i>, goes on with normal answers,
 * and its COMMIT answers 40001.
 *
 * <p>Differences from DSQL: a session in the middle of a request, or one that has copied in,
 * defined, set a parameter, locked FOR KEY SHARE, called a function of the user's, keeps a cursor
 * open, or has used a table without primary key, does not make way, so that there the first to
 * reach the row wins. A statement that names its table with the schema cannot be diverted: after a
 * conflict it works on the table itself, or answers 40001. Private copies have no foreign keys. A
 * key that was inserted and deleted again since the snapshot can be inserted without a conflict.
 *
 * <p>Confined to the thread that holds the session's turn.
 */
final class Execution {

  private static final int ATTEMPTS = 3;

  private final Session session;
  private final ClientLink client;
  private final BackendLink backend;
  private final TransactionState transaction;
  private final Neighbours neighbours;
  private final PrivateCopies copies;

  /** Rows that were fetched ahead of the client, by portal. */
  private final Map<String, Deque<Message>> ahead = new HashMap<>();

  /** Portals that PostgreSQL keeps open in the middle of their rows. */
  private final Set<String> suspended = new HashSet<>();

  Execution(
      Session session,
      ClientLink client,
      BackendLink backend,
      TransactionState transaction,
      Neighbours neighbours) {
    this.session = session;
    this.client = client;
    this.backend = backend;
    this.transaction = transaction;
    this.neighbours = neighbours;
    this.copies = new PrivateCopies(backend, transaction);
  }

  void forget(String portal) {
    ahead.remove(portal);
    suspended.remove(portal);
  }

  void forgetAll() {
    ahead.clear();
    suspended.clear();
  }

  /** Whether the portal has answered some of its rows, and more may come. */
  boolean isSuspended(String portal) {
    return ahead.containsKey(portal) || suspended.contains(portal);
  }

  /** The judgement with the relations themselves instead of private copies of them. */
  Judgement withOriginals(Judgement judgement) {
    return judgement.mayConflict()
        ? judgement.withRelations(
            copies.originals(judgement.relations()), copies.originals(judgement.lockedRelations()))
        : judgement;
  }

  /** Gives up the locks of an idle transaction, if that can be done unnoticed. */
  void makeWay() throws IOException {
    if (suspended.isEmpty()) {
      copies.makeWay();
    }
  }

  /** Runs the portal and answers the client; returns the error if there was one. */
  Message run(Portal portal, Message request) throws IOException {
    Judgement judgement = portal.parsed().judgement();
    String name = request.string(0);
    if (ahead.containsKey(name)) {
      deliver(name, maxRows(request));
      return null;
    }
    if (judgement.effect() == Effect.COMMIT && transaction.isOpen() && !transaction.isFailed()) {
      Message conflict = beforeCommit();
      if (conflict != null) {
        return conflict;
      }
    }
    if (!judgement.mayConflict()) {
      return runPlainly(portal, request);
    }
    Deque<Message> answers = new ArrayDeque<>();
    Message end =
        transaction.isOpen()
            ? runInTransaction(portal, name, answers)
            : runAlone(portal, name, answers);
    if (end.isError()) {
      return end;
    }
    if (!transaction.mayHaveWritten(rowsWritten(end))) {
      copies.fail();
      return Replies.error(new Rejection("54000", "transaction row limit exceeded"));
    }
    answers.add(end);
    ahead.put(name, answers);
    deliver(name, maxRows(request));
    return null;
  }

  private Message runPlainly(Portal portal, Message request) throws IOException {
    Message end = backend.queue(request).await("CIsG", client::send);
    if (end.type() == 'G') {
      client.send(end);
      end = copyIn();
    }
    if (end.isError()) {
      return end;
    }
    if (end.type() == 's') {
      suspended.add(request.string(0));
    } else {
      suspended.remove(request.string(0));
    }
    client.send(end);
    return null;
  }

  private Message copyIn() throws IOException {
    client.flush();
    Message data = client.read();
    while (data.type() != 'c' && data.type() != 'f') {
      if (data.type() == 'd') {
        backend.queue(data);
      }
      data = client.read();
    }
    return backend.queue(data).await("C", client::send);
  }

  /** Outside a transaction block; only the first statement after a Sync can simply run again. */
  private Message runAlone(Portal portal, String name, Deque<Message> answers) throws IOException {
    Message end = fetchAll(name, answers);
    for (int i = 1; i < ATTEMPTS && isLocked(end) && !transaction.hasRunSinceSync(); i++) {
      copies.sync();
      neighbours.askToMakeWay(session, relations(portal, i));
      end = runAgain(portal, name, answers);
    }
    Set<Integer> locked = portal.parsed().judgement().lockedRelations();
    if (end.isError() || locked.isEmpty()) {
      return end;
    }
    Message failure = copies.touchLockedRows(locked);
    return failure != null ? failure : end;
  }

  private Message runInTransaction(Portal portal, String name, Deque<Message> answers)
      throws IOException {
    if (!transaction.hasBase()) {
      InternalStatements.BASE.queue(backend);
    }
    // Never released: PostgreSQL would forget which of the transaction's identifiers are its own.
    InternalStatements.SAVEPOINT.queue(backend);
    Message end = fetchAll(name, answers);
    transaction.savepointsSet();
    for (int i = 1; i < ATTEMPTS && isLocked(end); i++) {
      neighbours.askToMakeWay(session, relations(portal, i));
      Message failure = copies.undoStatement();
      end = failure != null ? failure : runAgain(portal, name, answers);
    }
    return end.isError() && Conflicts.mayBeConflict(end)
        ? runDiverted(portal, name, answers, end)
        : end;
  }

  /** The conflict is certain, unless it is a duplicate that is in the snapshot too. */
  private Message runDiverted(Portal portal, String name, Deque<Message> answers, Message conflict)
      throws IOException {
    Message failure = copies.undoStatement();
    if (failure == null) {
      failure = copies.divert(portal.parsed().judgement().relations());
    }
    if (failure != null) {
      return failure;
    }
    Message end = runAgain(portal, name, answers);
    if (!end.isError()) {
      transaction.doom();
      return end;
    }
    return end.sqlState().equals(conflict.sqlState()) ? conflict : end;
  }

  private static boolean isLocked(Message end) {
    return end.isError() && Conflicts.isLocked(end);
  }

  /** The last attempt looks beyond the statement's own tables: foreign keys lock others. */
  private static Set<Integer> relations(Portal portal, int attempt) {
    return attempt == 1 ? portal.parsed().judgement().relations() : Set.of();
  }

  private Message runAgain(Portal portal, String name, Deque<Message> answers) throws IOException {
    answers.clear();
    backend.queue(Requests.closePortal(name)).queue(portal.bind());
    return fetchAll(name, answers);
  }

  /** All rows at once: a portal cannot be continued after a conflict on a later row. */
  private Message fetchAll(String portal, Deque<Message> answers) throws IOException {
    List<Message> others = new ArrayList<>();
    Consumer<Message> sink = message -> (message.type() == 'D' ? answers : others).add(message);
    Message end = backend.queue(Requests.execute(portal)).await("CI", sink);
    while (end.type() == 'C' && end.string(0).equals("SAVEPOINT")) {
      end = backend.await("CI", sink);
    }
    others.stream().filter(m -> "SNA".indexOf(m.type()) >= 0).forEach(client::send);
    return end;
  }

  /**
   * Ends a doomed transaction, and brings the work of another one to where COMMIT makes it last:
   * what is in private copies goes back to the tables, and rows that were only locked count as
   * changed, since in DSQL a committed FOR UPDATE is a conflict for every older snapshot.
   */
  private Message beforeCommit() throws IOException {
    Message lost = Replies.error(Rejection.CONFLICT);
    if (transaction.isDoomed()) {
      InternalStatements.ROLLBACK.run(backend);
      return lost;
    }
    Message failure = transaction.hasMadeWay() ? materialise() : null;
    if (failure == null && !transaction.lockedRelations().isEmpty()) {
      failure = copies.touchLockedRows(transaction.lockedRelations());
    }
    if (failure == null) {
      return null;
    }
    copies.sync();
    InternalStatements.ROLLBACK.run(backend);
    return Conflicts.mayBeConflict(failure) ? lost : failure;
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

  private static long rowsWritten(Message end) {
    String tag = end.type() == 'C' ? end.string(0) : "";
    return tag.matches("(INSERT \\d+|UPDATE|DELETE) \\d+")
        ? Long.parseLong(tag.substring(tag.lastIndexOf(' ') + 1))
        : 0;
  }

  private static int maxRows(Message execute) {
    byte[] body = execute.body();
    int at = body.length - 4;
    return (body[at] & 0xff) << 24
        | (body[at + 1] & 0xff) << 16
        | (body[at + 2] & 0xff) << 8
        | body[at + 3] & 0xff;
  }

  private void deliver(String portal, int maxRows) {
    Deque<Message> answers = ahead.get(portal);
    int rows = 0;
    while (answers.size() > 1) {
      if (maxRows > 0 && rows == maxRows) {
        client.send(Replies.PORTAL_SUSPENDED);
        return;
      }
      client.send(answers.removeFirst());
      rows++;
    }
    Message end = answers.getFirst();
    boolean piecewise = maxRows > 0 && end.string(0).startsWith("SELECT");
    client.send(piecewise ? Replies.commandComplete("SELECT " + rows) : end);
    if (!piecewise) {
      ahead.remove(portal);
    }
  }
}
