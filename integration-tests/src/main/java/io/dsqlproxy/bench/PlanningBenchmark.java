package io.dsqlproxy.bench;

import io.dsqlproxy.rewriter.LockPolicy;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlanCache;
import io.dsqlproxy.rewriter.Planner;
import io.dsqlproxy.rewriter.Rewriter;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to plan a statement: already seen, without a lock, and for the first time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(time = 1)
@Measurement(time = 1)
public class PlanningBenchmark {

  private static final String LOCKING =
      "SELECT db_record_version, next_event_id FROM executions WHERE shard_id = ?"
          + " AND namespace_id = ? AND workflow_id = ? AND run_id = ? FOR SHARE";

  private final Planner rewriter = new Rewriter(LockPolicy.defaults());
  private final Planner cache = new PlanCache(rewriter);

  private final String plain =
      "UPDATE executions SET next_event_id = ?, data = ? WHERE shard_id = ? AND run_id = ?";
  private final char[] characters = LOCKING.toCharArray();

  /** A locking statement that is a constant of the application: its String knows its hash. */
  @Benchmark
  public Plan seenLockingStatement() {
    return cache.plan(LOCKING);
  }

  /** A locking statement put together anew for each execution. */
  @Benchmark
  public Plan seenLockingStatementInAFreshString() {
    return cache.plan(new String(characters));
  }

  /** A statement that holds no lock. */
  @Benchmark
  public Plan statementWithoutALock() {
    return cache.plan(plain);
  }

  /** What is paid once for each distinct locking statement. */
  @Benchmark
  public Plan neverSeenLockingStatement() {
    return rewriter.plan(LOCKING);
  }
}
