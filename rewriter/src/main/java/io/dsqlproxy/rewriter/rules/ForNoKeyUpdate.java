package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.analysis.LockStrength;

/**
 * {@code SELECT … FOR NO KEY UPDATE}, in a transaction, becomes {@code SELECT … FOR UPDATE}:
 * stronger by the rows that refer to the locked one. Hibernate sends it for PESSIMISTIC_WRITE.
 */
final class ForNoKeyUpdate extends RowLock {

  ForNoKeyUpdate() {
    super(RuleId.FOR_NO_KEY_UPDATE, LockStrength.FOR_NO_KEY_UPDATE);
  }

  @Override
  String whyForUpdate() {
    return "Aurora DSQL has no such lock: FOR UPDATE keeps the row in the conflict check at COMMIT,"
        + " and also conflicts with new rows that refer to it";
  }
}
