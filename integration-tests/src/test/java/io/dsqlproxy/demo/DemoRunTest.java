package io.dsqlproxy.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.workload.PersistenceException.Unavailable;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The demo in short: the promise with the rewriter, and the refusal without it. */
class DemoRunTest {

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();

  @Test
  void unmodifiedApplicationsKeepTheirInvariantsThroughTheDriver() throws Exception {
    DemoResult result = run(new DemoOptions(Duration.ofSeconds(12), true));

    assertThat(result.isGood()).as(report()).isTrue();
    assertThat(result.server().refusals()).isEmpty();
    assertThat(result.server().lockingTexts()).containsOnlyKeys("FOR UPDATE");
    assertThat(result.driver().byRule())
        .containsKeys(
            RuleId.FOR_SHARE,
            RuleId.LOCK_IN_SHARE_MODE,
            RuleId.FOR_NO_KEY_UPDATE,
            RuleId.LOCK_BESIDE_AGGREGATE);
    assertThat(report()).contains("everything holds").doesNotContain("VIOLATED");
  }

  @Test
  void withoutTheRewriterTheServerRefusesTheFirstSharedLock() throws Exception {
    DemoResult result = run(new DemoOptions(Duration.ofHours(1), false));

    assertThat(result.isGood()).isFalse();
    assertThat(result.phases()).hasSize(1);
    assertThat(result.failure())
        .get()
        .isInstanceOfSatisfying(
            Unavailable.class, e -> assertThat(e.sqlState()).isEqualTo("0A000"));
    assertThat(result.driver().rewritten()).isZero();
    assertThat(report())
        .contains("locking clauses other than FOR UPDATE/FOR KEY SHARE are not supported")
        .contains("SQLSTATE 0A000")
        .contains("NOT GOOD");
  }

  private DemoResult run(DemoOptions options) throws Exception {
    return new DemoRun(options, new PrintStream(output, true, UTF_8)).run();
  }

  private String report() {
    return output.toString(UTF_8);
  }
}
