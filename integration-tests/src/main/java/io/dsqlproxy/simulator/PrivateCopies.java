package io.dsqlproxy.simulator;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a transaction's work between the tables and private copies of them. A copy is a temporary
 * table of the same name, filled from the transaction's own snapshot, so that it sees what it would
 * see anyway and holds no lock that could stop another session. Confined to the thread that holds
 * the session's turn.
 */
final class PrivateCopies {

  private static final Logger LOG = LoggerFactory.getLogger(PrivateCopies.class);

  private final BackendLink backend;
  private final TransactionState transaction;

  /** The relation behind each private copy that this session ever had. */
  private final Map<Integer, Integer> originals = new HashMap<>();

  PrivateCopies(BackendLink backend, TransactionState transaction) {
    this.backend = backend;
    this.transaction = transaction;
  }

  /** Goes back to before the failed statement; answers the error, or null. */
  Message undoStatement() throws IOException {
    sync();
    return errorOf(InternalStatements.ROLLBACK_TO.run(backend));
  }

  /** From now on these relations are private copies; answers the error, or null. */
  Message divert(Set<Integer> relations) throws IOException {
    Message failure = errorOf(InternalStatements.SHADOW.run(backend, arrayOf(relations)));
    return failure != null ? failure : useCopies();
  }

  /**
   * Gives up all row locks: what the transaction has done is carried over to private copies, and
   * comes back to the tables at COMMIT. Does nothing if that cannot be done exactly.
   */
  void makeWay() throws IOException {
    if (transaction.isFailed()) {
      InternalStatements.ROLLBACK_TO_BASE.run(backend);
      fail();
      sync();
      return;
    }
    Map<Integer, List<String>> contents = new TreeMap<>();
    for (int relation : transaction.touchedRelations()) {
      List<String> content = content(relation);
      if (content.contains(null)) {
        return;
      }
      contents.put(relation, content);
    }
    Message failure = errorOf(InternalStatements.ROLLBACK_TO_BASE.run(backend));
    for (Map.Entry<Integer, List<String>> entry : contents.entrySet()) {
      if (failure == null) {
        failure =
            errorOf(
                InternalStatements.IMPORT.run(
                    backend,
                    entry.getKey().toString(),
                    entry.getValue().get(0),
                    entry.getValue().get(1)));
      }
    }
    if (failure == null) {
      failure = useCopies();
    }
    if (failure != null) {
      LOG.error("A transaction could not be carried over: {}", failure.fields());
    }
    sync();
    transaction.madeWay();
  }

  /** Brings the private copies back into the tables; answers the error, or null. */
  Message materialise() throws IOException {
    InternalStatements.SAVEPOINT.queue(backend);
    backend.await("3", ignored -> {});
    return errorOf(InternalStatements.MATERIALISE.run(backend));
  }

  /** Makes the rows that were locked count as changed; answers the error, or null. */
  Message touchLockedRows() throws IOException {
    return errorOf(InternalStatements.TOUCH.run(backend, arrayOf(transaction.lockedRelations())));
  }

  /** The relations themselves, where private copies of them are named. */
  Set<Integer> originals(Set<Integer> relations) {
    return relations.stream()
        .map(relation -> originals.getOrDefault(relation, relation))
        .collect(Collectors.toSet());
  }

  /** Lets statements that were prepared before see the copies, and learns their identifiers. */
  private Message useCopies() throws IOException {
    Message end =
        InternalStatements.ALIASES.run(
            backend,
            message -> {
              if (message.type() == 'D') {
                List<String> alias = message.values();
                originals.put(Integer.valueOf(alias.get(1)), Integer.valueOf(alias.get(0)));
              }
            });
    return end.isError() ? end : errorOf(InternalStatements.FORGET_PLANS.run(backend));
  }

  void sync() throws IOException {
    backend.queue(Requests.SYNC).await("Z", ignored -> {});
  }

  private List<String> content(int relation) throws IOException {
    List<String> content = new ArrayList<>();
    Message end =
        InternalStatements.EXPORT.run(
            backend,
            message -> {
              if (message.type() == 'D') {
                content.addAll(message.values());
              }
            },
            Integer.toString(relation));
    if (end.isError()) {
      throw new IllegalStateException("cannot export " + relation + ": " + end.fields());
    }
    return content;
  }

  /** Lets PostgreSQL fail, so that its transaction is in the same state as the client's. */
  void fail() throws IOException {
    backend
        .queue(Requests.parse("_dsql_simulator_failed", "failed by the simulator"))
        .await("1", ignored -> {});
  }

  private static Message errorOf(Message end) {
    return end.isError() ? end : null;
  }

  /** Object identifiers as the text of a PostgreSQL array. */
  private static String arrayOf(Set<Integer> identifiers) {
    return identifiers.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
  }
}
