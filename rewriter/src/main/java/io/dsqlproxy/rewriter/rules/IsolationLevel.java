package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.Verdict;
import io.dsqlproxy.rewriter.analysis.Statement;
import io.dsqlproxy.rewriter.analysis.TransactionModes;
import io.dsqlproxy.rewriter.analysis.TransactionModes.Mode;
import io.dsqlproxy.rewriter.analysis.TransactionModes.Scope;
import io.dsqlproxy.rewriter.rules.LockingRule.Decision;

/**
 * {@code ISOLATION LEVEL} in {@code BEGIN}, {@code START TRANSACTION}, {@code SET TRANSACTION} and
 * {@code SET SESSION CHARACTERISTICS}. Aurora DSQL runs every transaction at REPEATABLE READ and
 * refuses to hear of another level (SQLSTATE 0A000, "Unsupported isolation level"). Stateless.
 *
 * <pre>
 * BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY  →  BEGIN READ ONLY
 * SET TRANSACTION ISOLATION LEVEL READ COMMITTED   →  (an empty statement)
 * BEGIN ISOLATION LEVEL SERIALIZABLE               →  refused, or if a weaker level is allowed
 *                                                     BEGIN ISOLATION LEVEL REPEATABLE READ
 * </pre>
 *
 * A weaker level is left out and not replaced, so that a server that has weaker ones gives what it
 * gives by default, and that is never less. REPEATABLE READ stays.
 */
public final class IsolationLevel {

  private final Statement statement;
  private final TransactionModes modes;
  private final boolean weakerAllowed;
  private final Edits edits;

  /**
   * The levels of one statement.
   *
   * @param weakerAllowed whether REPEATABLE READ may take SERIALIZABLE's place
   */
  public IsolationLevel(
      Statement statement, TransactionModes modes, boolean weakerAllowed, Edits edits) {
    this.statement = statement;
    this.modes = modes;
    this.weakerAllowed = weakerAllowed;
    this.edits = edits;
  }

  /** Makes its changes, or none. */
  public Decision apply(Mode level) {
    return switch (level.kind()) {
      case READ_UNCOMMITTED, READ_COMMITTED -> {
        leaveOut(level);
        yield new Decision(
            Verdict.REWRITTEN,
            "every transaction of Aurora DSQL runs at REPEATABLE READ, which is stronger");
      }
      case SERIALIZABLE -> serializable(level);
      default ->
          new Decision(Verdict.UNCHANGED, "it is the level of every transaction of Aurora DSQL");
    };
  }

  private Decision serializable(Mode level) {
    if (!weakerAllowed) {
      return new Decision(
          Verdict.REFUSED,
          "Aurora DSQL runs every transaction at REPEATABLE READ (snapshot isolation) and has no"
              + " SERIALIZABLE. The property allowWeakerIsolation=true accepts REPEATABLE READ in"
              + " its place");
    }
    edits.replace(
        level.end() - 1,
        edits.isLowerCase(level.end() - 1) ? "repeatable read" : "REPEATABLE READ");
    return new Decision(
        Verdict.REWRITTEN_WITH_LOSS,
        "a weaker level is allowed (allowWeakerIsolation): write skew becomes possible between"
            + " transactions that only read the same rows");
  }

  /**
   * With the commas beside it, which are optional, or with the whole statement if it sets no more.
   */
  private void leaveOut(Mode level) {
    boolean others = modes.list().stream().anyMatch(mode -> !isLeftOut(mode));
    if (modes.scope() != Scope.BEGIN && !others) {
      edits.remove(statement.first(), statement.end());
      return;
    }
    boolean commaBefore = statement.tokens().isPunctuation(level.first() - 1, ',');
    boolean commaBehind =
        level.end() < statement.end() && statement.tokens().isPunctuation(level.end(), ',');
    edits.remove(
        commaBefore ? level.first() - 1 : level.first(),
        commaBehind ? level.end() + 1 : level.end());
  }

  private static boolean isLeftOut(Mode mode) {
    return switch (mode.kind()) {
      case READ_UNCOMMITTED, READ_COMMITTED -> true;
      default -> false;
    };
  }
}
