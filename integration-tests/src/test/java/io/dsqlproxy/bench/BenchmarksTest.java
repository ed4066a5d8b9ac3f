package io.dsqlproxy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

class BenchmarksTest {

  @Test
  void everyBenchmarkRuns() throws Exception {
    Collection<RunResult> results =
        run(
            inOneShortIteration()
                .include("io\\.dsqlproxy\\.bench\\..*")
                .param("server", "IN_MEMORY"));
    // 4 of planning, 5 statements by 2 drivers, 3 on a server and 5 in transactions by 3, 5 logins,
    // 2 renewals, 4 of the dialect.
    assertThat(results).hasSize(4 + 5 * 2 + 3 * 3 + 5 * 3 + 5 + 2 + 4);
  }

  @Test
  void transactionsRunOnAServer() throws Exception {
    Collection<RunResult> results =
        run(
            inOneShortIteration()
                .include("TransactionBenchmark.oneRow$")
                .param("driver", "DSQL_PROXY")
                .param("server", "POSTGRES"));
    assertThat(results).hasSize(1);
  }

  private static ChainedOptionsBuilder inOneShortIteration() {
    return new OptionsBuilder()
        .forks(0)
        .warmupIterations(0)
        .measurementIterations(1)
        .measurementTime(TimeValue.milliseconds(10))
        .shouldFailOnError(true);
  }

  private static Collection<RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
    return new Runner(options.build()).run();
  }
}
