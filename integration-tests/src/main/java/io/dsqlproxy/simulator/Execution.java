package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.Judgement.Effect;
import io.dsqlproxy.simulator.PrivateCopies.Followed;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
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
 * <p>Differences from DSQL:
 *
 * <ul>
 *   <li>A session in the middle of a request, or one that has copied in, defined, set a parameter,
 *       keeps a cursor open, or has written or locked a table without primary key, does not make
 *       way, so that there the first to reach the row wins.
 *   <li>A statement that names its table with the schema cannot be diverted: after a conflict it
 *       works on the table itself, or answers 40001. A transaction whose private copies were passed
 *       by like that does not make way again.
 *   <li>Rows of a table without a unique index have no key that FOR KEY SHARE could be compared by.
 *   <li>After making way, a foreign key between a private copy and a table without primary key is
 *       checked against the table itself.
 * </ul>
 *
 * <p>A statement inside a transaction is told 40001 itself, in place of COMMIT, if it is a COPY; if
 * it names its table with the schema, see above; if it meets a definition that is not yet
 * committed; or if PostgreSQL's catalog is locked for seconds while a session makes way or a
 * statement is diverted, which many minutes of overload did not bring about.
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
  private final CommitCheck commitCheck;

  private final AnswersAhead ahead;

  /** Portals that PostgreSQL keeps open in the middle of their rows. */
  private final Set<String> suspended = new HashSet<>();

  Execution(
      Session session,
      ClientLink client,
      BackendLink backend,
      TransactionState transaction,
      Neighbours neighbours,
      CommitLog commitLog) {
    this.session = session;
    this.client = client;
    this.backend = backend;
    this.transaction = transaction;
    this.neighbours = neighbours;
    this.ahead = new AnswersAhead(client);
    this.copies = new PrivateCopies(backend, transaction);
    this.commitCheck =
        new CommitCheck(session, backend, transaction, copies, neighbours, commitLog);
  }

  void forget(String portal) {
    ahead.forget(portal);
    suspended.remove(portal);
  }

  /** No transaction is open any more. */
  void ended(boolean committed) {
    ahead.forgetAll();
    suspended.clear();
    commitCheck.over(committed);
  }

  /** Whether the portal has answered some of its rows, and more may come. */
  boolean isSuspended(String portal) {
    return ahead.has(portal) || suspended.contains(portal);
  }

  /** The judgement with the relations themselves instead of private copies of them. */
  Judgement withOriginals(Judgement judgement) {
    return judgement.mayConflict()
        ? judgement.withRelations(copies.originals(judgement.relations()))
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
    if (ahead.has(name)) {
      ahead.deliver(request);
      return null;
    }
    if (judgement.effect() == Effect.COMMIT && transaction.isOpen() && !transaction.isFailed()) {
      return commit(portal, request);
    }
    if (!judgement.mayConflict()) {
      Message failure = runPlainly(portal, request);
      boolean copied = judgement.effect() == Effect.COPY_IN && !transaction.isOpen();
      return failure == null && copied ? commitCheck.beforeSync() : failure;
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
    ahead.deliver(request);
    return null;
  }

  private Message commit(Portal portal, Message request) throws IOException {
    Message failure = commitCheck.beforeCommit();
    if (failure == null) {
      failure = runPlainly(portal, request);
      commitCheck.over(failure == null);
    }
    return failure;
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
    Message failure = end.isError() ? end : commitCheck.beforeSync();
    return failure != null ? failure : end;
  }

  private Message runInTransaction(Portal portal, String name, Deque<Message> answers)
      throws IOException {
    if (!transaction.hasBase()) {
      InternalStatements.BASE.queue(backend);
    }
    Message failure = transaction.hasCopies() ? follow(portal, name) : null;
    if (failure != null) {
      return failure;
    }
    // Never released: PostgreSQL would forget which of the transaction's identifiers are its own.
    InternalStatements.SAVEPOINT.queue(backend);
    Message end = fetchAll(name, answers);
    transaction.savepointsSet();
    for (int i = 1; i < ATTEMPTS && isLocked(end); i++) {
      neighbours.askToMakeWay(session, relations(portal, i));
      failure = copies.undoStatement();
      end = failure != null ? failure : runAgain(portal, name, answers);
    }
    return end.isError() && Conflicts.mayBeConflict(end)
        ? runDiverted(portal, name, answers, end)
        : end;
  }

  private Message follow(Portal portal, String name) throws IOException {
    Followed followed = copies.follow(portal.parsed().judgement().relations());
    if (followed.any() && followed.failure() == null) {
      bindAgain(portal, name);
    }
    return followed.failure();
  }

  /** The conflict is certain, unless the snapshot itself shows what a constraint forbids. */
  private Message runDiverted(Portal portal, String name, Deque<Message> answers, Message conflict)
      throws IOException {
    Message failure = copies.undoStatement();
    if (failure == null) {
      failure =
          copies.divert(
              portal.parsed().judgement().relations(), Conflicts.isForeignKeyViolation(conflict));
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
    bindAgain(portal, name);
    return fetchAll(name, answers);
  }

  private void bindAgain(Portal portal, String name) throws IOException {
    backend.queue(Requests.closePortal(name)).queue(portal.bind());
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

  private static long rowsWritten(Message end) {
    String tag = end.type() == 'C' ? end.string(0) : "";
    return tag.matches("(INSERT \\d+|UPDATE|DELETE) \\d+")
        ? Long.parseLong(tag.substring(tag.lastIndexOf(' ') + 1))
        : 0;
  }
}
