package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.analysis.LockStrength;

/**
 * {@code SELECT … FOR UPDATE} stays as it is: Aurora DSQL accepts it behind every query that
 * PostgreSQL accepts it behind, and it <em>is</em> the version check at COMMIT. The lock policy may
 * ask for another form.
 */
final class ForUpdate extends RowLock {

  ForUpdate() {
    super(RuleId.FOR_UPDATE, LockStrength.FOR_UPDATE);
  }

  @Override
  String whyForUpdate() {
    return "Aurora DSQL checks the row for conflicts at COMMIT instead of blocking others";
  }
}
