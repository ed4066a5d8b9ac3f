package io.dsqlproxy.driver.history;

import io.dsqlproxy.simulator.fault.Fault;
import io.dsqlproxy.simulator.fault.FaultScript;
import io.dsqlproxy.simulator.fault.FaultTrigger;
import java.time.Duration;
import java.util.Random;
import java.util.function.Supplier;

/** Something that goes wrong in a run, and how often it could, at the least, in a transaction. */
public enum Disruption {
  /** Somebody else committed first. */
  CONFLICT_AT_COMMIT(FaultTrigger::commit, Fault.conflict(), 0.5),
  /** The schema was changed. */
  SCHEMA_CONFLICT_AT_COMMIT(FaultTrigger::commit, Fault.schemaConflict(), 0.5),
  /** A statement is told of a conflict. */
  CONFLICT_AT_STATEMENT(Disruption::statement, Fault.conflict(), 2),
  /** The schema was changed, and a statement notices. */
  SCHEMA_CONFLICT_AT_STATEMENT(Disruption::statement, Fault.schemaConflict(), 2),
  /** A conflict in the middle of a result. */
  CONFLICT_AT_FETCH(FaultTrigger::fetch, Fault.conflict(), 0.1),
  /** A statement in autocommit meets a conflict. */
  CONFLICT_IN_AUTOCOMMIT(Disruption::autocommit, Fault.conflict(), 0.1),
  /** The connection is lost, and nothing is committed. */
  CUT_BEFORE_COMMIT(FaultTrigger::commit, Fault.disconnect(), 0.4),
  /** The connection is lost, and the transaction is committed. */
  CUT_AFTER_COMMIT(FaultTrigger::afterCommit, Fault.disconnect(), 0.4),
  /** The connection is lost in the middle of a transaction. */
  CUT_AT_STATEMENT(Disruption::statement, Fault.disconnect(), 2),
  /** The connection is lost somewhere. */
  CUT_AT_MESSAGE(FaultTrigger::message, Fault.disconnect(), 6),
  /** The connection is lost in autocommit, and nothing is committed. */
  CUT_BEFORE_AUTOCOMMIT(Disruption::autocommit, Fault.disconnect(), 0.1),
  /** The connection is lost in autocommit, and the statement is committed. */
  CUT_AFTER_AUTOCOMMIT(Disruption::afterAutocommit, Fault.disconnect(), 0.1),
  /** The server does not know whether it commits, and does not. */
  UNAVAILABLE_BEFORE_COMMIT(FaultTrigger::commit, Fault.unavailable(), 0.4),
  /** The server does not know whether it commits, and does. */
  UNAVAILABLE_AFTER_COMMIT(FaultTrigger::afterCommit, Fault.unavailable(), 0.4),
  /** The server does not know whether it commits a statement in autocommit, and does. */
  UNAVAILABLE_AFTER_AUTOCOMMIT(Disruption::afterAutocommit, Fault.unavailable(), 0.1),
  /** A statement fails for no reason of its own. */
  UNAVAILABLE_AT_STATEMENT(Disruption::statement, Fault.unavailable(), 2),
  /** A statement takes its time. */
  SLOW_STATEMENT(Disruption::statement, Fault.delay(Duration.ofMillis(5)), 3),
  /** COMMIT takes its time. */
  SLOW_COMMIT(FaultTrigger::commit, Fault.delay(Duration.ofMillis(5)), 0.5);

  /** What pgJDBC sets when it connects is nothing that the driver runs again. */
  private static final String OF_AN_APPLICATION = "^(SELECT|INSERT|UPDATE|DELETE)";

  private final Supplier<FaultTrigger> place;
  private final Fault fault;
  private final double chances;

  Disruption(Supplier<FaultTrigger> place, Fault fault, double chances) {
    this.place = place;
    this.fault = fault;
    this.chances = chances;
  }

  private static FaultTrigger statement() {
    return FaultTrigger.statementMatching(OF_AN_APPLICATION);
  }

  private static FaultTrigger autocommit() {
    return FaultTrigger.autocommit().matching(OF_AN_APPLICATION);
  }

  private static FaultTrigger afterAutocommit() {
    return FaultTrigger.afterAutocommit().matching(OF_AN_APPLICATION);
  }

  /** Lets each kind strike, once or more often, somewhere among so many transactions. */
  public static void scatter(FaultScript script, int transactions, Random random) {
    for (Disruption disruption : values()) {
      int chances = Math.max(1, (int) (transactions * disruption.chances));
      for (int i = 1 + random.nextInt(2); i > 0; i--) {
        script
            .at(disruption.place.get().number(1 + random.nextInt(chances)))
            .times(1 + random.nextInt(2))
            .answer(disruption.fault);
      }
    }
  }
}
