package io.dsqlproxy.driver.observation;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers a bounded number of texts, so that something is said once about each. Safe for use by
 * many threads.
 */
public final class FewTexts {

  /** Longer texts are told apart by their beginnings, so that they take no more memory. */
  private static final int LONGEST = 2_000;

  private final int most;
  private final Set<String> texts = ConcurrentHashMap.newKeySet();

  /**
   * Remembers nothing yet.
   *
   * @param most how many texts are remembered; those beyond count as seen before
   */
  public FewTexts(int most) {
    this.most = most;
  }

  /** Whether this text was not there before, and there is room for it. */
  public boolean isNew(String text) {
    String known = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    return !texts.contains(known) && texts.size() < most && texts.add(known);
  }
}
