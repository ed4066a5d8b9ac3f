package io.dsqlproxy.driver.replay;

import io.dsqlproxy.driver.replay.MatrixState.Change;
import io.dsqlproxy.driver.replay.MatrixUnit.Progress;
import io.dsqlproxy.simulator.fault.Fault;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One combination of what is executed, what goes wrong, where and how often, and what another
 * transaction changes meanwhile. Immutable.
 */
record MatrixCell(Kind kind, Failure failure, Place place, Times times, Data data) {

  /** What is executed. */
  enum Kind {
    QUERY_FULLY_READ(QueryUnits.FullyRead::new),
    QUERY_PARTLY_READ(QueryUnits.PartlyRead::new),
    QUERY_READ_ON(QueryUnits.ReadOn::new),
    QUERY_CURSOR(QueryUnits.Cursor::new),
    QUERY_SCROLLABLE(QueryUnits.Scrollable::new),
    VOLATILE_VALUE(QueryUnits.VolatileValue::new),
    UNWRAPPED_RESULT(QueryUnits.Unwrapped::new),
    CALL(QueryUnits.Call::new),
    UPDATE(WritingUnits.Update::new),
    LARGE_UPDATE(WritingUnits.LargeUpdate::new),
    UNREPEATABLE_PARAMETER(WritingUnits.UnrepeatableParameter::new),
    FAILED_QUERY(WritingUnits.FailedQuery::new),
    GENERATED_KEYS(WritingUnits.GeneratedKeys::new),
    DRAWN_KEY(WritingUnits.DrawnKey::new),
    RETURNING(WritingUnits.Returning::new),
    SEVERAL_RESULTS(WritingUnits.SeveralResults::new),
    BATCH(BatchUnits.OfStatements::new),
    LARGE_BATCH(BatchUnits.OfParameters::new),
    SAVEPOINT(() -> new ControlUnits.UndoneWrite(false)),
    SAVEPOINT_TEXT(() -> new ControlUnits.UndoneWrite(true)),
    READ_UNDONE(ControlUnits.UndoneRead::new),
    FAILED_STATEMENT_UNDONE(ControlUnits.UndoneStatement::new),
    FAILED_BATCH_UNDONE(() -> new ControlUnits.UndoneBatch(false)),
    SET_SCHEMA(() -> new ControlUnits.OtherSchema(false)),
    SET_TEXT(() -> new ControlUnits.OtherSchema(true)),
    BEGIN_TEXT(QueryUnits.ReadOn::new),
    BEGIN_TEXT_BATCH_UNDONE(() -> new ControlUnits.UndoneBatch(true));

    private final Supplier<MatrixUnit> unit;

    Kind(Supplier<MatrixUnit> unit) {
      this.unit = unit;
    }

    MatrixUnit unit() {
      return unit.get();
    }

    /** Whether the transaction is begun by the text BEGIN, in autocommit. */
    boolean beginsByText() {
      return this == BEGIN_TEXT || this == BEGIN_TEXT_BATCH_UNDONE;
    }
  }

  /** What goes wrong. */
  enum Failure {
    OC000(Fault.conflict()),
    OC001(Fault.schemaConflict()),
    /** The connection is lost when COMMIT was not sent. */
    CUT(Fault.disconnect()),
    /** The connection is lost when COMMIT was sent, and the server has not committed. */
    CUT_AT_COMMIT(Fault.disconnect()),
    /** The connection is lost when the server has committed, and has not answered. */
    CUT_BEHIND_COMMIT(Fault.disconnect());

    private final Fault fault;

    Failure(Fault fault) {
      this.fault = fault;
    }

    Fault fault() {
      return fault;
    }

    boolean isConflict() {
      return this == OC000 || this == OC001;
    }

    boolean needsCommit() {
      return this == CUT_AT_COMMIT || this == CUT_BEHIND_COMMIT;
    }
  }

  /** Where it goes wrong first; in the order of the transaction. */
  enum Place {
    /** The first statement of the transaction, an update. */
    FIRST(Progress.NOTHING),
    /** The marked statement of the unit. */
    UNIT(Progress.NOTHING),
    /** A batch of two updates after the unit. */
    BATCH(Progress.BEGUN),
    /** The last statement, an update. */
    LAST(Progress.BEGUN),
    /** {@code next()} in a result with a fetch size, where rows have to be fetched. */
    NEXT(Progress.BEGUN),
    /** {@code Connection.commit()}. */
    COMMIT(Progress.ALL),
    /** {@code Connection.setAutoCommit(true)}. */
    SET_AUTOCOMMIT(Progress.ALL),
    /** The text COMMIT. */
    TEXT_COMMIT(Progress.ALL);

    private final Progress progress;

