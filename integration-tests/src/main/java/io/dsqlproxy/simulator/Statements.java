package io.dsqlproxy.simulator;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The statements and portals that a client has prepared, under the names that it gave them; each
 * exists in PostgreSQL under the same name. A statement that DSQL does not have is refused here,
 * when it is parsed. Confined to the thread that holds the session's turn.
 */
final class Statements {

  private final ClientLink client;
  private final BackendLink backend;
  private final StatementJudge judge;
  private final Execution execution;
  private final AsyncExecution asyncExecution;
  private final Failures failures;
  private final Map<String, Parsed> statements = new HashMap<>();
  private final Map<String, Portal> portals = new HashMap<>();
  private boolean syncIndexAllowed;

  Statements(
      ClientLink client,
      BackendLink backend,
      StatementJudge judge,
      Execution execution,
      AsyncExecution asyncExecution,
      Failures failures) {
    this.client = client;
    this.backend = backend;
    this.judge = judge;
    this.execution = execution;
    this.asyncExecution = asyncExecution;
    this.failures = failures;
  }

  /** The portal with this name, or one that stands for none. */
  Portal portal(String name) {
    return portals.getOrDefault(name, Portal.UNKNOWN);
  }

  /** Whether statements parsed from now on may create an index that is not asynchronous. */
  void allowSyncIndex(boolean allowed) {
    syncIndexAllowed = allowed;
  }

  void parse(String name, String sql, byte[] types, boolean answer) throws IOException {
    String text = SqlText.withoutAsync(sql);
    asyncExecution.before(sql);
    backend.takeParseTree();
    Message reply = backend.queue(Requests.parse(name, text, types)).await("1", client::send);
    String tree = backend.takeParseTree();
    if (reply.isError()) {
      failures.failOutOfDate(reply);
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
        backend.queue(Requests.closeStatement(name));
        failures.refuse(sql, rejection);
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

  void bind(Message request, boolean answer) throws IOException {
    Parsed parsed = statements.getOrDefault(request.string(1), Parsed.UNKNOWN);
    asyncExecution.before(parsed.sql());
    Message reply = backend.queue(request).await("2", client::send);
    if (reply.isError()) {
      failures.failOutOfDate(reply);
      return;
    }
    portals.put(request.string(0), new Portal(parsed, request));
    execution.forget(request.string(0));
    if (answer) {
      client.send(reply);
    }
  }

  void describe(Message request, boolean answer) throws IOException {
    Message reply = backend.queue(request).await("Tn", client::send);
    if (reply.isError()) {
      failures.fail(reply);
      return;
    }
    boolean isStatement = request.body()[0] == 'S';
    String name = request.string(0).substring(1);
    Parsed parsed =
        isStatement ? statements.getOrDefault(name, Parsed.UNKNOWN) : portal(name).parsed();
    if (parsed.work() != null) {
      client.send(Replies.oneTextColumn(Jobs.COLUMN));
    } else if (answer || reply.type() == 'T') {
      client.send(reply);
    }
  }

  void close(Message request) throws IOException {
    Message reply = backend.queue(request).await("3", client::send);
    String name = request.string(0).substring(1);
    if (request.body()[0] == 'S') {
      statements.remove(name);
    } else {
      portals.remove(name);
      execution.forget(name);
    }
    if (reply.isError()) {
      failures.fail(reply);
    } else {
      client.send(reply);
    }
  }

  /** Not by PostgreSQL, which would forget the simulator's own statements too. */
  void forgetAll() throws IOException {
    for (String name : statements.keySet()) {
      backend.queue(Requests.closeStatement(name)).await("3", client::send);
    }
    statements.clear();
  }

  /** A simple query leaves no statement without a name. */
  void forgetUnnamed() {
    statements.remove("");
  }

  /** The transaction has ended, and PostgreSQL has closed all portals. */
  void transactionEnded() {
    portals.clear();
  }
}
