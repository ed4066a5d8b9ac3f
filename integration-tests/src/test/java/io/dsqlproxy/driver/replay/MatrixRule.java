package io.dsqlproxy.driver.replay;

import io.dsqlproxy.driver.replay.MatrixCell.Failure;
import io.dsqlproxy.driver.replay.MatrixCell.Place;
import io.dsqlproxy.driver.replay.MatrixEvents.Event;
import io.dsqlproxy.driver.replay.MatrixUnit.Progress;
import java.util.List;

/**
 * What is to become of a transaction, by the promise and not by the driver:
 *
 * <ol>
 *   <li>A lost connection ends it. Nobody knows what became of it if COMMIT was sent, and nothing
 *       became of it otherwise; it is never repeated.
 *   <li>A conflict ends it if something in it shows that it cannot be run again exactly.
 *   <li>Otherwise it is run again. If that gives another answer than the application was given, to
 *       anything that it was told up to here, the conflict surfaces, and nothing became of it. Only
 *       what it was told after a savepoint does not count when it has gone back to that.
 *   <li>If every answer is the same, the application goes on and notices nothing.
 * </ol>
 */
final class MatrixRule {

  private final MatrixCell cell;
  private final MatrixUnit unit;
  private final MatrixEvents events;

  MatrixRule(MatrixCell cell) {
    this.cell = cell;
    this.unit = cell.kind().unit();
    this.events = new MatrixEvents(cell);
  }

  /** What becomes of the transaction. */
  enum Outcome {
    /** It is committed, once, and the application noticed nothing. */
    REPLAYED('R'),
    /** DataChangedException, 40001; nothing is committed. */
    DATA_CHANGED('D'),
    /** NotReplayableException, 40001; nothing is committed. */
    NOT_REPLAYABLE('N'),
    /** An error of class 08 other than 08007; nothing is committed. */
    CONNECTION_LOST('C'),
    /** CommitOutcomeUnknownException, 08007; it is committed if the server did it, once. */
    COMMIT_UNKNOWN('U');

    private final char letter;

    Outcome(char letter) {
      this.letter = letter;
    }

    char letter() {
      return letter;
    }
  }

  /**
   * What is to happen.
   *
   * @param place where the application sees the outcome
   * @param conflicts how often the server answers 40001
   * @param replays how often the transaction is run again, returns to a savepoint not counted
   * @param changed whether another transaction has changed the data
   */
  record Expectation(Outcome outcome, Place place, int conflicts, int replays, boolean changed) {}

  /**
   * What is to happen.
   *
   * @param before what the tables hold when the transaction begins
   * @param after what they hold when the data was changed, which is before the last replay
   */
  Expectation expect(MatrixState before, MatrixState after) {
    List<Event> all = events.events();
    int replays = 0;
    for (int i = 0; i < all.size(); i++) {
      Event event = all.get(i);
      Event next = i + 1 < all.size() ? all.get(i + 1) : null;
      if (!event.failure().isConflict()) {
        Outcome lost =
            event.failure() == Failure.CUT ? Outcome.CONNECTION_LOST : Outcome.COMMIT_UNKNOWN;
        return new Expectation(lost, event.place(), replays, replays, false);
      }
      Progress progress = progressAt(event.place());
      if (isObstacle(event.place(), progress)) {
        return new Expectation(Outcome.NOT_REPLAYABLE, event.place(), replays + 1, replays, false);
      }
      boolean changed = next == null || !next.failure().isConflict();
      boolean compared = next == null || !next.isInReplay() || events.isBehindTheUnit(next);
      replays++;
      if (compared && differs(progress, before, changed ? after : before)) {
        return new Expectation(Outcome.DATA_CHANGED, event.place(), replays, replays, changed);
      }
    }
    return new Expectation(Outcome.REPLAYED, cell.end(), replays, replays, true);
  }

  /** What the application has of the unit when something goes wrong in this place. */
  private Progress progressAt(Place place) {
    return place == Place.UNIT && unit.isStruckWhenItGoesBack() ? Progress.BEGUN : place.progress();
  }

  private boolean isObstacle(Place place, Progress progress) {
    return unit.obstacle() != null && progress != Progress.NOTHING
        || unit.isObstacleToItself() && place == Place.UNIT;
  }

  private boolean differs(Progress progress, MatrixState first, MatrixState again) {
    boolean drawn = unit.drawsTheRest() && progress == Progress.ALL;
    return drawn || !unit.told(first, progress).equals(unit.told(again, progress));
  }

  /** The unit's place in the transaction, from 1, as an error about it says. */
  int position() {
    int first = 1;
    int before = (cell.kind().beginsByText() ? 1 : 0) + (cell.hasCursor() ? 1 : 0);
    return before + first + unit.unitsBefore() + 1;
  }
}
