package io.dsqlproxy.driver.journal;

import java.sql.SQLException;

/**
 * One thing that happened in a transaction: it knows how to happen again, and what the same outcome
 * is. Not safe for use by several threads at once.
 */
public abstract class Unit {

  /** The text that was executed, or what was done, for messages. */
  public abstract String text();

  /** Why it cannot happen again, as a clause; or null. */
  abstract String obstacle();

  /** What it takes in memory, approximately, in bytes. */
  abstract long bytes();

  /**
   * Whether the application has values from it that it may have put elsewhere: those of results, of
   * which all columns count as read. Whether a generated key differs is seen in a replay.
   */
  public abstract boolean givesValues();

  /**
   * Happens again, in a transaction in which everything before it has happened again.
   *
   * @throws OutcomeDiffers if it had another outcome
   * @throws SQLException if it failed, unless it failed alike the first time
   */
  abstract void replay(Rerun rerun) throws SQLException, OutcomeDiffers;

  /**
   * Ends a wait of {@link #replay} that no statement of the server's is. Safe for other threads.
   */
  void cancelWait() {}

  /** What the application holds of it is from the last {@link #replay} from now on. */
  abstract void adopt(Rerun rerun) throws SQLException;

  /** The transaction is over, or will not be replayed. */
  abstract void release();
}
