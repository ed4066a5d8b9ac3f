package io.dsqlproxy.driver.replay;

import io.dsqlproxy.driver.observation.ConnectionStatistics;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.driver.replay.MatrixCell.Data;
import io.dsqlproxy.driver.replay.MatrixCell.Failure;
import io.dsqlproxy.driver.replay.MatrixCell.Place;
import io.dsqlproxy.driver.replay.MatrixEvents.Event;
import io.dsqlproxy.driver.replay.MatrixRule.Expectation;
import io.dsqlproxy.driver.replay.MatrixRule.Outcome;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** All that must be true when the transaction of a cell is over. Immutable. */
final class MatrixModel {

  private final MatrixCell cell;
  private final MatrixUnit unit;
  private final MatrixRule rule;
  private final MatrixEvents events;
  private final MatrixState before;
  private final MatrixState after;
  private final Expectation expectation;

  /**
   * The model of a cell.
   *
   * @param before what the tables hold when the transaction begins
   */
  MatrixModel(MatrixCell cell, MatrixState before) {
    this.cell = cell;
    this.unit = cell.kind().unit();
    this.rule = new MatrixRule(cell);
    this.events = new MatrixEvents(cell);
    this.before = before;
    this.after = before.copy();
    cell.change().apply(after);
    this.expectation = rule.expect(before, after);
  }

  Expectation expectation() {
    return expectation;
  }

  int position() {
    return rule.position();
  }

  /** What an error about the unit shows of its text. */
  String text() {
    return unit.textInErrors();
  }

  /** Why the transaction cannot be run again; null if it can. */
  String obstacle() {
    return unit.obstacle();
  }

  /** How often a fault strikes: each conflict, and a lost connection. */
  long strikes() {
    boolean lost =
        expectation.outcome() == Outcome.CONNECTION_LOST
            || expectation.outcome() == Outcome.COMMIT_UNKNOWN;
    return expectation.conflicts() + (lost ? 1 : 0);
  }

  int changes() {
    return expectation.changed() && cell.data() != Data.UNCHANGED ? 1 : 0;
  }

  /** What the tables hold in the end: all effects of the transaction, or none. */
  MatrixState finalState() {
    MatrixState state = (expectation.changed() ? after : before).copy();
    boolean committed =
        expectation.outcome() == Outcome.REPLAYED
            || expectation.outcome() == Outcome.COMMIT_UNKNOWN
                && cell.failure() == Failure.CUT_BEHIND_COMMIT;
    if (committed) {
      state.add("account 5", 1);
      unit.apply(state);
      state.add(unit.accountsAfterwards() + " 6", 100);
      state.add(unit.accountsAfterwards() + " 7", 100);
      state.add(unit.accountsAfterwards() + " 4", 10);
    }
    return state;
  }

  // -------------------- what the application sees

  /** What it sees in each place before the one where it sees an error. */
  Map<Place, List<String>> sightings() {
    Map<Place, List<String>> seen = new EnumMap<>(Place.class);
    seen.put(Place.FIRST, List.of("1"));
    seen.put(Place.UNIT, unit.seenAtFirst(seenAt(Place.UNIT)));
    seen.put(Place.BATCH, List.of("[1, 1]"));
    seen.put(Place.LAST, List.of("1"));
    List<String> rest = new ArrayList<>();
    if (cell.hasCursor()) {
      rest.add("true 2");
    }
    rest.addAll(unit.seenLater(seenAt(Place.NEXT)));
    seen.put(Place.NEXT, rest);
    seen.put(cell.end(), unit.seenAfterTheEnd(seenAt(cell.end())));
    if (expectation.outcome() != Outcome.REPLAYED) {
      seen.keySet().removeIf(place -> !place.isBefore(expectation.place()));
    }
    return seen;
  }

  /** What the application sees in a place is of the last replay if that comes before. */
  private MatrixState seenAt(Place place) {
    Place lastReplay = null;
    for (Event event : events.events()) {
      lastReplay = event.failure().isConflict() ? event.place() : lastReplay;
    }
    return lastReplay != null && !place.isBefore(lastReplay) ? after : before;
  }

  // -------------------- what is counted

  /**
   * What is counted for the transaction.
   *
   * @param connections what was counted for the connection that is opened meanwhile
   */
  DriverStatistics.Snapshot statistics(ConnectionStatistics.Snapshot connections) {
    Outcome outcome = expectation.outcome();
    return new DriverStatistics.Snapshot(
        statements(),
        0,
        0,
        expectation.conflicts(),
        0,
        expectation.replays() + events.returns(expectation.place()),
        0,
        outcome == Outcome.DATA_CHANGED ? 1 : 0,
        outcome == Outcome.NOT_REPLAYABLE ? 1 : 0,
        outcome == Outcome.COMMIT_UNKNOWN ? 1 : 0,
        connections,
        Map.of());
  }

  /** Executed by the application, to the place where it sees the outcome. */
  private long statements() {
    Place last = expectation.place();
    long statements = cell.kind().beginsByText() ? 1 : 0;
    statements += 1;
    if (Place.FIRST.isBefore(last)) {
      statements += last == Place.UNIT ? unit.statementsToTheFault() : unit.statements();
      statements += cell.hasCursor() ? 1 : 0;
    }
    if (Place.UNIT.isBefore(last)) {
      statements += 2;
    }
    if (Place.BATCH.isBefore(last)) {
      statements += 1;
    }
    return last == Place.TEXT_COMMIT ? statements + 1 : statements;
  }
}
