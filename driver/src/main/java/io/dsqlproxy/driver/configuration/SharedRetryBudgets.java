package io.dsqlproxy.driver.configuration;

import io.dsqlproxy.driver.execution.RetryBudget;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One retry budget for all connections with the same URL, so that it is about a database and not
 * about one connection of a pool. Safe for use by many threads.
 */
public final class SharedRetryBudgets {

  /** Far more than one JVM has databases. */
  private static final SharedRetryBudgets GLOBAL = new SharedRetryBudgets(64);

  private final Map<Key, RetryBudget> budgets = new ConcurrentHashMap<>();
  private final int maxShared;

  /**
   * Budgets of their own.
   *
   * @param maxShared how many are kept; beyond it, budgets are made but not shared
   */
  SharedRetryBudgets(int maxShared) {
    this.maxShared = maxShared;
  }

  private record Key(String url, int share) {

    Key {
      Objects.requireNonNull(url, "url");
    }
  }

  /** What all connections of this JVM share. */
  public static SharedRetryBudgets global() {
    return GLOBAL;
  }

  /**
   * The budget for a URL.
   *
   * @param url the URL without secrets: it is kept
   * @param share how many retries 100 transactions add, at least 1
   */
  public RetryBudget budget(String url, int share) {
    Key key = new Key(url, share);
    RetryBudget shared = budgets.get(key);
    if (shared != null) {
      return shared;
    }
    return budgets.size() < maxShared
        ? budgets.computeIfAbsent(key, missing -> new RetryBudget(share))
        : new RetryBudget(share);
  }
}
