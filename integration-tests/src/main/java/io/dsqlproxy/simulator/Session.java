package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.Judgement.Effect;
import java.io.EOFException;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's session after the login. Every request goes to PostgreSQL and is answered before the
 * next is looked at, so that a statement can be judged between Parse and Execute. A simple query
 * runs as a pipeline of extended queries with one Sync, which has the same implicit transaction.
 * Confined to its thread.
 */
final class Session {

  /** A statement that PostgreSQL has parsed. */
  record Parsed(String sql, Judgement judgement, AsyncWork work) {}

  /** A bound statement; the request is kept because a conflict makes it necessary to bind again. */
  record Portal(Parsed parsed, Message bind) {

    /** How much the client sent: the longer of the text and the parameters. */
    int size() {
      return Math.max(parsed.sql().length(), bind == null ? 0 : bind.body().length);
    }
  }

  /** Something that is done with a session from outside. */
  private interface Step {
    void run() throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final long PATIENCE_MILLIS = 30;
  private static final String REFUSED = "_dsql_simulator_refused";
  private static final Parsed UNKNOWN = new Parsed("", Judgement.EMPTY, null);

  private final ClientLink client;
  private final BackendLink backend;
  private final StatementJudge judge;
  private final StatementLog log;
  private final TransactionState transaction = new TransactionState();
  private final Execution execution;
  private final AsyncExecution asyncExecution;
  private final SessionFaults faults;
  private final Map<String, Parsed> statements = new HashMap<>();
  private final Map<String, Portal> portals = new HashMap<>();
  private final Cluster cluster;
  private final Neighbours neighbours;
  private final Instant end;
  private final TransactionGuard guard;
  private final Definitions definitions;
  private final ReentrantLock turn = new ReentrantLock();
  private boolean skipping;
  private boolean atRest = true;
  private boolean syncIndexAllowed;

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
    this.judge = judge;
    this.log = log;
    this.cluster = cluster;
    this.neighbours = cluster.neighbours();
    this.end = cluster.clock().instant().plus(cluster.limits().connectionAge());
    this.guard =
        new TransactionGuard(cluster.clock(), cluster.limits().transactionAge(), cluster.catalog());
    this.execution =
        new Execution(this, client, backend, transaction, neighbours, cluster.commitLog());
    this.asyncExecution = new AsyncExecution(client, backend, jobs);
    this.faults = new SessionFaults(faultPoint, client, backend, transaction, execution, this::run);
    this.definitions =
        new Definitions(this, this::runStatement, backend, transaction, guard, neighbours);
  }

  void run() throws IOException {
    neighbours.add(this);
    try {
      Message request = next();
      while (request.type() != 'X' && !(atRest && isOld())) {
        if (!turn.isHeldByCurrentThread()) {
          turn.lock();
        }
        atRest = false;
        if (!skipping || request.type() == 'S') {
          serve(request);
        }
        if (atRest) {
          turn.unlock();
        }
        request = next();
      }
    } catch (EOFException expected) {
      // The client, or PostgreSQL after a FATAL error, has gone away.
      client.flush();
    } finally {
      neighbours.remove(this);
      if (!turn.isHeldByCurrentThread()) {
        turn.lock();
      }
    }
  }

  /**
   * Another session needs rows of these relations (of any, if none is named). Does nothing if this
   * session is busy for longer than a moment: two that need each other must not wait.
   */
  void makeWay(Set<Integer> relations) {
    inBetween(
        () -> {
          if (transaction.standsInTheWay(relations) && !guard.isDisplaced()) {
            execution.makeWay();
          }
        });
  }

  /** Another session changes the schema and may need what this one's open transaction locks. */
  void giveWayToDefinition() {
    inBetween(definitions::giveWay);
  }

