package io.dsqlproxy.simulator.fault;

import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.Fault.delay;
import static io.dsqlproxy.simulator.fault.Fault.disconnect;
import static io.dsqlproxy.simulator.fault.Fault.expiredToken;
import static io.dsqlproxy.simulator.fault.Fault.unavailable;
import static io.dsqlproxy.simulator.fault.FaultTrigger.afterCommit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.login;
import static io.dsqlproxy.simulator.fault.FaultTrigger.message;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statement;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementNumber;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A script says which fault strikes at which moment, and nothing that no server would do. */
class FaultScriptTest {

  private final List<Duration> pauses = new ArrayList<>();
  private final FaultScript script = new FaultScript(pauses::add);

  @Test
  void anEmptyScriptAsksForNothing() {
    assertThat(script.isEmpty()).isTrue();
    assertThat(meet("SELECT 1", 1)).isNull();
    script.at(statement()).answer(conflict()).remove();
    assertThat(script.isEmpty()).isTrue();
  }

  @Test
  void everyFaultCountsEveryMomentSoThatNumbersStayTrue() {
    script.at(statementNumber(1)).answer(conflict());
    script.at(statementNumber(2)).times(2).answer(unavailable());
    assertThat(meet("a", 1)).isEqualTo(conflict());
    assertThat(meet("b", 2)).isEqualTo(unavailable());
    assertThat(meet("c", 1)).isEqualTo(unavailable());
    assertThat(meet("d", 1)).isNull();
    assertThat(script.fired()).extracting(FiredFault::match).containsExactly(1, 2, 3);
  }

  @Test
  void allDelaysPassAndThenOneFaultStrikes() {
    script.at(statement()).always().answer(delay(Duration.ofMillis(1)));
    script.at(statement()).always().answer(delay(Duration.ofMillis(2)));
    script.at(statement()).answer(conflict());
    script.at(statement()).answer(disconnect());
    assertThat(meet("a", 1)).isEqualTo(conflict());
    assertThat(pauses).containsExactly(Duration.ofMillis(1), Duration.ofMillis(2));
    assertThat(meet("b", 1)).isEqualTo(disconnect());
    assertThat(meet("c", 1)).isNull();
  }

  @Test
  void aClearedScriptHasNeitherFaultsNorMemory() {
    script.at(statement()).always().answer(conflict());
    meet("a", 1);
    script.clear();
    assertThat(script.fired()).isEmpty();
    assertThat(meet("b", 1)).isNull();
  }

  @Test
  void whatNoServerWouldDoIsRefused() {
    assertRefused("login", () -> script.at(statement()).answer(expiredToken()));
    assertRefused("committed", () -> script.at(afterCommit()).answer(conflict()));
    assertRefused("no statement", () -> script.at(login()).answer(conflict()));
    assertRefused("no statement", () -> script.at(message()).answer(unavailable()));
    assertRefused("delay", () -> delay(Duration.ofMinutes(2)));
    assertRefused("delay", () -> delay(Duration.ZERO));
    assertRefused("SQLSTATE", () -> Fault.error("conflict", "text"));
    assertRefused("start with 1", () -> statementNumber(0));
    assertRefused("once", () -> script.at(commit()).times(0));
    assertThat(script.isEmpty()).isTrue();
  }

  private static void assertRefused(String words, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }

  private Fault meet(String sql, long session) {
    return script.meet(new Moment(Phase.STATEMENT, sql, "admin", "", session));
  }
}
