package io.dsqlproxy.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * The time for which the JVM had a processor, garbage collection included, for each operation. Over
 * the in-memory server nothing waits, so this is the time that it takes on a machine that has
 * nothing else to do.
 */
public final class CpuTimeProfiler implements InternalProfiler {

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private long start;

  /** JMH makes it by its class. */
  public CpuTimeProfiler() {}

  @Override
  public String getDescription() {
    return "CPU time of the JVM for each operation";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    start = system.getProcessCpuTime();
  }

  @Override
  public Collection<ScalarResult> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long time = system.getProcessCpuTime() - start;
    double each = (double) time / result.getMetadata().getAllOps();
    return List.of(new ScalarResult("cpu.time.norm", each, "ns/op", AggregationPolicy.AVG));
  }
}
