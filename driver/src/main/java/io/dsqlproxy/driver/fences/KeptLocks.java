package io.dsqlproxy.driver.fences;

import io.dsqlproxy.driver.observation.FewTexts;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.SqlNames;
import io.dsqlproxy.rewriter.analysis.QualifiedName;
import io.dsqlproxy.rewriter.lexical.LoggedText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says of which queries the lock is not conditional although the lock policy asks for it, because
 * of what only the catalog knows. Safe for use by many threads.
 */
final class KeptLocks {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.rewrite");

  private static final FewTexts REPORTED = new FewTexts(1_000);

  private KeptLocks() {}

  /** Logs it once for each text. */
  static void report(PlannedForm.Send form, QualifiedName table, String obstacle) {
    String locked = form.postponed().locked().sql();
    if (REPORTED.isNew(locked)) {
      LOG.warn(
          "The lock policy makes the lock of this query conditional, but the rows of {} cannot be"
              + " told: {}. Sent with its lock: {}",
          SqlNames.table(table),
          obstacle,
          LoggedText.of(locked));
    }
  }
}
