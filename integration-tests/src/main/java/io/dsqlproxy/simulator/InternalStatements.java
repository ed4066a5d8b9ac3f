package io.dsqlproxy.simulator;

import java.io.IOException;

/**
 * The simulator's own statements, prepared once in each backend session: run by name they leave the
 * client's unnamed statement and portal alone, and they work in the middle of a pipeline.
 */
enum InternalStatements {
  SAVEPOINT("SAVEPOINT dsql_simulator"),
  RELEASE("RELEASE SAVEPOINT dsql_simulator"),
  ROLLBACK_TO("ROLLBACK TO SAVEPOINT dsql_simulator"),
  ROLLBACK("ROLLBACK"),
  FORGET_PLANS("DISCARD PLANS"),
  SHADOW("SELECT sys.simulator_shadow($1::text::oid[])"),
  TOUCH("SELECT sys.simulator_touch($1::text::oid[])");

  private final String sql;
  private final String preparedName = "_dsql_simulator_" + name();

  InternalStatements(String sql) {
    this.sql = sql;
  }

  static void prepare(BackendLink backend) throws IOException {
    for (InternalStatements statement : values()) {
      backend.queue(Requests.parse(statement.preparedName, statement.sql));
    }
    Message answer = backend.queue(Requests.SYNC).await("Z", ignored -> {});
    backend.takeParseTree();
    if (answer.isError()) {
      throw new IllegalStateException(answer.fields().toString());
    }
  }

  /** Queues the run; its answers end with CloseComplete. */
  void queue(BackendLink backend, String... parameters) throws IOException {
    backend
        .queue(Requests.bind(preparedName, preparedName, parameters))
        .queue(Requests.execute(preparedName))
        .queue(Requests.closePortal(preparedName));
  }

  /** Runs it; answers the error, or CloseComplete. */
  Message run(BackendLink backend, String... parameters) throws IOException {
    queue(backend, parameters);
    return backend.await("3", ignored -> {});
  }
}
