package io.dsqlproxy.driver.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * No transaction comes before itself. Snapshot isolation allows that in one way only: by two
 * consecutive reads without a lock, each of the version before what the next transaction wrote. If
 * all reads are locked it allows it in none, and the history is serializable. Stateless.
 *
 * <p>So a path may not take a plain read's dependency right after another one's; whatever cycle is
 * left is one too many.
 */
final class CycleCheck {

  /** Each transaction appears in one cycle only, and no more cycles than this are of use. */
  private static final int ENOUGH = 20;

  private CycleCheck() {}

  /** A place on a path: at a transaction, and whether a plain read led there. */
  private record Place(String transaction, boolean afterPlainRead) {}

  static List<Finding> check(DependencyGraph graph) {
    List<Finding> findings = new ArrayList<>();
    Set<String> reported = new HashSet<>();
    for (String transaction : graph.transactions()) {
      if (findings.size() < ENOUGH && !reported.contains(transaction)) {
        List<Dependency> cycle = shortestCycle(graph, transaction);
        if (cycle != null && Collections.disjoint(Dependency.transactions(cycle), reported)) {
          reported.addAll(Dependency.transactions(cycle));
          findings.add(named(cycle));
        }
      }
    }
    return findings;
  }

  private static Finding named(List<Dependency> cycle) {
    long reads = cycle.stream().filter(dependency -> dependency.kind().isReadWrite()).count();
    if (reads == 0) {
      return new Finding.CircularDependency(cycle);
    }
    return reads == 1 ? new Finding.FracturedRead(cycle) : new Finding.WriteSkew(cycle);
  }

  /**
   * How a place was reached.
   *
   * @param from the place before
   */
  private record Arrival(Place from, Dependency by) {}

  /** Through this transaction, and so that it is not reached by a plain read; null if none. */
  private static List<Dependency> shortestCycle(DependencyGraph graph, String transaction) {
    Place start = new Place(transaction, false);
    Map<Place, Arrival> arrivals = new HashMap<>();
    Deque<Place> next = new ArrayDeque<>(List.of(start));
    while (!next.isEmpty()) {
      Place place = next.remove();
      for (Dependency dependency : graph.from(place.transaction())) {
        boolean plainRead = !dependency.kind().commitsBefore();
        Place reached = new Place(dependency.to(), plainRead);
        if (!(plainRead && place.afterPlainRead()) && !arrivals.containsKey(reached)) {
          arrivals.put(reached, new Arrival(place, dependency));
          next.add(reached);
        }
      }
    }
    return arrivals.containsKey(start) ? path(arrivals, start) : null;
  }

  private static List<Dependency> path(Map<Place, Arrival> arrivals, Place start) {
    List<Dependency> path = new ArrayList<>();
    Place place = start;
    do {
      Arrival arrival = arrivals.get(place);
      path.add(arrival.by());
      place = arrival.from();
    } while (!place.equals(start));
    Collections.reverse(path);
    return path;
  }
}
