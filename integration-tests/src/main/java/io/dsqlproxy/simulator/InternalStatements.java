package io.dsqlproxy.simulator;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * The simulator's own statements, prepared once in each backend session: run by name they leave the
 * client's unnamed statement and portal alone, and they work in the middle of a pipeline.
 */
enum InternalStatements {
  BEGIN("BEGIN"),
  BASE("SAVEPOINT dsql_simulator_base"),
  ROLLBACK_TO_BASE("ROLLBACK TO SAVEPOINT dsql_simulator_base"),
  SAVEPOINT("SAVEPOINT dsql_simulator"),
  ROLLBACK_TO("ROLLBACK TO SAVEPOINT dsql_simulator"),
  ROLLBACK("ROLLBACK"),
  FORGET_PLANS("DISCARD PLANS"),
  SHADOW("SELECT sys.simulator_shadow($1::text::oid[])"),
  SHADOW_RELATED("SELECT sys.simulator_shadow(sys.simulator_related($1::text::oid[]))"),
  FOLLOW("SELECT sys.simulator_follow($1::text::oid[])"),
  TOUCHED("SELECT sys.simulator_touched()"),
  EXPORT("SELECT untouched, touched FROM sys.simulator_export($1::text::oid)"),
  IMPORT("SELECT sys.simulator_import($1::text::oid, $2::text::text[], $3::text::text[])"),
  LINK("SELECT sys.simulator_link()"),
  ALIASES("SELECT relation, copy FROM sys.simulator_shadowed()"),
  MATERIALISE("SELECT sys.simulator_materialise()"),
  CLAIMS(
      "SELECT transaction, snapshot, exclusive, shared FROM sys.simulator_claims($1::text::boolean)"),
  OLDEST("SELECT sys.simulator_oldest()"),
  SUBMIT_INDEX("SELECT sys.simulator_submit_index($1, $2, $3, $4::text::boolean)"),
  SUBMIT_VALIDATION("SELECT sys.simulator_submit_validation($1, $2, $3)"),
  KEY_COLUMNS(
      "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
          + " AND a.attnum = ANY (i.indkey) WHERE i.indrelid = to_regclass($1) AND i.indisprimary");

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
    return run(backend, ignored -> {}, parameters);
  }

  /** Runs it with its rows going to the sink; answers the error, or CloseComplete. */
  Message run(BackendLink backend, Consumer<Message> sink, String... parameters)
      throws IOException {
    queue(backend, parameters);
    return backend.await("3", sink);
  }
}
