package io.dsqlproxy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class CommitLogTest {

  private static final Set<Long> NONE = Set.of();
  private static final Set<Long> KEY = Set.of(7L);

  private final CommitLog log = new CommitLog();

  @Test
  void aSnapshotSeesWhatWasNeitherRunningNorYetToCome() {
    Snapshot snapshot = Snapshot.parse("10:20:10,15");
    assertThat(snapshot.sees(9)).isTrue();
    assertThat(snapshot.sees(10)).isFalse();
    assertThat(snapshot.sees(14)).isTrue();
    assertThat(snapshot.sees(15)).isFalse();
    assertThat(snapshot.sees(20)).isFalse();
    assertThat(Snapshot.parse("20:20:").sees(19)).isTrue();
  }

  @Test
  void ofTwoThatDoNotSeeOneAnotherOnlySharesAgree() {
    assertThat(log.admit(shares(10, "10:10:"))).isTrue();
    assertThat(log.admit(shares(11, "10:10:"))).isTrue();
    assertThat(log.admit(writes(12, "10:10:"))).isFalse();
    log.withdraw(shares(10, "10:10:"));
    log.withdraw(shares(11, "10:10:"));
    assertThat(log.admit(writes(12, "10:10:"))).isTrue();
    assertThat(log.admit(writes(13, "10:10:"))).isFalse();
    assertThat(log.admit(shares(14, "10:10:"))).isFalse();
  }

  @Test
  void whatWasNotAdmittedIsNoConflictForOthers() {
    assertThat(log.admit(writes(10, "10:10:"))).isTrue();
    assertThat(log.admit(new Claims(11, Snapshot.parse("10:10:"), Set.of(7L, 8L), NONE))).isFalse();
    assertThat(log.admit(new Claims(12, Snapshot.parse("10:10:"), Set.of(8L), NONE))).isTrue();
  }

  @Test
  void aTransactionThatIsSeenIsNoConflict() {
    assertThat(log.admit(writes(10, "10:10:"))).isTrue();
    assertThat(log.admit(writes(11, "11:11:"))).isTrue();
  }

  @Test
  void aTransactionNeverMeetsItself() {
    assertThat(log.admit(writes(10, "10:10:"))).isTrue();
    assertThat(log.admit(writes(10, "10:10:"))).isTrue();
  }

  @Test
  void onlyWhatEverySnapshotSeesIsForgotten() {
    log.admit(new Claims(10, Snapshot.parse("10:10:"), Set.of(1L), NONE));
    log.admit(new Claims(11, Snapshot.parse("10:10:"), Set.of(2L), NONE));
    log.forgetBefore(11);
    assertThat(log.admit(new Claims(12, Snapshot.parse("10:10:"), Set.of(1L), NONE))).isTrue();
    assertThat(log.admit(new Claims(13, Snapshot.parse("10:10:"), Set.of(2L), NONE))).isFalse();
  }

  @Test
  void itAsksToForgetAgainAndAgainHoweverMuchMustStay() {
    long transaction = 10;
    for (int times = 0; times < 3; times++) {
      while (!log.isLarge()) {
        transaction++;
        log.admit(new Claims(transaction, Snapshot.parse("10:10:"), Set.of(transaction), NONE));
      }
      log.forgetBefore(transaction - 100);
      assertThat(log.isLarge()).isFalse();
    }
  }

  private static Claims writes(long transaction, String snapshot) {
    return new Claims(transaction, Snapshot.parse(snapshot), KEY, NONE);
  }

  private static Claims shares(long transaction, String snapshot) {
    return new Claims(transaction, Snapshot.parse(snapshot), NONE, KEY);
  }
}