    Place(Progress progress) {
      this.progress = progress;
    }

    /** What the application has of the unit when it comes here. */
    Progress progress() {
      return progress;
    }

    boolean isEnd() {
      return this == COMMIT || this == SET_AUTOCOMMIT || this == TEXT_COMMIT;
    }

    boolean isBefore(Place other) {
      return compareTo(other) < 0;
    }
  }

  /**
   * How often something goes wrong. Only the last time it is the cell's failure: before a lost
   * connection comes a conflict.
   */
  enum Times {
    ONCE,
    /** The replay goes wrong too. */
    IN_THE_REPLAY,
    /** The replay succeeds, the transaction goes on, and goes wrong again later. */
    AFTER_THE_REPLAY
  }

  /** What another transaction changes, before the last replay. */
  enum Data {
    UNCHANGED,
    ROW_READ,
    ROW_NOT_READ,
    COUNT
  }

  /** Why a combination is left out: it means nothing, or nothing more than another. */
  enum LeftOut {
    NOTHING_TO_CHANGE("the unit tells nothing that this change could change"),
    NO_CURSOR_IN_AUTOCOMMIT("pgJDBC fetches in pieces only with autocommit off"),
    NO_SUCH_END_OF_A_TEXT_TRANSACTION("what BEGIN as a text began, COMMIT as a text ends"),
    COMMIT_IS_SENT_THERE("a connection lost at the end is lost when COMMIT was sent"),
    NO_COMMIT_IS_SENT_THERE("COMMIT is not sent in this place"),
    NO_STATEMENT_IS_LEFT("between this place and COMMIT the application executes nothing"),
    ONLY_A_CONFLICT_COMPARES("a lost connection says nothing of data, and no replay follows it"),
    TRIED_WITH_OC000(
        "OC001 says the same SQLSTATE; changed data and replays that fail are tried there"),
    TRIED_AT_THE_END("the COMMIT behind a replay is tried where the first COMMIT began the replay");

    private final String reason;

    LeftOut(String reason) {
      this.reason = reason;
    }

    @Override
    public String toString() {
      return name() + ": " + reason;
    }
  }

  /** The change; null if the unit tells nothing that such a change could change. */
  Change change() {
    MatrixUnit unit = kind.unit();
    return switch (data) {
      case UNCHANGED -> Change.NONE;
      case ROW_READ -> unit.rowRead();
      case ROW_NOT_READ -> unit.rowNotRead();
      case COUNT -> unit.count();
    };
  }

  /** The call that ends the transaction. */
  Place end() {
    if (place.isEnd()) {
      return place;
    }
    return kind.beginsByText() ? Place.TEXT_COMMIT : Place.COMMIT;
  }

  /** Whether another result is open beside the unit, in which rows have to be fetched. */
  boolean hasCursor() {
    return place == Place.NEXT && kind != Kind.QUERY_CURSOR;
  }

  /** Why the combination is left out, if so. */
  Optional<LeftOut> whyLeftOut() {
    return Optional.ofNullable(reason());
  }

  private LeftOut reason() {
    if (change() == null) {
      return LeftOut.NOTHING_TO_CHANGE;
    }
    if (kind.beginsByText() && place == Place.NEXT) {
      return LeftOut.NO_CURSOR_IN_AUTOCOMMIT;
    }
    if (kind.beginsByText() && place.isEnd() && place != Place.TEXT_COMMIT) {
      return LeftOut.NO_SUCH_END_OF_A_TEXT_TRANSACTION;
    }
    if (failure == Failure.OC001 && (data != Data.UNCHANGED || times != Times.ONCE)) {
      return LeftOut.TRIED_WITH_OC000;
    }
    return failure.isConflict() ? null : reasonOfCut();
  }

  private LeftOut reasonOfCut() {
    boolean reachesEnd = times == Times.AFTER_THE_REPLAY || times == Times.ONCE && place.isEnd();
    if (failure.needsCommit() && !reachesEnd) {
      return LeftOut.NO_COMMIT_IS_SENT_THERE;
    }
    if (failure == Failure.CUT && times == Times.ONCE && place.isEnd()) {
      return LeftOut.COMMIT_IS_SENT_THERE;
    }
    if (failure == Failure.CUT && times == Times.AFTER_THE_REPLAY && !place.isBefore(Place.LAST)) {
      return LeftOut.NO_STATEMENT_IS_LEFT;
    }
    if (failure.needsCommit() && times == Times.AFTER_THE_REPLAY && !place.isEnd()) {
      return LeftOut.TRIED_AT_THE_END;
    }
    return data == Data.UNCHANGED ? null : LeftOut.ONLY_A_CONFLICT_COMPARES;
  }
}
