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

  /** Far more than one JVM has kinds of pools. */
  private static final SharedPlanners GLOBAL = new SharedPlanners(64);

  private final Map<PlanSettings, Planner> planners = new ConcurrentHashMap<>();
  private final int maxShared;

  /**
   * Planners of their own.
   *
   * @param maxShared how many are kept; beyond it, planners are made but not shared
   */
  SharedPlanners(int maxShared) {
    this.maxShared = maxShared;
  }

  /** What all connections of this JVM share. */
  public static SharedPlanners global() {
    return GLOBAL;
  }

  /** The planner for these settings. */
  public Planner planner(PlanSettings settings) {
    if (!settings.rewriteLocks()) {
      return Plan::unchanged;
    }
    Planner shared = planners.get(settings);
    if (shared != null) {
      return shared;
    }
    return planners.size() < maxShared
        ? planners.computeIfAbsent(settings, SharedPlanners::create)
        : create(settings);
  }

  private static Planner create(PlanSettings settings) {
    LockPolicy policy = (LockPolicy) DriverProperty.LOCK_POLICY.parse(settings.lockPolicy());
    policy = policy.withVersionColumns(settings.versionColumns());
    return new PlanCache(
        new LossReport(
            new Rewriter(policy, settings.allowWeakerIsolation(), settings.emulation(), true)),
        settings.cacheEntries(),
        settings.cacheBytes());
  }
}
