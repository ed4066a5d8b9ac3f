package io.dsqlproxy.rewriter;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Remembers plans by statement text, bounded in entries and bytes.
 *
 * <p>Texts that certainly hold no lock are not remembered: planning them again costs less than a
 * look into a cache that they would fill. The least recently used plans go first, approximately: an
 * entry that was used since it was last considered gets a second chance.
 *
 * <p>Safe for use by many threads. Looking up takes no lock; adding takes a short one, in which
 * nothing is planned.
 */
public final class PlanCache implements Planner {

  /** An application's distinct locking statements are counted in dozens, seldom in hundreds. */
  public static final int DEFAULT_MAX_ENTRIES = 2048;

  public static final long DEFAULT_MAX_BYTES = 8L * 1024 * 1024;

  /** No single text may push out more than this part of the others. */
  private static final int LARGEST_SHARE = 16;

  private final Planner planner;
  private final int maxEntries;
  private final long maxBytes;
  private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();
  private final ReentrantLock adding = new ReentrantLock();
  private final Queue<Entry> order = new ArrayDeque<>();
  private long bytes;

  public PlanCache(Planner planner) {
    this(planner, DEFAULT_MAX_ENTRIES, DEFAULT_MAX_BYTES);
  }

  /**
   * @param planner plans what is not remembered
   * @param maxEntries the most plans to remember; at least 0, which switches remembering off
   * @param maxBytes the most memory that they may take, estimated; at least 0
   */
  public PlanCache(Planner planner, int maxEntries, long maxBytes) {
    if (maxEntries < 0 || maxBytes < 0) {
      throw new IllegalArgumentException("maxEntries and maxBytes must not be negative");
    }
    this.planner = Objects.requireNonNull(planner, "planner");
    this.maxEntries = maxEntries;
    this.maxBytes = maxBytes;
  }

  private static final class Entry {
    private final Plan plan;
    private final long bytes;

    /** Racy on purpose: a lost update costs an entry its second chance, nothing else. */
    private boolean used;

    Entry(Plan plan) {
      this.plan = plan;
      this.bytes = bytes(plan);
    }

    private static long bytes(Plan plan) {
      long total = 300 + 2L * plan.sql().length();
      return total + bytes(plan.inTransaction(), plan.sql()) + bytes(plan.autocommit(), plan.sql());
    }

    private static long bytes(PlannedForm form, String original) {
      long total = 0;
      if (form instanceof PlannedForm.Send send && send.sql() != original) {
        total += 2L * send.sql().length();
      } else if (form instanceof PlannedForm.Emulate) {
        // Three answers and a query, each about as long.
        total += 8L * original.length() + 300;
      }
      for (Finding finding : form.findings()) {
        total += 150 + 2L * (finding.before().length() + finding.after().length());
      }
      return total;
    }
  }

  @Override
  public Plan plan(String sql) {
    if (planner.leavesAsItIs(sql)) {
      return Plan.unchanged(sql);
    }
    Entry entry = entries.get(sql);
    if (entry != null) {
      if (!entry.used) {
        entry.used = true;
      }
      return entry.plan;
    }
    Entry planned = new Entry(planner.plan(sql));
    if (maxEntries > 0 && planned.bytes <= maxBytes / LARGEST_SHARE) {
      add(planned);
    }
    return planned.plan;
  }

  private void add(Entry planned) {
    adding.lock();
    try {
      if (entries.putIfAbsent(planned.plan.sql(), planned) != null) {
        return;
      }
      order.add(planned);
      bytes += planned.bytes;
      // Each entry gets one second chance at most: threads that go on using the entries while this
      // one looks for an unused one could otherwise keep it here.
      int secondChances = order.size();
      while (order.size() > maxEntries || bytes > maxBytes) {
        Entry oldest = order.remove();
        if (oldest.used && secondChances > 0) {
          secondChances--;
          oldest.used = false;
          order.add(oldest);
        } else {
          entries.remove(oldest.plan.sql());
          bytes -= oldest.bytes;
        }
      }
    } finally {
      adding.unlock();
    }
  }

  /** How many plans are remembered now. */
  public int size() {
    return entries.size();
  }

  /** The estimated memory of the plans that are remembered now. */
  public long bytes() {
    adding.lock();
    try {
      return bytes;
    } finally {
      adding.unlock();
    }
  }
}
