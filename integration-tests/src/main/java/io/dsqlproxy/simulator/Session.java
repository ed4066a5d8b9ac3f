package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.Judgement.Effect;
import java.io.EOFException;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;

/**
 * One client's session after the login. Every request goes to PostgreSQL and is answered before the
 * next is looked at, so that a statement can be judged between Parse and Execute. A simple query
 * runs as a pipeline of extended queries with one Sync, which has the same implicit transaction.
 * Confined to its thread, but for what others do in between requests ({@link Turn}).
 */
final class Session {

  private final ClientLink client;
  private final BackendLink backend;
  private final StatementLog log;
  private final TransactionState transaction = new TransactionState();
  private final Execution execution;
  private final AsyncExecution asyncExecution;
  private final SessionFaults faults;
  private final Statements statements;
  private final Failures failures;
  private final Cluster cluster;
  private final Neighbours neighbours;
  private final Instant end;
  private final TransactionGuard guard;
  private final Definitions definitions;
  private final Turn turn = new Turn();
  private boolean atRest = true;

  Session(
      ClientLink client,
      BackendLink backend,
      StatementJudge judge,
      StatementLog log,
      Cluster cluster,
      Jobs jobs,
      FaultPoint faultPoint) {
    this.client = client;
    this.backend = backend;
    this.log = log;
    this.cluster = cluster;
    this.neighbours = cluster.neighbours();
    this.end = cluster.clock().instant().plus(cluster.limits().connectionAge());
    this.guard =
        new TransactionGuard(cluster.clock(), cluster.limits().transactionAge(), cluster.catalog());
    this.failures = new Failures(client, backend, transaction, guard, log);
    this.execution =
        new Execution(this, client, backend, transaction, neighbours, cluster.commitLog());
    this.asyncExecution = new AsyncExecution(client, backend, jobs);
    this.statements = new Statements(client, backend, judge, execution, asyncExecution, failures);
    this.faults = new SessionFaults(faultPoint, client, backend, transaction, execution, this::run);
    this.definitions =
        new Definitions(this, this::runStatement, backend, transaction, guard, neighbours);
  }

  void run() throws IOException {
    neighbours.add(this);
    try {
      Message request = next();
      while (request.type() != 'X' && !(atRest && isOld())) {
        turn.take();
        atRest = false;
        if (!failures.isSkipping() || request.type() == 'S') {
          serve(request);
        }
        if (atRest) {
          turn.end();
        }
        request = next();
      }
    } catch (EOFException expected) {
      // The client, or PostgreSQL after a FATAL error, has gone away.
      client.flush();
    } finally {
      neighbours.remove(this);
      turn.take();
    }
  }

  /** Another session needs rows of these relations (of any, if none is named). */
  void makeWay(Set<Integer> relations) {
    turn.inBetween(
        () -> {
          if (transaction.standsInTheWay(relations) && !guard.isDisplaced()) {
            execution.makeWay();
          }
        });
  }

  /** Another session changes the schema and may need what this one's open transaction locks. */
  void giveWayToDefinition() {
    turn.inBetween(definitions::giveWay);
  }

  /** Ends the connection without a word if it is older than a connection may be. */
  void endIfOld() {
    if (!cluster.clock().instant().isBefore(end)) {
      turn.inBetween(
          () -> {
            if (isOld()) {
              client.cut();
            }
          });
    }
  }

  /** A transaction that was begun in time may go on to its own limit. */
  private boolean isOld() {
    return !transaction.isOpen() && !cluster.clock().instant().isBefore(end);
  }

  private Message next() throws IOException {
    Message request = client.read();
    faults.received(request);
    return request;
  }

