package io.dsqlproxy.driver.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds keys that were probably meant to be one of ours. Unknown keys are no error, since
 * applications hand over whatever they have, but a setting that silently does not hold should not
 * stay unnoticed. Safe for use by many threads.
 */
public final class MisspeltKeys {

  private static final Logger LOG = LoggerFactory.getLogger(MisspeltKeys.class);
  private static final int MAX_EDITS = 2;
  private static final Set<String> REPORTED = ConcurrentHashMap.newKeySet();

  /** The names that pgJDBC reads; three of them only in URLs and service files. */
  private static final Set<String> PG_KEYS =
      Stream.concat(
              Stream.of(PGProperty.values()).map(PGProperty::getName),
              Stream.of("host", "port", "dbname"))
          .collect(Collectors.toUnmodifiableSet());

  private MisspeltKeys() {}

  /** Logs each near miss, once in the life of this JVM. */
  public static void report(ConnectionUrl url, Properties info) {
    for (NearMiss miss : find(url, info)) {
      if (REPORTED.add(miss.key())) {
        LOG.warn(
            "The property {} is unknown and has no effect here; did you mean {}?",
            miss.key(),
            miss.meant().key());
      }
    }
  }

  /** The near misses, by key in the order of the alphabet. */
  static List<NearMiss> find(ConnectionUrl url, Properties info) {
    Set<String> keys = new TreeSet<>(url.keys());
    if (info != null) {
      keys.addAll(info.stringPropertyNames());
    }
    List<NearMiss> misses = new ArrayList<>();
    for (String key : keys) {
      nearest(key).ifPresent(meant -> misses.add(new NearMiss(key, meant)));
    }
    return misses;
  }

  private static Optional<DriverProperty> nearest(String key) {
    if (PG_KEYS.contains(key) || DriverProperty.ofKey(key).isPresent()) {
      return Optional.empty();
    }
    return Stream.of(DriverProperty.values())
        .filter(property -> isNear(key, property.key()))
        .findFirst();
  }

  private static boolean isNear(String key, String ours) {
    return key.equalsIgnoreCase(ours)
        || Math.abs(key.length() - ours.length()) <= MAX_EDITS
            && editDistance(key, ours) <= MAX_EDITS;
  }

  /** Levenshtein's distance, one row at a time. */
  private static int editDistance(String left, String right) {
    int[] previous = new int[right.length() + 1];
    for (int j = 0; j < previous.length; j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int[] current = new int[previous.length];
      current[0] = i;
      for (int j = 1; j < current.length; j++) {
        int change = previous[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(change, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[right.length()];
  }

  /**
   * A key that looks like one of ours.
   *
   * @param key as the application wrote it
   * @param meant the property that it looks like
   */
  record NearMiss(String key, DriverProperty meant) {

    NearMiss {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(meant, "meant");
    }
  }
}
