package io.dsqlproxy.simulator;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
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

  /**
   * From now on these relations, and perhaps all that foreign keys connect with them, are private
   * copies; answers the error, or null.
   */
  Message divert(Set<Integer> relations, boolean related) throws IOException {
    InternalStatements shadow =
        related ? InternalStatements.SHADOW_RELATED : InternalStatements.SHADOW;
    Message end = untilNotLocked(shadow, new ArrayList<>(), relations);
    return end.isError() ? end : useCopies();
  }

  /**
   * If a foreign key connects one of these relations with a private copy, it becomes one too: what
   * is bound to it has to be bound again.
   */
  Followed follow(Set<Integer> relations) throws IOException {
    List<String> followed = new ArrayList<>();
    Message end = InternalStatements.SAVEPOINT.run(backend);
    end = end.isError() ? end : untilNotLocked(InternalStatements.FOLLOW, followed, relations);
    boolean any = followed.contains("t");
    return new Followed(any, any ? useCopies() : errorOf(end));
  }

  /** The catalog may be locked for a moment; the savepoint is the one before this statement. */
  private Message untilNotLocked(
      InternalStatements statement, List<String> values, Set<Integer> relations)
      throws IOException {
    Message end = statement.run(backend, rows(values), arrayOf(relations));
    for (int i = 1; i < ATTEMPTS && end.isError() && Conflicts.isLocked(end); i++) {
      Message failure = undoStatement();
      end = failure != null ? failure : statement.run(backend, rows(values), arrayOf(relations));
    }
    return end;
  }

  /**
   * What came of following a foreign key.
   *
   * @param any whether there was one, so that what is bound must be bound again
   * @param failure the error; null if there was none
   */
  record Followed(boolean any, Message failure) {}

  /** Puts the row of {@link InternalStatements#CLAIMS} into the list; answers how it ended. */
  Message claims(boolean ending, List<String> row) throws IOException {
    return InternalStatements.CLAIMS.run(backend, rows(row), String.valueOf(ending));
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
    List<String> claims = new ArrayList<>();
    if (!export(contents, claims)) {
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
    transaction.madeWay(Claims.of(claims));
  }

  /** No lock is left, and only ROLLBACK is possible. */
  private void undoAllAndFail() throws IOException {
    // After an error PostgreSQL answers nothing before the next Sync: it must not be asked again.
    if (!InternalStatements.ROLLBACK_TO_BASE.run(backend).isError()) {
      fail();
    }
  }

  /** What is in the tables; false, and nothing has changed, if it cannot be carried over. */
  private boolean export(Map<Integer, List<String>> contents, List<String> claims)
      throws IOException {
    List<String> touched = new ArrayList<>();
    Message end = InternalStatements.SAVEPOINT.run(backend);
    end = end.isError() ? end : claims(false, claims);
    end = end.isError() ? end : InternalStatements.TOUCHED.run(backend, rows(touched));
    for (String relation : touched) {
      List<String> content = new ArrayList<>();
      if (!end.isError()) {
        end = InternalStatements.EXPORT.run(backend, rows(content), relation);
      }
      contents.put(Integer.valueOf(relation), content);
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
    failure = failure != null ? failure : errorOf(InternalStatements.LINK.run(backend));
    return failure != null ? failure : useCopies();
  }

  /** Brings the private copies back into the tables; answers the error, or null. */
  Message materialise() throws IOException {
    Message end = InternalStatements.SAVEPOINT.run(backend);
    return errorOf(end.isError() ? end : InternalStatements.MATERIALISE.run(backend));
  }

  /** The relations themselves, where private copies of them are named. */
  Set<Integer> originals(Set<Integer> relations) {
    return relations.stream()
        .map(relation -> originals.getOrDefault(relation, relation))
        .collect(Collectors.toSet());
  }

  /** Lets statements that were prepared before see the copies, and learns their identifiers. */
  private Message useCopies() throws IOException {
    List<String> aliases = new ArrayList<>();
    Message end = InternalStatements.ALIASES.run(backend, rows(aliases));
    for (int i = 0; i < aliases.size(); i += 2) {
      originals.put(Integer.valueOf(aliases.get(i + 1)), Integer.valueOf(aliases.get(i)));
    }
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

  /** Takes the values of all rows. */
  private static Consumer<Message> rows(List<String> values) {
    return message -> {
      if (message.type() == 'D') {
        values.addAll(message.values());
      }
    };
  }

  private static Message errorOf(Message end) {
    return end.isError() ? end : null;
  }

  /** Object identifiers as the text of a PostgreSQL array. */
  private static String arrayOf(Set<Integer> identifiers) {
    return identifiers.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
  }
}
