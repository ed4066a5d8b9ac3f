package io.dsqlproxy.simulator.conformance;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Counts what matched, by group. Confined to one thread. */
final class ConformanceTable {

  private static final String LINE = "%-16s %8s %8s %9s %10s %12s%n";

  private final Map<String, int[]> groups = new LinkedHashMap<>();
  private final Map<String, String> differences = new TreeMap<>();
  private final Map<String, String> unjudged = new TreeMap<>();

  void add(Row row, String difference) {
    int[] counts = groups.computeIfAbsent(row.group(), ignored -> new int[5]);
    counts[0]++;
    if (!row.isJudged()) {
      counts[3]++;
      if (difference != null) {
        counts[4]++;
        unjudged.put(row.id(), row.notJudged() + ": " + difference);
      }
    } else if (difference == null) {
      counts[1]++;
    } else {
      counts[2]++;
      differences.put(row.id(), difference);
    }
  }

  Set<String> differing() {
    return differences.keySet();
  }

  /** What differs, and how. */
  String details() {
    StringBuilder text = new StringBuilder("known: " + KnownDifferences.REASONS.keySet());
    differences.forEach(
        (id, difference) -> {
          if (!KnownDifferences.REASONS.containsKey(id)) {
            text.append("\nnot known: ").append(id).append(": ").append(difference);
          }
        });
    return text.append("\nall: ").toString();
  }

  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder(
            LINE.formatted("group", "recorded", "matched", "differing", "not judged", "(of these"));
    int[] sum = new int[5];
    groups.forEach(
        (group, counts) -> {
          text.append(line(group, counts));
          for (int i = 0; i < sum.length; i++) {
            sum[i] += counts[i];
          }
        });
    text.append(line("all", sum));
    differences.forEach(
        (id, difference) ->
            text.append("differs: %s: %s%n".formatted(id, difference))
                .append(
                    "    because %s%n"
                        .formatted(KnownDifferences.REASONS.getOrDefault(id, "(not known)"))));
    unjudged.forEach(
        (id, difference) -> text.append("not judged: %s: %s%n".formatted(id, difference)));
    return text.toString();
  }

  private static String line(String group, int[] counts) {
    return LINE.formatted(
        group, counts[0], counts[1], counts[2], counts[3], counts[4] + " differ)");
  }
}
