package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.analysis.LockStrength;

/**
 * MySQL's {@code SELECT … LOCK IN SHARE MODE}, in a transaction, becomes {@code SELECT … FOR
 * UPDATE}, for the reasons of {@link ForShare}.
 */
final class LockInShareMode extends RowLock {

  LockInShareMode() {
    super(RuleId.LOCK_IN_SHARE_MODE, LockStrength.LOCK_IN_SHARE_MODE);
  }

  @Override
  String whyForUpdate() {
    return "MySQL's share lock is no PostgreSQL syntax: FOR UPDATE keeps the row in the conflict"
        + " check at COMMIT, and lets two sharers of the row conflict with one another";
  }
}
