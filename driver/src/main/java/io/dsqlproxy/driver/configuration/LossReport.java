package io.dsqlproxy.driver.configuration;

import io.dsqlproxy.driver.observation.FewTexts;
import io.dsqlproxy.rewriter.Finding;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.Planner;
import io.dsqlproxy.rewriter.Verdict;
import io.dsqlproxy.rewriter.lexical.LoggedText;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says of each statement that gives up a guarantee that it does, once for each text. Safe for use
 * by many threads.
 */
final class LossReport implements Planner {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.rewrite");

  /** Far more than an application has kinds of locking statements. */
  private static final int MOST_TEXTS = 1_000;

  private final Planner planner;
  private final FewTexts reported = new FewTexts(MOST_TEXTS);

  /** Reports on what this planner plans. */
  LossReport(Planner planner) {
    this.planner = Objects.requireNonNull(planner, "planner");
  }

  @Override
  public Plan plan(String sql) {
    Plan plan = planner.plan(sql);
    for (Finding finding : plan.inTransaction().findings()) {
      if (finding.verdict() == Verdict.REWRITTEN_WITH_LOSS && reported.isNew(sql)) {
        LOG.warn(
            "{} at {} gives up a guarantee in a transaction: {}. The statement: {}",
            LoggedText.of(finding.before()),
            finding.place(),
            finding.reason(),
            LoggedText.of(sql));
      }
    }
    return plan;
  }

  @Override
  public boolean leavesAsItIs(String sql) {
    return planner.leavesAsItIs(sql);
  }
}
