package io.dsqlproxy.driver.journal;

import java.util.ArrayList;
import java.util.List;

/**
 * What has happened in the open transaction of one connection, in its order. It is complete, or it
 * has given up and says why. Confined to the thread that holds the connection's turn.
 */
public final class Journal {

  private final long maxBytes;
  private final List<Unit> units = new ArrayList<>();
  private final List<JournalSavepoint> savepoints = new ArrayList<>();
  private long bytes;
  private long started;
  private String obstacle;

  /**
   * An empty journal.
   *
   * @param maxBytes of memory, approximately, before it gives up
   */
  public Journal(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Nothing has happened. */
  public boolean isEmpty() {
    return units.isEmpty() && obstacle == null;
  }

  /** How many things have happened. */
  public int size() {
    return units.size();
  }

  /**
   * One more thing has happened.
   *
   * @param now in nanoseconds, from any origin
   */
  public void add(Unit unit, long now) {
    if (isEmpty()) {
      started = now;
    }
    if (obstacle != null) {
      unit.release();
      return;
    }
    units.add(unit);
    bytes += unit.bytes();
    if (unit.obstacle() != null) {
      giveUp(unit.obstacle());
    } else if (bytes > maxBytes) {
      giveUp(Obstacle.JOURNAL_FULL.because(maxBytes));
    }
  }

  /**
   * Something has happened that cannot happen again.
   *
   * @param reason as a clause
   */
  public void giveUp(String reason) {
    if (obstacle == null) {
      obstacle = reason;
      releaseUnits();
    }
  }

  /** When the first thing happened, in nanoseconds from the origin of {@link #add}. */
  public long started() {
    return started;
  }

  /** Why the transaction cannot be replayed, as a clause; or null. */
  public String obstacle() {
    return obstacle;
  }

  /** The transaction is over. */
  public void clear() {
    obstacle = null;
    releaseUnits();
    savepoints.clear();
  }

  private void releaseUnits() {
    units.forEach(Unit::release);
    units.clear();
    bytes = 0;
  }

  // -------------------- replay

  /** The things that happened, and in their order. */
  public List<Unit> units() {
    return List.copyOf(units);
  }

  /** What happened before a position; nothing if the journal has given up. */
  public List<Unit> unitsTo(int position) {
    return List.copyOf(units.subList(0, Math.min(position, units.size())));
  }

  /** What happened from a position on; nothing if the journal has given up. */
  public List<Unit> unitsFrom(int position) {
    return List.copyOf(units.subList(Math.min(position, units.size()), units.size()));
  }

  // -------------------- savepoints

  /** A savepoint here. */
  public void setSavepoint(String name) {
    savepoints.add(new JournalSavepoint(name, units.size()));
  }

  /** Whether there is a savepoint. */
  public boolean hasSavepoints() {
    return !savepoints.isEmpty();
  }

  /** The youngest savepoint with this name; null if there is none. */
  public JournalSavepoint savepoint(String name) {
    int index = indexOf(name);
    return index < 0 ? null : savepoints.get(index);
  }

  /** Forgets the youngest savepoint with this name, and all that were set after it. */
  public void releaseSavepoint(String name) {
    savepoints.subList(indexOf(name), savepoints.size()).clear();
  }

  /**
   * Forgets what happened after the youngest savepoint with this name, except for what was read,
   * and the savepoints that were set after it.
   */
  public void returnTo(String name, UndonePart undone) {
    int index = indexOf(name);
    savepoints.subList(index + 1, savepoints.size()).clear();
    List<Unit> after = units.subList(savepoints.get(index).position(), units.size());
    for (Unit unit : after) {
      if (!undone.reads().contains(unit)) {
        bytes -= unit.bytes();
        unit.release();
      }
    }
    after.clear();
    units.addAll(undone.reads());
  }

  private int indexOf(String name) {
    for (int i = savepoints.size() - 1; i >= 0; i--) {
      if (savepoints.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
