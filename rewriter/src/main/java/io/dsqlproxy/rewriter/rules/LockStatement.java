package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.EmulatedRequest;
import io.dsqlproxy.rewriter.LockEmulation;
import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import io.dsqlproxy.rewriter.analysis.AdvisoryCall;
import io.dsqlproxy.rewriter.analysis.LockTableStatement;
import io.dsqlproxy.rewriter.analysis.Statement;
import java.util.List;

/**
 * What a rule decided about a lock on something that is no row: {@code LOCK TABLE}, or a call for
 * an advisory lock. Immutable.
 *
 * @param rule the rule that decided
 * @param first the first token of the construct
 * @param end the token after its last
 * @param verdict whether it is emulated or refused
 * @param reason why, in a sentence
 * @param request what is to be emulated; null if it is refused
 */
public record LockStatement(
    RuleId rule, int first, int end, Verdict verdict, String reason, EmulatedRequest request) {

  /**
   * Decides about the first such lock of a text.
   *
   * @param statements all statements of the text
   * @param emulation what is emulated
   * @return null if there is none
   */
  public static LockStatement firstIn(List<Statement> statements, LockEmulation emulation) {
    boolean alone = statements.size() == 1;
    for (Statement statement : statements) {
      if (LockTableStatement.is(statement)) {
        return TableLock.decide(statement, alone, emulation);
      }
      AdvisoryCall call = AdvisoryCall.firstIn(statement);
      if (call != null) {
        return AdvisoryLock.decide(call, alone, emulation);
      }
    }
    return null;
  }

  static LockStatement refused(RuleId rule, int first, int end, String reason) {
    return new LockStatement(rule, first, end, Verdict.REFUSED, reason, null);
  }
}
