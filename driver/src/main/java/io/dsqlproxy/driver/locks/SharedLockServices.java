package io.dsqlproxy.driver.locks;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One lock service for all connections of the same user to the same URL, so that a pool needs one
 * or two connections for its locks and not one each. Safe for use by many threads.
 */
public final class SharedLockServices {

  /** Far more than one JVM has pools. */
  private static final SharedLockServices GLOBAL = new SharedLockServices(64);

  private final Map<Key, LockService> services = new ConcurrentHashMap<>();
  private final int maxShared;

  /**
   * Services of their own.
   *
   * @param maxShared how many are kept; beyond it, services are made but not shared
   */
  SharedLockServices(int maxShared) {
    this.maxShared = maxShared;
  }

  private record Key(String url, String user, LockSettings settings) {

    Key {
      Objects.requireNonNull(url, "url");
      Objects.requireNonNull(user, "user");
    }
  }

  /** What all connections of this JVM share. */
  public static SharedLockServices global() {
    return GLOBAL;
  }

  /**
   * The service for a user.
   *
   * @param url the URL without secrets: it is kept
   */
  public LockService service(String url, String user, LockSettings settings) {
    Key key = new Key(url, user, settings);
    LockService shared = services.get(key);
    if (shared != null) {
      return shared;
    }
    return services.size() < maxShared
        ? services.computeIfAbsent(key, missing -> new LockService(settings))
        : new LockService(settings);
  }
}
