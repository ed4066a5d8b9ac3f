package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.Judgement.Effect;
import io.dsqlproxy.simulator.Session.Portal;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs a portal as DSQL would: without waiting for another session, and with conflicts put off
 * until COMMIT.
 *
 * <p>In a transaction, a statement that writes or locks runs behind a savepoint. If another session
 * is in its way, it is rolled back, its tables are replaced by private copies from the
 * transaction's own snapshot, and it runs again. The transaction is then doomed: it goes on with
 * normal answers, and its COMMIT answers 40001.
 *
 * <p>Differences from DSQL: who comes first to a row wins, not who commits first; a statement that
 * names its table with the schema cannot be redirected and answers 40001 itself, as does a
 * statement outside a transaction while another one holds the row; foreign keys are not checked
 * against private copies.
 *
 * <p>Confined to the session's thread.
 */
final class Execution {

  private final ClientLink client;
  private final BackendLink backend;
  private final TransactionState transaction;

  /** Rows that were fetched ahead of the client, by portal. */
  private final Map<String, Deque<Message>> ahead = new HashMap<>();

  Execution(ClientLink client, BackendLink backend, TransactionState transaction) {
    this.client = client;
    this.backend = backend;
    this.transaction = transaction;
  }

  void forget(String portal) {
    ahead.remove(portal);
  }

  void forgetAll() {
    ahead.clear();
  }

  /** Runs the portal and answers the client; returns the error if there was one. */
  Message run(Portal portal, Message request) throws IOException {
    Judgement judgement = portal.parsed().judgement();
    String name = request.string(0);
    if (ahead.containsKey(name)) {
      deliver(name, maxRows(request));
      return null;
    }
    if (judgement.effect() == Effect.COMMIT && transaction.isOpen()) {
      Message conflict = commitConflict();
      if (conflict != null) {
        return conflict;
      }
    }
    return transaction.isOpen() && judgement.mayConflict()
        ? runGuarded(portal, request)
        : runPlainly(portal, request);
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
    if (portal.parsed().asynchronous()) {
      client.send(Replies.oneTextValue(Jobs.newIdentifier()));
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

  private Message runGuarded(Portal portal, Message request) throws IOException {
    String name = request.string(0);
    if (transaction.hasSavepoint()) {
      InternalStatements.RELEASE.queue(backend);
    }
    InternalStatements.SAVEPOINT.queue(backend);
    Deque<Message> answers = new ArrayDeque<>();
    Message end = executeAll(name, answers);
    transaction.savepointSet();
    if (end.isError() && Conflicts.mayBeConflict(end)) {
      Message first = end;
      answers.clear();
      end = redirect(portal, name, answers);
      if (end.isError()) {
        return genuine(first, end);
      }
      transaction.doom();
    }
    if (end.isError()) {
      return end;
    }
    answers.add(end);
    ahead.put(name, answers);
    deliver(name, maxRows(request));
    return null;
  }

  /** All rows at once: a portal cannot be continued after a conflict on a later row. */
  private Message executeAll(String portal, Deque<Message> answers) throws IOException {
    List<Message> internal = new ArrayList<>();
    Message end =
        backend
            .queue(Requests.execute(portal))
            .await("CI", message -> (isRow(message) ? answers : internal).add(message));
    while (end.type() == 'C' && end.string(0).matches("SAVEPOINT|RELEASE")) {
      end = backend.await("CI", message -> (isRow(message) ? answers : internal).add(message));
    }
    internal.stream().filter(m -> "SNA".indexOf(m.type()) >= 0).forEach(client::send);
    return end;
  }

  private static boolean isRow(Message message) {
    return message.type() == 'D';
  }

  /** Runs the statement again on private copies of its tables. */
  private Message redirect(Portal portal, String name, Deque<Message> answers) throws IOException {
    backend.queue(Requests.SYNC).await("Z", ignored -> {});
    Message failure = InternalStatements.ROLLBACK_TO.run(backend);
    if (!failure.isError()) {
      failure =
          InternalStatements.SHADOW.run(backend, arrayOf(portal.parsed().judgement().relations()));
    }
    if (!failure.isError()) {
      failure = InternalStatements.FORGET_PLANS.run(backend);
    }
    if (failure.isError()) {
      return failure;
    }
    backend.queue(Requests.closePortal(name)).queue(portal.bind());
    return executeAll(name, answers);
  }

  /** A duplicate that is there even in the private copy was visible from the start. */
  private static Message genuine(Message first, Message second) {
    boolean duplicate = first.sqlState().equals(Conflicts.UNIQUE_VIOLATION);
    return duplicate && second.sqlState().equals(Conflicts.UNIQUE_VIOLATION) ? first : second;
  }

  /**
   * Ends a doomed transaction. Of another one, makes the rows that it locked count as changed: in
   * DSQL a committed FOR UPDATE is a conflict for every transaction with an older snapshot.
   */
  private Message commitConflict() throws IOException {
    Message lost = Replies.error(Rejection.CONFLICT);
    if (transaction.isDoomed()) {
      InternalStatements.ROLLBACK.run(backend);
      return lost;
    }
    if (transaction.lockedRelations().isEmpty()) {
      return null;
    }
    Message failure = InternalStatements.TOUCH.run(backend, arrayOf(transaction.lockedRelations()));
    if (!failure.isError()) {
      return null;
    }
    backend.queue(Requests.SYNC).await("Z", ignored -> {});
    InternalStatements.ROLLBACK.run(backend);
    return Conflicts.isConcurrency(failure) ? lost : failure;
  }

  /** Object identifiers as the text of a PostgreSQL array. */
  private static String arrayOf(Set<Integer> identifiers) {
    return identifiers.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
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
    boolean suspended = maxRows > 0 && end.string(0).startsWith("SELECT");
    client.send(suspended ? Replies.commandComplete("SELECT " + rows) : end);
    if (!suspended) {
      ahead.remove(portal);
    }
  }
}
