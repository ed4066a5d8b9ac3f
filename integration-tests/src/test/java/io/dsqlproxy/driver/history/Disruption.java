package io.dsqlproxy.driver.history;

import io.dsqlproxy.simulator.fault.Fault;
import io.dsqlproxy.simulator.fault.FaultScript;
import io.dsqlproxy.simulator.fault.FaultTrigger;
import java.time.Duration;
import java.util.Random;
import java.util.function.Supplier;

/** Something that goes wrong in a run, and about how often it can in one transaction. */
enum Disruption {
  /** Somebody else committed first. */
  CONFLICT_AT_COMMIT(FaultTrigger::commit, Fault.conflict(), 1),
  /** The schema was changed. */
  SCHEMA_CONFLICT_AT_COMMIT(FaultTrigger::commit, Fault.schemaConflict(), 1),
  /** A statement is told of a conflict. */
  CONFLICT_AT_STATEMENT(FaultTrigger::statement, Fault.conflict(), 3),
  /** The schema was changed, and a statement notices. */
  SCHEMA_CONFLICT_AT_STATEMENT(FaultTrigger::statement, Fault.schemaConflict(), 3),
  /** A conflict in the middle of a result. */
  CONFLICT_AT_FETCH(FaultTrigger::fetch, Fault.conflict(), 0.1),
  /** A statement in autocommit meets a conflict. */
  CONFLICT_IN_AUTOCOMMIT(FaultTrigger::autocommit, Fault.conflict(), 0.15),
  /** The connection is lost, and nothing is committed. */
  CUT_BEFORE_COMMIT(FaultTrigger::commit, Fault.disconnect(), 1),
  /** The connection is lost, and the transaction is committed. */
  CUT_AFTER_COMMIT(FaultTrigger::afterCommit, Fault.disconnect(), 1),
  /** The connection is lost in the middle of a transaction. */
  CUT_AT_STATEMENT(FaultTrigger::statement, Fault.disconnect(), 3),
  /** The connection is lost somewhere. */
  CUT_AT_MESSAGE(FaultTrigger::message, Fault.disconnect(), 12),
  /** The connection is lost in autocommit, and nothing is committed. */
  CUT_BEFORE_AUTOCOMMIT(FaultTrigger::autocommit, Fault.disconnect(), 0.15),
  /** The connection is lost in autocommit, and the statement is committed. */
  CUT_AFTER_AUTOCOMMIT(FaultTrigger::afterAutocommit, Fault.disconnect(), 0.15),
  /** A statement takes its time. */
  SLOW_STATEMENT(FaultTrigger::statement, Fault.delay(Duration.ofMillis(5)), 3),
  /** COMMIT takes its time. */
  SLOW_COMMIT(FaultTrigger::commit, Fault.delay(Duration.ofMillis(5)), 1);

  private final Supplier<FaultTrigger> place;
  private final Fault fault;
  private final double chances;

  Disruption(Supplier<FaultTrigger> place, Fault fault, double chances) {
    this.place = place;
    this.fault = fault;
    this.chances = chances;
  }

  /** Lets each kind strike a few times somewhere among so many transactions. */
  static void scatter(FaultScript script, int transactions, Random random) {
    for (Disruption disruption : values()) {
      int chances = Math.max(1, (int) (transactions * disruption.chances));
      for (int i = random.nextInt(4); i > 0; i--) {
        script
            .at(disruption.place.get().number(1 + random.nextInt(chances)))
            .times(1 + random.nextInt(2))
            .answer(disruption.fault);
      }
    }
  }
}
