package io.dsqlproxy.driver.journal;

import java.sql.SQLException;
import java.util.List;

/**
 * One run of a transaction's units after the first. Confined to the thread that runs it, except for
 * {@link #cancel()}.
 */
public final class Replay {

  private final List<Unit> units;
  private final Rerun rerun;
  private volatile Unit running;
  private int position;

  /** Up to here nothing can be a part of a batch. */
  private int alone;

  private boolean succeeded;

  /** A run that has not begun. */
  public Replay(List<Unit> units, ReplayTime time) {
    this.units = units;
    this.rerun = new Rerun(time);
  }

  /**
   * Lets all units happen again in their order. Only when all had the same outcome, what the
   * application holds of them is from this run.
   *
   * @throws OutcomeDiffers if one had another outcome
   * @throws SQLException if one failed that had not, or failed otherwise
   */
  public void run() throws SQLException, OutcomeDiffers {
    try {
      while (position < units.size()) {
        if (position < alone || !replayBatch()) {
          running = units.get(position);
          position++;
          running.replay(rerun);
        }
      }
      for (Unit unit : units) {
        unit.adopt(rerun);
      }
      succeeded = true;
    } finally {
      rerun.close();
    }
  }

  /** Whether the next units were replayed as one batch. */
  private boolean replayBatch() throws SQLException, OutcomeDiffers {
    EqualUpdates updates = EqualUpdates.from(units, position);
    if (!updates.areABatch(rerun)) {
      alone = position + updates.size();
      return false;
    }
    int before = position;
    try {
      updates.replay(rerun);
    } finally {
      position = before + Math.min(updates.verified() + 1, updates.size());
    }
    return true;
  }

  /** Whether all units had the same outcome. */
  public boolean succeeded() {
    return succeeded;
  }

  /** The place of the unit that happened last, from 1. */
  public int position() {
    return position;
  }

  /** The text of the unit that happened last. */
  public String text() {
    return units.get(position - 1).text();
  }

  /** Stops what is running, if something is. Safe for use by other threads. */
  public void cancel() throws SQLException {
    rerun.cancel();
    Unit now = running;
    if (now != null) {
      now.cancelWait();
    }
  }
}
