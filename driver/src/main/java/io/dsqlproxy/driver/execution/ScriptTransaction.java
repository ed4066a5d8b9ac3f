package io.dsqlproxy.driver.execution;

import java.sql.SQLException;

/**
 * The transactions of one {@linkplain TransactionCommand#isScript script} or batch that is executed
 * piece by piece, as PostgreSQL has them when it is sent as a whole.
 *
 * <p>Outside of a transaction block PostgreSQL takes everything that is sent at once for one
 * implicit transaction. BEGIN makes a block of it, COMMIT and ROLLBACK end it, a failure undoes it,
 * savepoints are not possible in it, and at the end it is committed. Here a transaction that the
 * application does not see stands for the implicit one, so that what is known of it (the journal,
 * the fences, the outcome of its COMMIT) is known as of any other transaction. Confined to the
 * thread that executes.
 */
public final class ScriptTransaction {

  private final ExecutionGate gate;
  private final Session session;
  private final Executor hidden;
  private final boolean autocommit;
  private boolean first = true;

  /** Whether PostgreSQL sees a transaction block. */
  private boolean block;

  /** Whether pgJDBC would read results through cursors. */
  private final boolean cursors;

  /** Whether a transaction stands for the implicit one. */
  private boolean implicit;

  /** Executes a statement that the application does not see. */
  @FunctionalInterface
  public interface Executor {

    /** Executes it, through the gate. */
    void execute(String sql) throws SQLException;
  }

  /** The execution of one piece, through the gate. */
  @FunctionalInterface
  public interface Work {

    /** Executes it. */
    void run() throws SQLException;
  }

  /**
   * Nothing was executed yet.
   *
   * @param autocommit whether the connection commits by itself
   */
  public ScriptTransaction(
      ExecutionGate gate, Session session, boolean autocommit, Executor hidden) {
    this.gate = gate;
    this.session = session;
    this.autocommit = autocommit;
    this.hidden = hidden;
    this.block = !autocommit || isOpen();
    this.cursors = block;
  }

  /**
   * Whether results may be read in parts, as the fetch size says. pgJDBC decides that before it
   * sends the first piece; a transaction that the application does not see makes no difference.
   */
  public boolean readsInParts() {
    return cursors;
  }

  /**
   * Executes the next piece. After a failure nothing more can be executed.
   *
   * @param alone whether it is one statement, and nothing follows: then it is a transaction by
   *     itself where none is open
   */
  public void execute(ScriptPiece piece, boolean alone, Work work) throws SQLException {
    try {
      prepare(piece, alone);
      work.run();
      executed(piece);
    } catch (SQLException | RuntimeException | Error failure) {
      undo(failure);
      throw failure;
    }
  }

  /** Everything was executed. */
  public void end() throws SQLException {
    if (implicit) {
      try {
        hidden.execute("COMMIT");
      } catch (SQLException | RuntimeException | Error failure) {
        undo(failure);
        throw failure;
      }
    }
  }

  private boolean isOpen() {
    return session.isTransactionOpen() || gate.isTransactionLost();
  }

  private void executed(ScriptPiece piece) {
    first = false;
    switch (piece.command().kind()) {
      case BEGIN -> begun(true);
      case COMMIT, ROLLBACK -> begun(false);
      case UNCLEAR -> begun(isOpen());
      default -> {
        // It changes nothing.
      }
    }
  }

  private void begun(boolean blockNow) {
    block = blockNow;
    implicit = false;
  }

  private void prepare(ScriptPiece piece, boolean alone) throws SQLException {
    if (block) {
      return;
    }
    switch (piece.command().kind()) {
      case NONE, SET_TRANSACTION -> {
        if (!implicit && !(autocommit && alone)) {
          beginImplicitly();
        }
      }
      case SAVEPOINT -> failWithoutBlock("SAVEPOINT");
      case RELEASE -> failWithoutBlock("RELEASE SAVEPOINT");
      case ROLLBACK_TO -> failWithoutBlock("ROLLBACK TO SAVEPOINT");
      case UNCLEAR -> {
        if (piece.chains()) {
          failWithoutBlock("AND CHAIN");
        }
      }
      default -> {
        // BEGIN makes a block of the implicit transaction, COMMIT and ROLLBACK end it.
      }
    }
  }

  /** With autocommit off pgJDBC begins the transaction, whatever comes. */
  private void beginImplicitly() throws SQLException {
    if (autocommit) {
      hidden.execute("BEGIN");
    }
    implicit = true;
  }

  /** In autocommit the server answers the first statement itself. */
  private void failWithoutBlock(String command) throws SQLException {
    if (!first) {
      throw DsqlExceptions.onlyInTransaction(command);
    }
  }

  private void undo(Throwable failure) {
    if (!implicit || !isOpen()) {
      return;
    }
    implicit = false;
    try {
      hidden.execute("ROLLBACK");
    } catch (SQLException atRollback) {
      failure.addSuppressed(atRollback);
    }
  }
}
