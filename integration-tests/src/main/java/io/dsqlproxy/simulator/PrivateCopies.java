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

  private static final int ATTEMPTS = 3;

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
   * comes back to the tables at COMMIT. Does nothing if that cannot be done exactly. If PostgreSQL
   * fails in the middle, the transaction is lost and doomed.
   */
  void makeWay() throws IOException {
    if (transaction.isFailed()) {
      undoAllAndFail();
      sync();
      return;
    }
    Map<Integer, List<String>> contents = new TreeMap<>();
    if (!export(contents)) {
      return;
    }
    Message failure = carryOver(contents);
    for (int i = 1; i < ATTEMPTS && failure != null; i++) {
      failure = carryOver(contents);
    }
    if (failure != null) {
      LOG.warn("A transaction is lost: it could not be carried over: {}", failure.fields());
      sync();
      undoAllAndFail();
      transaction.doom();
    }
    sync();
    transaction.madeWay();
  }

  /** No lock is left, and only ROLLBACK is possible. */
  private void undoAllAndFail() throws IOException {
    // After an error PostgreSQL answers nothing before the next Sync: it must not be asked again.
    if (!InternalStatements.ROLLBACK_TO_BASE.run(backend).isError()) {
      fail();
    }
  }

  /** What is in the tables; false, and nothing has changed, if it cannot be carried over. */
  private boolean export(Map<Integer, List<String>> contents) throws IOException {
    Message end = InternalStatements.SAVEPOINT.run(backend);
    for (int relation : transaction.touchedRelations()) {
      List<String> content = new ArrayList<>();
      if (!end.isError()) {
        end =
            InternalStatements.EXPORT.run(
                backend,
                message -> {
                  if (message.type() == 'D') {
                    content.addAll(message.values());
                  }
                },
                Integer.toString(relation));
      }
      contents.put(relation, content);
    }
    if (end.isError()) {
      LOG.debug("A transaction cannot be carried over: {}", end.fields());
      undoStatement();
    }
    sync();
    return !end.isError() && contents.values().stream().noneMatch(c -> c.contains(null));
  }

  /** Undoes all and puts it into private copies; answers the error, or null. */
  private Message carryOver(Map<Integer, List<String>> contents) throws IOException {
    sync();
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
    return failure != null ? failure : useCopies();
  }

  /** Brings the private copies back into the tables; answers the error, or null. */
  Message materialise() throws IOException {
    Message end = InternalStatements.SAVEPOINT.run(backend);
    return errorOf(end.isError() ? end : InternalStatements.MATERIALISE.run(backend));
  }

  /** Makes the rows that were locked in these count as changed; answers the error, or null. */
  Message touchLockedRows(Set<Integer> relations) throws IOException {
    return errorOf(InternalStatements.TOUCH.run(backend, arrayOf(relations)));
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
