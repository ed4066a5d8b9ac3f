package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.Judgement.Effect;
import java.util.Set;
import java.util.TreeSet;

/** What the simulator remembers of a session's transaction. Confined to the session's thread. */
final class TransactionState {

  private static final Rejection TWO_DEFINITIONS =
      Rejection.notSupported("multiple ddl statements not supported in a transaction");
  private static final Rejection MIXED =
      Rejection.notSupported("ddl and dml are not supported in the same transaction");

  private final Set<Integer> lockedRelations = new TreeSet<>();
  private boolean open;
  private boolean doomed;
  private boolean savepoint;
  private boolean defined;
  private boolean written;

  /** Whether BEGIN was run, so that COMMIT is still to come. */
  boolean isOpen() {
    return open;
  }

  /** Whether it has already lost a conflict, which its COMMIT will report. */
  boolean isDoomed() {
    return doomed;
  }

  void doom() {
    doomed = true;
  }

  boolean hasSavepoint() {
    return savepoint;
  }

  void savepointSet() {
    savepoint = true;
  }

  Set<Integer> lockedRelations() {
    return lockedRelations;
  }

  /** Why the transaction cannot run this statement after what it has run; null if it can. */
  Rejection objection(Judgement judgement) {
    if (judgement.effect() == Effect.DEFINITION) {
      return defined ? TWO_DEFINITIONS : written ? MIXED : null;
    }
    boolean writes = judgement.effect() == Effect.WRITE || judgement.effect() == Effect.COPY_IN;
    return writes && defined ? MIXED : null;
  }

  void ran(Judgement judgement) {
    switch (judgement.effect()) {
      case BEGIN -> open = true;
      case COMMIT, ROLLBACK -> ended();
      case DEFINITION -> defined = true;
      case WRITE, COPY_IN -> written = true;
      default -> {}
    }
    lockedRelations.addAll(judgement.lockedRelations());
  }

  /** The server is ready: 'I' idle, 'T' in a transaction block, 'E' in a failed one. */
  void ready(char status) {
    if (status == 'I') {
      ended();
    } else {
      open = true;
    }
  }

  private void ended() {
    lockedRelations.clear();
    open = false;
    doomed = false;
    savepoint = false;
    defined = false;
    written = false;
  }
}
