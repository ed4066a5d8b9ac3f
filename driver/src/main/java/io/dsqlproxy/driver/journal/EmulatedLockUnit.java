package io.dsqlproxy.driver.journal;

import java.sql.SQLException;
import java.util.Objects;

/**
 * A lock that the transaction holds until its end, and that no statement of the application's took.
 * The same outcome is that it can be had. Immutable.
 */
public final class EmulatedLockUnit extends Unit {

  private final String lock;
  private final Taking taking;

  /**
   * A lock that was taken.
   *
   * @param lock for messages
   * @param taking takes it again
   */
  public EmulatedLockUnit(String lock, Taking taking) {
    this.lock = Objects.requireNonNull(lock, "lock");
    this.taking = Objects.requireNonNull(taking, "taking");
  }

  @Override
  public String text() {
    return lock;
  }

  @Override
  String obstacle() {
    return null;
  }

  @Override
  long bytes() {
    return 128;
  }

  @Override
  public boolean givesValues() {
    return false;
  }

  @Override
  void replay(Rerun rerun) throws SQLException, OutcomeDiffers {
    if (!taking.take(rerun.time().secondsForLock())) {
      throw new OutcomeDiffers("the lock was free and is held by another session");
    }
  }

  @Override
  void cancelWait() {
    taking.cancel();
  }

  @Override
  void adopt(Rerun rerun) {}

  @Override
  void release() {}

  /** Takes the lock. */
  public interface Taking {

    /**
     * Returns whether the lock could be had.
     *
     * @param seconds how long to wait for it; 0 for as long as it takes
     * @throws SQLException SQLSTATE 40001 if only a new transaction can have it, 57014 if the time
     *     is over or the wait was cancelled
     */
    boolean take(int seconds) throws SQLException;

    /** Ends the wait. Safe for use by other threads. */
    void cancel();
  }
}
