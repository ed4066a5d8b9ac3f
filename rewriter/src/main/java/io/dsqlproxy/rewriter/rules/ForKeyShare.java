package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.analysis.LockStrength;

/**
 * {@code SELECT … FOR KEY SHARE} stays as it is: Aurora DSQL has it since August 2026. The lock
 * policy may ask for another form.
 */
final class ForKeyShare extends RowLock {

  ForKeyShare() {
    super(RuleId.FOR_KEY_SHARE, LockStrength.FOR_KEY_SHARE);
  }

  @Override
  String whyForUpdate() {
    return "the lock policy asks for it: FOR UPDATE keeps the whole row in the conflict check at"
        + " COMMIT, and lets two sharers of the row conflict with one another";
  }
}
