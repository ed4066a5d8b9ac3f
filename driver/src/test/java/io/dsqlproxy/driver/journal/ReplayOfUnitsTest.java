package io.dsqlproxy.driver.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Either all units have the same outcome and the application goes on with them, or none. */
class ReplayOfUnitsTest {

  private final List<String> log = new ArrayList<>();
  private final FakeUnit a = new FakeUnit("a", 1, log);
  private final FakeUnit b = new FakeUnit("b", 1, log);
  private final FakeUnit c = new FakeUnit("c", 1, log);
  private final Replay replay = new Replay(List.of(a, b, c), ReplayTime.UNLIMITED);

  @Test
  void nothingIsAdoptedBeforeTheLastUnitHadTheSameOutcome() throws Exception {
    replay.run();
    assertThat(log)
        .containsExactly("replay a", "replay b", "replay c", "adopt a", "adopt b", "adopt c");
    assertThat(replay.succeeded()).isTrue();
  }

  @Test
  void differenceEndsTheReplayAtItsPlaceAndNothingIsAdopted() {
    OutcomeDiffers difference = new OutcomeDiffers("it differs");
    b.outcome =
        () -> {
          throw difference;
        };
    assertThat(catchThrowable(replay::run)).isSameAs(difference);
    assertThat(log).containsExactly("replay a", "replay b");
    assertThat(replay.position()).isEqualTo(2);
    assertThat(replay.text()).isEqualTo("b");
    assertThat(replay.succeeded()).isFalse();
  }

  @Test
  void failureEndsTheReplayAtItsPlaceAndNothingIsAdopted() {
    SQLException failure = new SQLException("it fails", "23505");
    c.outcome =
        () -> {
          throw failure;
        };
    assertThat(catchThrowable(replay::run)).isSameAs(failure);
    assertThat(log).containsExactly("replay a", "replay b", "replay c");
    assertThat(replay.position()).isEqualTo(3);
    assertThat(replay.succeeded()).isFalse();
  }

  @Test
  void settingHappensAgainAndFailsIfItFails() throws Exception {
    List<String> set = new ArrayList<>();
    SettingUnit setting = new SettingUnit("setSchema", () -> set.add("public"));
    new Replay(List.of(setting), ReplayTime.UNLIMITED).run();
    assertThat(set).containsExactly("public");
    assertThat(setting.text()).isEqualTo("setSchema");
    SQLException failure = new SQLException("there is none", "3F000");
    SettingUnit failing =
        new SettingUnit(
            "setSchema",
            () -> {
              throw failure;
            });
    assertThat(catchThrowable(new Replay(List.of(failing), ReplayTime.UNLIMITED)::run))
        .isSameAs(failure);
  }
}
