package io.dsqlproxy.driver.execution;

import io.dsqlproxy.driver.execution.TransactionCommand.Kind;
import io.dsqlproxy.rewriter.analysis.TransactionModes;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A connection to a server that answers by script, with pgJDBC's view of the protocol's state. It
 * keeps what was sent, in its order. Confined to one thread.
 */
final class FakeServer implements Session {

  /** In the log: the driver has rolled back an open transaction. */
  static final String ROLLED_BACK = "(rolled back)";

  /** In the log: the session goes on with another connection. */
  static final String MOVED = "(moved)";

  /** In the log: a wait for the next execution. */
  static final String WAITED = "(waited)";

  private enum State {
    IDLE,
    OPEN,
    FAILED
  }

  /** What happens when a text is executed. */
  @FunctionalInterface
  interface Answer {

    /** Gives an update count, or fails. */
    int give() throws SQLException;
  }

  private final List<String> log = new ArrayList<>();
  private final Map<String, Deque<Answer>> script = new HashMap<>();
  private boolean autocommit = true;
  private State state = State.IDLE;
  private boolean closed;
  private boolean old;
  private final ReconnectMode reconnect;
  private SQLException immovable;
  private String stays;
  private final Deque<SQLException> lossesAtRollback = new ArrayDeque<>();
  private final List<String> ends = new ArrayList<>();
  private SQLException whyFailed;

  /** Those of every transaction, until one was begun with others. */
  private List<TransactionModes.Kind> modes = List.of(TransactionModes.Kind.REPEATABLE_READ);

  FakeServer(ReconnectMode reconnect) {
    this.reconnect = reconnect;
  }

  // -------------------- the test's side

  /** The next attempts to move fail; null lets them succeed. */
  void refuseToMove(SQLException refusal) {
    immovable = refusal;
  }

  /** The connection is lost at the next rollback of the driver's. */
  void loseAtRollback(SQLException loss) {
    lossesAtRollback.add(loss);
  }

  /** The connection is older than it should be. */
  void growOld() {
    old = true;
  }

  /** What the session was told of the ends of its transactions, in their order. */
  List<String> ends() {
    return ends;
  }

  /** Why the session stays with its connection; null if it does not. */
  String stays() {
    return stays;
  }

  void setAutocommit(boolean autocommit) {
    this.autocommit = autocommit;
  }

  /** The next executions of a text have these answers; later ones give an update count of 1. */
  void script(String sql, Answer... answers) {
    script.computeIfAbsent(sql, text -> new ArrayDeque<>()).addAll(List.of(answers));
  }

  static Answer count(int count) {
    return () -> count;
  }

  /** The server's error. */
  static Answer failure(SQLException failure) {
    return () -> {
      throw failure;
    };
  }

  static SQLException conflict() {
    return new SQLException("change conflicts", Conflict.SQLSTATE);
  }

  void log(String event) {
    log.add(event);
  }

  /** What has happened since the last call. */
  List<String> takeLog() {
    List<String> taken = List.copyOf(log);
    log.clear();
    return taken;
  }

  List<String> log() {
    return log;
  }

  void close() {
    closed = true;
  }

  /** Something outside of the driver's sight has ended the transaction. */
  void endUnseen() {
    state = State.IDLE;
  }

  // -------------------- the server's side

  int execute(String sql) throws SQLException {
    if (closed) {
      throw new SQLException("This connection has been closed.", "08003");
    }
    log.add(sql);
    Kind kind = TransactionCommand.of(sql).kind();
    if (state == State.IDLE && (!autocommit || kind == Kind.BEGIN)) {
      state = State.OPEN;
    }
    boolean end = kind == Kind.COMMIT || kind == Kind.ROLLBACK;
    if (state == State.FAILED && !end) {
      throw new SQLException("current transaction is aborted", "25P02", whyFailed);
    }
    Deque<Answer> answers = script.get(sql);
    int count = 1;
    try {
      if (answers != null && !answers.isEmpty()) {
        count = answers.remove().give();
      }
    } catch (SQLException failure) {
      failed(end, failure);
      throw failure;
    }
    if (end) {
      state = State.IDLE;
    }
    return count;
  }

  /**
   * A connection that is lost tells nobody about its transaction, and class 02 is pgJDBC's own word
   * about a statement that the server had nothing against. What failed first is, as pgJDBC has it,
   * the cause of what the server refuses afterwards.
   */
  private void failed(boolean end, SQLException failure) {
    if (failure.getSQLState().matches("08...|57P..")) {
      closed = true;
    } else if (failure.getSQLState().startsWith("02")) {
      return;
    } else if (end) {
      state = State.IDLE;
    } else if (state == State.OPEN) {
      state = State.FAILED;
      whyFailed = failure;
    }
  }

  // -------------------- Session

  @Override
  public boolean inTransaction() throws SQLException {
    if (closed && !isLost()) {
      throw new SQLException("This connection has been closed.", "08003");
    }
    return !autocommit || isTransactionOpen();
  }

  @Override
  public boolean isTransactionOpen() {
    return state != State.IDLE;
  }

  @Override
  public boolean isTransactionFailed() {
    return state == State.FAILED;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public PreparedStatement prepare(String sql) {
    throw new UnsupportedOperationException(sql);
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public boolean has(List<TransactionModes.Kind> modes) {
    return this.modes.containsAll(modes);
  }

  @Override
  public void begin(List<TransactionModes.Kind> modes) throws SQLException {
    rollBack();
    log.add("begin " + modes);
    this.modes = modes;
    state = State.OPEN;
  }

  @Override
  public void rollBack() throws SQLException {
    if (isTransactionOpen() && !lossesAtRollback.isEmpty()) {
      closed = true;
      throw lossesAtRollback.remove();
    }
    if (isTransactionOpen()) {
      log.add(ROLLED_BACK);
      state = State.IDLE;
    }
  }

  @Override
  public ReconnectMode reconnect() {
    return reconnect;
  }

  @Override
  public boolean isLost() {
    return closed && reconnect != ReconnectMode.NEVER;
  }

  @Override
  public boolean isOld() {
    return old;
  }

  @Override
  public void move() throws SQLException {
    if (immovable != null) {
      throw immovable;
    }
    log.add(MOVED);
    closed = false;
    old = false;
    state = State.IDLE;
  }

  @Override
  public void leaveOld() {
    log.add(MOVED);
    old = false;
  }

  @Override
  public void noteParameters() {}

  @Override
  public void closeLeft() {}

  @Override
  public void forgetTransaction(boolean maybeCommitted) {
    state = State.IDLE;
    ends.add(maybeCommitted ? "?" : "lost");
  }

  @Override
  public void executed(String sql, Kind end) {
    if (end != Kind.NONE && end != Kind.BEGIN) {
      ends.add(end.name());
    }
  }

  @Override
  public void stay(String reason) {
    stays = reason;
  }
}
