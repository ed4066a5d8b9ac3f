package io.dsqlproxy.driver.replay;

import io.dsqlproxy.driver.replay.MatrixCell.Failure;
import io.dsqlproxy.driver.replay.MatrixCell.Place;
import io.dsqlproxy.driver.replay.MatrixCell.Times;
import io.dsqlproxy.simulator.fault.FaultTrigger;
import java.util.ArrayList;
import java.util.List;

/** What goes wrong in a cell, in its order: one event or two. Immutable. */
final class MatrixEvents {

  static final String FIRST = "/* first */";
  static final String BATCH = "/* batch */";
  static final String LAST = "/* last */";

  private final MatrixCell cell;
  private final MatrixUnit unit;

  MatrixEvents(MatrixCell cell) {
    this.cell = cell;
    this.unit = cell.kind().unit();
  }

  /**
   * Something that goes wrong.
   *
   * @param failure never a lost connection if another event follows
   * @param place where the application is
   * @param times when: the cell's first event, in the replay after that, or after the replay
   */
  record Event(Failure failure, Place place, Times times) {

    /** Whether it interrupts a replay, of which the application knows nothing. */
    boolean isInReplay() {
      return times == Times.IN_THE_REPLAY;
    }
  }

  List<Event> events() {
    List<Event> events = new ArrayList<>();
    if (cell.times() != Times.ONCE) {
      Failure conflict = cell.failure().isConflict() ? cell.failure() : Failure.OC000;
      events.add(new Event(conflict, cell.place(), Times.ONCE));
    }
    boolean later = cell.times() == Times.AFTER_THE_REPLAY;
    Place place = !later ? cell.place() : cell.failure() == Failure.CUT ? Place.LAST : cell.end();
    events.add(new Event(cell.failure(), place, cell.times()));
    return events;
  }

  /**
   * Whether the replay that this event interrupts has come to the unit, and passed it: a lost
   * connection interrupts it at its first statement, a conflict at its last.
   */
  boolean isBehindTheUnit(Event event) {
    return event.failure().isConflict() && Place.BATCH.isBefore(event.place());
  }

  // -------------------- where in the server

  /** Where an event happens in the server. */
  FaultTrigger trigger(Event event) {
    if (event.isInReplay()) {
      return inReplay(event);
    }
    return switch (event.place()) {
      case FIRST -> statement(FIRST, 1);
      case UNIT -> unit.execution(unit.isStruckWhenItGoesBack() ? 2 : 1);
      case BATCH -> statement(BATCH, 1);
      case LAST -> statement(LAST, 1);
      case NEXT -> FaultTrigger.fetch();
      case COMMIT, SET_AUTOCOMMIT, TEXT_COMMIT -> atCommit(event);
    };
  }

  private FaultTrigger inReplay(Event event) {
    if (!isBehindTheUnit(event)) {
      return statement(FIRST, executionsOfFirst(event.place()) + 1);
    }
    return statement(event.place() == Place.LAST ? BATCH : LAST, 2);
  }

  private FaultTrigger atCommit(Event event) {
    if (event.failure() == Failure.CUT_BEHIND_COMMIT) {
      return FaultTrigger.afterCommit();
    }
    boolean second = event.times() == Times.AFTER_THE_REPLAY && cell.place().isEnd();
    return FaultTrigger.commit().number(second ? 2 : 1);
  }

  /** The moment before the last replay has read anything, when the old transaction is over. */
  FaultTrigger beforeTheLastReplay() {
    List<Event> conflicts = events().stream().filter(e -> e.failure().isConflict()).toList();
    Place place = conflicts.get(conflicts.size() - 1).place();
    int number = executionsOfFirst(place) + conflicts.size();
    return FaultTrigger.message().containing(FIRST).number(number);
  }

  /** How often the first statement was executed when the application comes there undisturbed. */
  private int executionsOfFirst(Place place) {
    return 1 + returns(place);
  }

  /** How often the application, when it comes to this place, went back to a savepoint. */
  int returns(Place place) {
    boolean returned =
        Place.UNIT.isBefore(place) || place == Place.UNIT && unit.isStruckWhenItGoesBack();
    return unit.goesBack() && returned ? 1 : 0;
  }

  private static FaultTrigger statement(String marker, int number) {
    return FaultTrigger.statementContaining(marker).number(number);
  }
}
