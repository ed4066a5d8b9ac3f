package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.ScriptPiece;
import io.dsqlproxy.driver.execution.ScriptTransaction;
import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.Lexer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * One execution of a script, or of a batch with transaction control, piece by piece. Each piece is
 * executed by a statement that the application does not see, and passes the gate like any other: it
 * is journaled, its locks are fenced, and the outcome of a COMMIT is that of this COMMIT. Not safe
 * for use by several threads at once except for {@link #cancel()}.
 */
final class Script {

  private final DsqlStatement owner;
  private final ScriptTransaction transaction;
  private final ScriptResults results = new ScriptResults();
  private final List<DsqlStatement> statements = new ArrayList<>();
  private final long timeoutMillis;
  private final long start = System.nanoTime();
  private volatile DsqlStatement running;
  private volatile boolean cancelled;

  /**
   * Nothing is executed yet.
   *
   * @param owner the application's statement
   */
  Script(DsqlStatement owner) throws SQLException {
    DsqlConnection connection = owner.connection();
    this.owner = owner;
    this.timeoutMillis = owner.queryTimeoutMillis();
    this.transaction =
        new ScriptTransaction(
            connection.gate(),
            connection.session(),
            connection.session().isAutoCommit(),
            this::executeHidden);
  }

  // -------------------- executions

  /**
   * One way to execute a piece.
   *
   * @param <T> what it gives
   */
  @FunctionalInterface
  interface Way<T> {

    /** Executes it by a statement that was made for it. */
    T execute(DsqlStatement statement) throws SQLException;
  }

  /** Makes a statement for a piece. */
  @FunctionalInterface
  interface Maker {

    /** Makes it. */
    DsqlStatement make() throws SQLException;
  }

  /** Executes all pieces of a text. */
  @FunctionalInterface
  interface Run {

    /** Executes them. */
    void run(Script script, List<ScriptPiece> pieces) throws SQLException;
  }

  /** Executes pieces, each of which may give anything. */
  void executeAny(List<ScriptPiece> pieces, ReturnedKeys keys) throws SQLException {
    for (int i = 0; i < pieces.size(); i++) {
      ScriptPiece piece = pieces.get(i);
      ReturnedKeys wanted =
          piece.isControl() || i > 0 && isInsert(piece) ? ReturnedKeys.NONE : keys;
      execute(
          piece,
          i == pieces.size() - 1 && !piece.command().severalStatements(),
          () -> owner.statementFor(piece),
          statement -> results.add(statement, statement.executePiece(piece, wanted)));
    }
    end();
  }

  /** Executes pieces that give no rows. That one does is an error after the last, as in pgJDBC. */
  void executeUpdates(List<ScriptPiece> pieces) throws SQLException {
    List<SQLException> unexpected = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      ScriptPiece piece = pieces.get(i);
      execute(
          piece,
          i == pieces.size() - 1 && !piece.command().severalStatements(),
          () -> owner.statementFor(piece),
          statement -> {
            update(statement, piece, unexpected);
            return results.add(statement, false)
                && unexpected.add(DsqlExceptions.rowsNotExpected());
          });
    }
    end();
    if (!unexpected.isEmpty()) {
      throw unexpected.get(0);
    }
  }

  /** pgJDBC lets an INSERT return keys only as the first statement of a text. */
  private static boolean isInsert(ScriptPiece piece) {
    int start = Lexer.startOfFirstToken(piece.sql());
    return Ascii.regionEqualsUpperCase(piece.sql(), start, "INSERT");
  }

  private static void update(
      DsqlStatement statement, ScriptPiece piece, List<SQLException> unexpected)
      throws SQLException {
    try {
      statement.executePieceUpdate(piece);
    } catch (SQLException failure) {
      if (!DsqlExceptions.isUnexpectedResult(failure)) {
        throw failure;
      }
      unexpected.add(failure);
    }
  }

  /**
   * Executes the next piece.
   *
   * @param alone whether it is one statement, and nothing follows it
   */
  <T> T execute(ScriptPiece piece, boolean alone, Maker maker, Way<T> way) throws SQLException {
    List<T> given = new ArrayList<>(1);
    transaction.execute(piece, alone, () -> given.add(way.execute(begin(maker.make()))));
    return given.get(0);
  }

  /** Everything was executed. */
  void end() throws SQLException {
    transaction.end();
  }

  private void executeHidden(String sql) throws SQLException {
    try (DsqlStatement statement = owner.plainStatement()) {
      limit(statement);
      statement.execute(sql);
    }
  }

  private DsqlStatement begin(DsqlStatement statement) throws SQLException {
    statements.add(statement);
    limit(statement);
    if (!transaction.readsInParts()) {
      statement.setFetchSize(0);
    }
    running = statement;
    if (cancelled) {
      owner.connection().failTransaction(statement, DsqlExceptions.cancelledBetweenParts());
    }
    return statement;
  }

  /** The query timeout is for the script as a whole. */
  private void limit(DsqlStatement statement) throws SQLException {
    if (timeoutMillis > 0) {
      long elapsed = (System.nanoTime() - start) / 1_000_000;
      statement.setQueryTimeoutMillis(Math.max(1, timeoutMillis - elapsed));
    }
  }

  /** Stops what is executed, and what follows. Safe for use by other threads. */
  void cancel() throws SQLException {
    DsqlStatement now = running;
    if (now != null) {
      cancelled = true;
      now.cancel();
    }
  }

  /** Nothing is executed any more: there is nothing to cancel. */
  void executed() {
    running = null;
  }

  // -------------------- results

  ScriptResults results() {
    return results;
  }

  /** Closes everything that the pieces have given. */
  void close() throws SQLException {
    SQLException failure = null;
    for (DsqlStatement statement : statements) {
      try {
        statement.close();
      } catch (SQLException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
