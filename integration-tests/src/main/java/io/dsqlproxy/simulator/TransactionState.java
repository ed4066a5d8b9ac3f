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

  private static final long MAX_ROWS = 3_000;

  private final Set<Integer> touchedRelations = new TreeSet<>();
  private boolean open;
  private boolean failed;
  private boolean base;
  private boolean fixed;
  private boolean madeWay;
  private boolean mayHoldClaims;
  private Claims keptClaims;
  private boolean runSinceSync;
  private long rowsWritten;
  private boolean doomed;
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

  boolean hasBase() {
    return base;
  }

  /** The savepoint before the first and the one before the last writing statement are set. */
  void savepointsSet() {
    base = true;
  }

  /** Whether a statement failed, so that only ROLLBACK is possible. */
  boolean isFailed() {
    return failed;
  }

  /** Whether its work is in private copies, to be brought back at COMMIT. */
  boolean hasMadeWay() {
    return madeWay;
  }

  /** All since the base is undone and kept in private copies; it goes on claiming these. */
  void madeWay(Claims claims) {
    madeWay = true;
    keptClaims = claims == null ? keptClaims : claims.and(keptClaims);
  }

  /** Whether some of its tables are private copies. */
  boolean hasCopies() {
    return madeWay || doomed;
  }

  /** Whether a statement has run that may have written or locked something. */
  boolean mayHoldClaims() {
    return mayHoldClaims;
  }

  /** What it has claimed before it made way; null if nothing. */
  Claims keptClaims() {
    return keptClaims;
  }

  boolean hasRunSinceSync() {
    return runSinceSync;
  }

  /** The relations named by statements that write or lock. */
  Set<Integer> touchedRelations() {
    return touchedRelations;
  }

  /** Whether it may hold row locks in one of these, or in any if none is named, and can give up. */
  boolean standsInTheWay(Set<Integer> relations) {
    boolean near = relations.isEmpty() || touchedRelations.stream().anyMatch(relations::contains);
    return open && base && !fixed && near;
  }

  /** Why the transaction cannot run this statement after what it has run; null if it can. */
  Rejection objection(Judgement judgement) {
    if (judgement.effect() == Effect.DEFINITION) {
      return defined ? TWO_DEFINITIONS : written ? MIXED : null;
    }
    boolean writes = judgement.effect() == Effect.WRITE || judgement.effect() == Effect.COPY_IN;
    return writes && defined ? MIXED : null;
  }

  /** Counts the rows that a statement has written; whether the limit still holds. */
  boolean mayHaveWritten(long rows) {
    rowsWritten += rows;
    return rowsWritten <= MAX_ROWS;
  }

  void ran(Judgement judgement) {
    switch (judgement.effect()) {
      case BEGIN -> open = true;
      case COMMIT, ROLLBACK -> ended();
      case DEFINITION -> defined = true;
      case WRITE, COPY_IN -> written = true;
      default -> {}
    }
    runSinceSync = true;
    if (!open) {
      return;
    }
    mayHoldClaims |= judgement.mayConflict() || judgement.effect() == Effect.COPY_IN;
    if (judgement.mayConflict()) {
      touchedRelations.addAll(judgement.relations());
    }
    fixed |= cannotBeCarriedOver(judgement.effect());
  }

  /** What it has done is in no table, or was done before there was a savepoint to go back to. */
  private static boolean cannotBeCarriedOver(Effect effect) {
    return effect == Effect.DEFINITION || effect == Effect.COPY_IN || effect == Effect.SETTING;
  }

  /** The server is ready: 'I' idle, 'T' in a transaction block, 'E' in a failed one. */
  void ready(char status) {
    runSinceSync = false;
    failed = status == 'E';
    if (status == 'I') {
      ended();
    } else {
      open = true;
    }
  }

  private void ended() {
    touchedRelations.clear();
    open = false;
    failed = false;
    base = false;
    fixed = false;
    madeWay = false;
    mayHoldClaims = false;
    keptClaims = null;
    rowsWritten = 0;
    doomed = false;
    defined = false;
    written = false;
  }
}
