package io.dsqlproxy.driver.execution;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets the session of one gate go on when its connection is lost or old. Whether it is, is not
 * asked of the server: a loss is discovered by the statement that fails. Safe for use by many
 * threads.
 */
final class Reconnection {

  private final Session session;
  private final boolean on;

  /** How many executions there are at this moment: whatever they use must not be closed. */
  private final AtomicInteger executions = new AtomicInteger();

  Reconnection(Session session) {
    this.session = session;
    this.on = session.reconnect() != ReconnectMode.NEVER;
  }

  /** False if nothing here ever happens. */
  boolean isOn() {
    return on;
  }

  /**
   * An execution begins. Where no transaction is open, that is the moment to move.
   *
   * @throws SQLException if the connection is lost and there is no other; then none has begun
   */
  void enter() throws SQLException {
    executions.incrementAndGet();
    if (session.isTransactionOpen()) {
      return;
    }
    try {
      if (session.isOld()) {
        session.leaveOld();
      }
      if (session.isLost()) {
        session.move();
      }
    } catch (SQLException | RuntimeException | Error failure) {
      leave();
      throw failure;
    }
    if (executions.get() == 1) {
      noteParameters();
    }
  }

  /** What begins here may begin a transaction. */
  void noteParameters() {
    if (on && !session.isTransactionOpen()) {
      session.noteParameters();
    }
  }

  /** An execution has ended. */
  void leave() {
    if (executions.decrementAndGet() == 0) {
      session.closeLeft();
    }
  }

  /**
   * Moves if BEGIN failed with the connection: it has no effect, so that it is as if it had not
   * been sent. Every other statement in autocommit may have been executed, and is not repeated.
   */
  boolean beginsElsewhere(TransactionCommand command, SQLException failure) {
    if (command.kind() != TransactionCommand.Kind.BEGIN || !session.isLost()) {
      return false;
    }
    try {
      session.move();
      return true;
    } catch (SQLException refusal) {
      failure.addSuppressed(refusal);
      return false;
    }
  }

  /** Whether a transaction whose connection is lost is run again on another. */
  static boolean continuesTransactions(Session session) {
    return session.reconnect() == ReconnectMode.IN_TRANSACTIONS;
  }

  /**
   * Whether a statement can be executed again although it may have reached the server, whose
   * connection is lost: nothing that is executed in a transaction has an effect before COMMIT. A
   * transaction that has failed is not run again: it would be without the statement that failed.
   *
   * @param first whether it was to begin the transaction, as its first statement
   * @param unsent whether the connection was lost before, so that nothing of it was sent
   * @param replays whether transactions are run again
   */
  static boolean mayRepeat(
      Session session, TransactionCommand command, boolean first, boolean unsent, boolean replays) {
    if (!session.isLost()) {
      return false;
    }
    boolean runsAgain = replays && continuesTransactions(session) && !session.isTransactionFailed();
    return switch (command.kind()) {
      case ROLLBACK -> true;
      case COMMIT -> unsent && runsAgain;
      case UNCLEAR -> false;
      default -> first || runsAgain;
    };
  }
}
