package io.dsqlproxy.demo;

import io.dsqlproxy.demo.DemoResult.PhaseResult;
import io.dsqlproxy.demo.DemoResult.ServerView;
import io.dsqlproxy.driver.observation.DriverStatistics.Example;
import io.dsqlproxy.driver.observation.DriverStatistics.Snapshot;
import io.dsqlproxy.workload.Invariant;
import io.dsqlproxy.workload.PersistenceException.Unavailable;
import io.dsqlproxy.workload.WorkloadRun.AreaVerdict;
import java.io.PrintStream;
import java.util.Map;

/** Prints a result for people. */
final class DemoReport {

  private static final int LONGEST_SQL = 150;

  private final PrintStream out;

  DemoReport(PrintStream out) {
    this.out = out;
  }

  void print(DemoResult result) {
    driver(result.driver());
    server(result.server());
    result.phases().forEach(this::phase);
    result.failure().ifPresent(this::failure);
    out.println();
  }

  private void driver(Snapshot driver) {
    heading("What the driver did");
    out.printf(
        "  statements %,d   rewritten %,d   refused %,d   conflicts met %,d   statements run again"
            + " %,d   tokens signed %,d%n",
        driver.statements(),
        driver.rewritten(),
        driver.refused(),
        driver.conflicts(),
        driver.retries(),
        driver.connections().tokensSigned());
    driver.byRule().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            entry -> {
              Example example = entry.getValue().example();
              out.printf("  %s: %,d%n", entry.getKey().construct(), entry.getValue().constructs());
              out.println("      before  " + oneLine(example.before()));
              out.println("      after   " + oneLine(example.after()));
            });
  }

  private void server(ServerView server) {
    heading("What the server saw");
    out.printf(
        "  texts to run or prepare %,d   answers 40001 %,d   refusals %,d%n",
        server.statements(),
        server.conflicts(),
        server.refusals().values().stream().mapToLong(Long::longValue).sum());
    out.println("  different locking texts: " + server.lockingTexts());
    server.refusals().forEach((refusal, count) -> out.println("  " + count + " x " + refusal));
  }

  private void phase(PhaseResult phase) {
    heading(phase.name());
    for (AreaVerdict verdict : phase.outcome().verdicts()) {
      out.printf(
          "  %s: %,d operations, %,d lost races, %,d turned away%n",
          verdict.progress().area(),
          verdict.progress().operations(),
          verdict.progress().conflicts(),
          verdict.progress().turnedAwayCount());
      if (!verdict.progress().idle().isEmpty()) {
        out.println("    not reached: " + String.join(", ", verdict.progress().idle()));
      }
      verdict.invariants().forEach(this::invariant);
    }
  }

  private void invariant(Invariant invariant) {
    out.printf(
        "    %-9s %s: %s (%s)%n",
        invariant.holds() ? "ok" : "VIOLATED",
        invariant.name(),
        invariant.statement(),
        invariant.detail());
  }

  private void failure(RuntimeException failure) {
    heading("The run ended before its time");
    if (failure instanceof Unavailable unavailable && !unavailable.sqlState().isEmpty()) {
      out.println("  SQLSTATE " + unavailable.sqlState());
    }
    out.println("  " + failure.getMessage());
  }

  private void heading(String text) {
    out.println();
    out.println(text);
  }

  private static String oneLine(String sql) {
    String line = sql.strip().replaceAll("\\s+", " ");
    if (line.length() <= LONGEST_SQL) {
      return line;
    }
    // The lock is at the end, so the middle goes.
    int half = LONGEST_SQL / 2;
    return line.substring(0, half) + " ... " + line.substring(line.length() - half);
  }
}
