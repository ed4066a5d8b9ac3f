package io.dsqlproxy.driver.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.execution.CommitOutcomeUnknownException;
import io.dsqlproxy.driver.execution.DataChangedException;
import io.dsqlproxy.driver.execution.NotReplayableException;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.driver.replay.MatrixCell.Data;
import io.dsqlproxy.driver.replay.MatrixCell.Place;
import io.dsqlproxy.driver.replay.MatrixEvents.Event;
import io.dsqlproxy.driver.replay.MatrixRule.Expectation;
import io.dsqlproxy.driver.replay.MatrixRule.Outcome;
import io.dsqlproxy.simulator.fault.Fault;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** One transaction of an application, held against the model. Confined to its thread. */
final class MatrixRun {

  private final MatrixCell cell;
  private final MatrixTables tables;
  private final MatrixEvents events;
  private final MatrixModel model;
  private final MatrixApplication application;

  /**
   * A run.
   *
   * @param connection in autocommit
   */
  MatrixRun(MatrixCell cell, MatrixTables tables, Connection connection) throws SQLException {
    this.cell = cell;
    this.tables = tables;
    this.events = new MatrixEvents(cell);
    this.model = new MatrixModel(cell, tables.reset());
    this.application = new MatrixApplication(cell, connection);
  }

  /** Runs the transaction; everything about it is as it should be. */
  Outcome verify() throws SQLException {
    Expectation expected = model.expectation();
    if (cell.data() != Data.UNCHANGED) {
      tables.changeAt(events.beforeTheLastReplay(), cell.change());
    }
    for (Event event : events.events()) {
      tables.faults().at(events.trigger(event)).answer(event.failure().fault());
    }
    try (application) {
      DriverStatistics.Snapshot start = DriverStatistics.global().snapshot();
      application.run();
      DriverStatistics.Snapshot counted = DriverStatistics.global().snapshot().since(start);
      assertOutcome(expected);
      assertSightings();
      assertThat(faultsThatStruck()).as("faults that struck").isEqualTo(model.strikes());
      tables.faults().clear();
      assertThat(tables.changes()).as("changes").isEqualTo(model.changes());
      assertThat(tables.read().rows()).as("tables").isEqualTo(model.finalState().rows());
      assertThat(counted).isEqualTo(model.statistics(counted.connections()));
      return expected.outcome();
    } finally {
      tables.faults().clear();
    }
  }

  private long faultsThatStruck() {
    return tables.faults().fired().stream()
        .filter(fired -> !(fired.fault() instanceof Fault.Delay))
        .count();
  }

  private void assertSightings() {
    Map<Place, ?> seen = application.seen();
    assertThat(seen).as("what the application saw").isEqualTo(model.sightings());
  }

  private void assertOutcome(Expectation expected) throws SQLException {
    SQLException error = application.error();
    if (expected.outcome() == Outcome.REPLAYED) {
      assertThat((Throwable) error).isNull();
      return;
    }
    assertThat((Throwable) error).as(expected.outcome() + " expected").isNotNull();
    assertThat(application.place()).as("place of " + error).isEqualTo(expected.place());
    switch (expected.outcome()) {
      case DATA_CHANGED -> {
        assertThat((Throwable) error).isInstanceOf(DataChangedException.class);
        assertDifference((DataChangedException) error);
        assertRolledBack(error);
      }
      case NOT_REPLAYABLE -> {
        assertThat((Throwable) error).isInstanceOf(NotReplayableException.class);
        assertThat(((NotReplayableException) error).reason()).contains(model.obstacle());
        assertRolledBack(error);
      }
      case CONNECTION_LOST -> {
        assertThat((Throwable) error).isNotInstanceOf(SQLTransactionRollbackException.class);
        assertThat(error.getSQLState()).as(error.toString()).startsWith("08").isNotEqualTo("08007");
        assertThat(application.isUsable()).as("connection is usable").isFalse();
      }
      case COMMIT_UNKNOWN -> {
        assertThat((Throwable) error).isInstanceOf(CommitOutcomeUnknownException.class);
        assertThat(error.getSQLState()).isEqualTo("08007");
        assertThat(application.isUsable()).as("connection is usable").isFalse();
      }
      case REPLAYED -> throw new AssertionError(error);
    }
  }

  private void assertDifference(DataChangedException changed) {
    assertThat(changed.statement()).as(changed.getMessage()).isEqualTo(model.position());
    assertThat(changed.sql()).contains(model.text());
  }

  /** The conflict surfaces as one, and the transaction cannot go on, nor be committed. */
  private void assertRolledBack(SQLException error) throws SQLException {
    assertThat(error.getSQLState()).isEqualTo("40001");
    assertThat(error.getCause()).as("conflict").isInstanceOf(SQLException.class);
    if (!application.place().isEnd()) {
      assertTransactionAborted(application::executeSomething);
      assertTransactionAborted(application::end);
    }
    application.rollBack();
    application.executeSomething();
  }

  private static void assertTransactionAborted(ThrowingCallable call) {
    SQLException failure = catchThrowableOfType(SQLException.class, call);
    assertThat((Throwable) failure).as("after the conflict surfaced").isNotNull();
    assertThat(failure.getSQLState()).isEqualTo("25P02");
  }
}
