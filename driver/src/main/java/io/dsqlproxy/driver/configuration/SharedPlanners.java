package io.dsqlproxy.driver.configuration;

import io.dsqlproxy.rewriter.LockPolicy;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlanCache;
import io.dsqlproxy.rewriter.Planner;
import io.dsqlproxy.rewriter.Rewriter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One planner for all connections with the same settings, so that a statement is planned once for a
 * whole pool. Safe for use by many threads.
 */
public final class SharedPlanners {

  /** Far more than one JVM has kinds of pools; beyond it, planners are not shared. */
  private static final int MAX_SHARED = 64;

  private static final Map<PlanSettings, Planner> PLANNERS = new ConcurrentHashMap<>();

  private SharedPlanners() {}

  /** The planner for these settings. */
  public static Planner planner(PlanSettings settings) {
    if (!settings.rewriteLocks()) {
      return Plan::unchanged;
    }
    Planner shared = PLANNERS.get(settings);
    if (shared != null) {
      return shared;
    }
    return PLANNERS.size() < MAX_SHARED
        ? PLANNERS.computeIfAbsent(settings, SharedPlanners::create)
        : create(settings);
  }

  private static Planner create(PlanSettings settings) {
    LockPolicy policy = (LockPolicy) DriverProperty.LOCK_POLICY.parse(settings.lockPolicy());
    return new PlanCache(new Rewriter(policy));
  }
}