  private void serve(Message request) throws IOException {
    switch (request.type()) {
      case 'Q' -> simpleQuery(request.string(0));
      case 'P' -> {
        log.received(request.string(1));
        statements.parse(
            request.string(0), request.string(1), Requests.parameterTypes(request), true);
      }
      case 'B' -> statements.bind(request, true);
      case 'D' -> statements.describe(request, true);
      case 'E' -> execute(request);
      case 'C' -> statements.close(request);
      case 'H' -> client.flush();
      case 'S' -> sync();
      case 'd', 'c', 'f' -> {
        // The rest of a COPY that has already failed.
      }
      case 'F' -> failures.refuse("", Rejection.notSupported("function calls are not supported"));
      default -> {
        client.send(Replies.fatal("08P01", "invalid frontend message type", null));
        client.flush();
        throw new ProtocolViolation("invalid frontend message type " + (int) request.type());
      }
    }
  }

  private void simpleQuery(String text) throws IOException {
    log.received(text);
    var parts = SqlText.split(text);
    if (parts.isEmpty()) {
      client.send(Replies.EMPTY_QUERY);
    }
    for (String part : parts) {
      if (!failures.isSkipping()) {
        statements.parse("", part, new byte[2], false);
      }
      if (!failures.isSkipping()) {
        statements.bind(Requests.bind("", ""), false);
      }
      if (!failures.isSkipping()) {
        statements.describe(Requests.describePortal(""), false);
      }
      if (!failures.isSkipping()) {
        execute(Requests.execute(""));
      }
    }
    statements.forgetUnnamed();
    sync();
  }

  private void execute(Message request) throws IOException {
    Portal portal = statements.portal(request.string(0));
    Judgement judgement = portal.parsed().judgement();
    Rejection objection = transaction.objection(judgement);
    if (objection != null) {
      failures.refuse(portal.parsed().sql(), objection);
      return;
    }
    Effect effect = judgement.effect();
    Rejection overdue = transaction.isFailed() ? null : guard.objection(judgement);
    if (overdue != null) {
      if (effect == Effect.COMMIT) {
        failures.abortAtCommit(overdue);
      } else {
        failures.abort(overdue);
      }
      return;
    }
    if (effect == Effect.ALLOW_SYNC_INDEX || effect == Effect.FORBID_SYNC_INDEX) {
      statements.allowSyncIndex(effect == Effect.ALLOW_SYNC_INDEX);
      client.send(Replies.commandComplete("SET"));
      return;
    }
    if (effect == Effect.FORGET_STATEMENTS) {
      statements.forgetAll();
      client.send(Replies.commandComplete("DEALLOCATE ALL"));
      return;
    }
    long before = client.received();
    Message failure = faults.run(portal, request);
    if (failure == null) {
      transaction.ran(judgement);
      guard.ran(judgement, portal.size() + client.received() - before);
    } else {
      failures.report(failure);
    }
  }

  /** Runs the portal and answers the client; returns the error, as answered, if there was one. */
  private Message run(Portal portal, Message request) throws IOException {
    Message failure =
        portal.parsed().judgement().effect() == Effect.DEFINITION
            ? definitions.run(portal, request)
            : runStatement(portal, request);
    return failure == null ? null : failures.translated(failure);
  }

  private Message runStatement(Portal portal, Message request) throws IOException {
    return portal.parsed().work() == null
        ? execution.run(portal, request)
        : asyncExecution.run(portal, request);
  }

  private void sync() throws IOException {
    Message injected = faults.beforeSync(failures.isSkipping());
    if (injected != null) {
      failures.report(injected);
    }
    Rejection objection = failures.isSkipping() ? null : guard.objectionAtSync();
    if (objection != null) {
      failures.abort(objection);
    }
    Message reply = backend.queue(Requests.SYNC).await("Z", client::send);
    injected = faults.afterSync(reply.isError());
    if (injected != null) {
      failures.report(injected);
    }
    if (reply.isError()) {
      failures.fail(reply);
      reply = backend.await("Z", client::send);
    }
    char status = (char) reply.body()[0];
    transaction.ready(status);
    guard.ready(status);
    if (status == 'I') {
      statements.transactionEnded();
      execution.ended(!failures.isSkipping());
      asyncExecution.ended();
    }
    failures.synced();
    client.send(reply);
    client.flush();
    atRest = true;
  }
}