  /** Ends the connection without a word if it is older than a connection may be. */
  void endIfOld() {
    if (!cluster.clock().instant().isBefore(end)) {
      inBetween(
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

  /** Does that in another session's thread, between two requests, if they are not too long. */
  private void inBetween(Step step) {
    try {
      if (!turn.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
      try {
        step.run();
      } finally {
        turn.unlock();
      }
    } catch (IOException | ProtocolViolation e) {
      LOG.debug("A session ended while another one used it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
        parse(request.string(0), request.string(1), Requests.parameterTypes(request), true);
      }
      case 'B' -> bind(request, true);
      case 'D' -> describe(request, true);
      case 'E' -> execute(request);
      case 'C' -> close(request);
      case 'H' -> client.flush();
      case 'S' -> sync();
      case 'd', 'c', 'f' -> {
        // The rest of a COPY that has already failed.
      }
      case 'F' -> refuse("", Rejection.notSupported("function calls are not supported"), null);
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
      if (!skipping) {
        parse("", part, new byte[2], false);
      }
      if (!skipping) {
        bind(Requests.bind("", ""), false);
      }
      if (!skipping) {
        describe(Requests.describePortal(""), false);
      }
      if (!skipping) {
        execute(Requests.execute(""));
      }
    }
    statements.remove("");
    sync();
  }

  private void parse(String name, String sql, byte[] types, boolean answer) throws IOException {
    String text = SqlText.withoutAsync(sql);
    asyncExecution.before(sql);
    backend.takeParseTree();
    Message reply = backend.queue(Requests.parse(name, text, types)).await("1", client::send);
    String tree = backend.takeParseTree();
    if (reply.isError()) {
      failOutOfDate(reply);
      return;
    }
    ParseNode query = tree == null ? null : ParseTreeReader.read(tree);
    Judgement judgement = Judgement.EMPTY;
    AsyncWork work = null;
    if (query != null) {
      judgement = judge.judge(query, sql, syncIndexAllowed);
      Rejection rejection = judgement.rejection();
      rejection = rejection == null ? CatalogRules.rejection(query, backend) : rejection;
      if (rejection != null) {
        refuse(sql, rejection, name);
        return;
      }
      work = SqlText.isAsync(sql) ? AsyncWork.of(query.node("utilityStmt"), sql) : null;
    }
    if (judgement.skipsLocked()) {
      backend
          .queue(Requests.closeStatement(name))
          .queue(Requests.parse(name, SqlText.withoutSkipLocked(text), types))
          .await("1", ignored -> {});
    }
    statements.put(name, new Parsed(sql, execution.withOriginals(judgement), work));
    if (answer) {
      client.send(reply);
    }
  }

  private void bind(Message request, boolean answer) throws IOException {
    Parsed parsed = statements.getOrDefault(request.string(1), UNKNOWN);
    asyncExecution.before(parsed.sql());
    Message reply = backend.queue(request).await("2", client::send);
    if (reply.isError()) {
      failOutOfDate(reply);
      return;
    }
    portals.put(request.string(0), new Portal(parsed, request));
    execution.forget(request.string(0));
    if (answer) {
      client.send(reply);
    }
  }

  private void describe(Message request, boolean answer) throws IOException {
    Message reply = backend.queue(request).await("Tn", client::send);
    if (reply.isError()) {
      fail(reply);
      return;
    }
    boolean isStatement = request.body()[0] == 'S';
    String name = request.string(0).substring(1);
    Portal portal = portals.get(name);
    Parsed parsed =
        isStatement
            ? statements.getOrDefault(name, UNKNOWN)
            : portal == null ? UNKNOWN : portal.parsed();
    if (parsed.work() != null) {
      client.send(Replies.oneTextColumn(Jobs.COLUMN));
    } else if (answer || reply.type() == 'T') {
      client.send(reply);
    }
  }

  private void execute(Message request) throws IOException {
    Portal portal = portals.getOrDefault(request.string(0), new Portal(UNKNOWN, null));
    Judgement judgement = portal.parsed().judgement();
    Rejection objection = transaction.objection(judgement);
    if (objection != null) {
      refuse(portal.parsed().sql(), objection, null);
      return;
    }
    Effect effect = judgement.effect();
    Rejection overdue = transaction.isFailed() ? null : guard.objection(judgement);
    if (overdue != null) {
      abort(overdue, effect == Effect.COMMIT);
      return;
    }
    if (effect == Effect.ALLOW_SYNC_INDEX || effect == Effect.FORBID_SYNC_INDEX) {
      syncIndexAllowed = effect == Effect.ALLOW_SYNC_INDEX;
      client.send(Replies.commandComplete("SET"));
      return;
    }
    if (effect == Effect.FORGET_STATEMENTS) {
      forgetStatements();
      return;
    }
    long before = client.received();
    Message failure = faults.run(portal, request);
    if (failure == null) {
      transaction.ran(judgement);
      guard.ran(judgement, portal.size() + client.received() - before);
    } else {
      report(failure);
    }
  }

  /** Runs the portal and answers the client; returns the error, as answered, if there was one. */
  private Message run(Portal portal, Message request) throws IOException {
    Message failure =
        portal.parsed().judgement().effect() == Effect.DEFINITION
            ? definitions.run(portal, request)
            : runStatement(portal, request);
    return failure == null ? null : translated(failure);
  }

  private Message runStatement(Portal portal, Message request) throws IOException {
    return portal.parsed().work() == null
        ? execution.run(portal, request)
        : asyncExecution.run(portal, request);
  }

  /** Not by PostgreSQL, which would forget the simulator's own statements too. */
  private void forgetStatements() throws IOException {
    for (String name : statements.keySet()) {
      backend.queue(Requests.closeStatement(name)).await("3", client::send);
    }
    statements.clear();
    client.send(Replies.commandComplete("DEALLOCATE ALL"));
  }

  private void close(Message request) throws IOException {
    Message reply = backend.queue(request).await("3", client::send);
    String name = request.string(0).substring(1);
    if (request.body()[0] == 'S') {
      statements.remove(name);
    } else {
      portals.remove(name);
      execution.forget(name);
    }
    if (reply.isError()) {
      fail(reply);
    } else {
      client.send(reply);
    }
  }

  private void sync() throws IOException {
    Message injected = faults.beforeSync(skipping);
    if (injected != null) {
      report(injected);
    }
    Rejection objection = skipping ? null : guard.objectionAtSync();
    if (objection != null) {
      abort(objection, false);
    }
    Message reply = backend.queue(Requests.SYNC).await("Z", client::send);
    injected = faults.afterSync(reply.isError());
    if (injected != null) {
      report(injected);
    }
    if (reply.isError()) {
      fail(reply);
      reply = backend.await("Z", client::send);
    }
    char status = (char) reply.body()[0];
    transaction.ready(status);
    guard.ready(status);
    if (status == 'I') {
      portals.clear();
      execution.ended(!skipping);
      asyncExecution.ended();
    }
    skipping = false;
    client.send(reply);
    client.flush();
    atRest = true;
  }

  /** Answers an error; as in PostgreSQL, everything up to the next Sync is skipped. */
  private void fail(Message error) {
    report(translated(error));
  }

  /** PostgreSQL's error as the service would put it. */
  private Message translated(Message error) {
    boolean lost = transaction.isDoomed() && !transaction.isFailed() && Conflicts.isAborted(error);
    return lost ? Replies.error(Rejection.CONFLICT) : CatalogRules.asDsql(Conflicts.asDsql(error));
  }

  private void report(Message answer) {
    skipping = true;
    guard.failed();
    if (answer.sqlState().equals(Rejection.CONFLICT.sqlState())) {
      log.conflicted();
    }
    client.send(answer);
  }

  /** What PostgreSQL cannot find any more, in a schema that was changed, DSQL calls a conflict. */
  private void failOutOfDate(Message error) throws IOException {
    boolean outOfDate = !transaction.isFailed() && guard.isOutOfDate();
    fail(outOfDate ? Replies.error(Rejection.SCHEMA_CONFLICT) : error);
  }

  private void refuse(String sql, Rejection rejection, String parsedName) throws IOException {
    if (parsedName != null) {
      backend.queue(Requests.closeStatement(parsedName));
    }
    log.refused(sql, rejection);
    abort(rejection, false);
  }

  /** Brings PostgreSQL's transaction into the state of the client's: failed, or undone. */
  private void abort(Rejection rejection, boolean atCommit) throws IOException {
    if (atCommit) {
      InternalStatements.ROLLBACK.run(backend);
    } else {
      backend.queue(Requests.parse(REFUSED, "refused by the simulator"));
      while (!backend.await("3", ignored -> {}).isError()) {
        backend.takeParseTree();
      }
    }
    fail(Replies.error(rejection));
  }
}
