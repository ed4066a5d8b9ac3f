package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.analysis.LockStrength;

/**
 * {@code SELECT … FOR SHARE}, in a transaction, becomes {@code SELECT … FOR UPDATE}.
 *
 * <p>The transaction usually goes on to write something else on the strength of what it read, so
 * the read must stay in the conflict check: dropped, it would allow write skew. The price is that
 * two sharers of one row now conflict with one another; the lock policy may ask for a weaker form.
 */
final class ForShare extends RowLock {

  ForShare() {
    super(RuleId.FOR_SHARE, LockStrength.FOR_SHARE);
  }

  @Override
  String whyForUpdate() {
    return "Aurora DSQL has no share lock: FOR UPDATE keeps the row in the conflict check at COMMIT,"
        + " and lets two sharers of the row conflict with one another";
  }
}
