package io.dsqlproxy.driver.history;

import static io.dsqlproxy.driver.history.HandwrittenHistory.row;
import static io.dsqlproxy.driver.history.HandwrittenHistory.token;
import static io.dsqlproxy.driver.history.Outcome.COMMITTED;
import static io.dsqlproxy.driver.history.Outcome.FAILED;
import static io.dsqlproxy.driver.history.Outcome.ROLLED_BACK;
import static io.dsqlproxy.driver.history.Outcome.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checker finds each anomaly that somebody planted, names it, and finds nothing else. */
class CheckerTest {

  private final HandwrittenHistory history = new HandwrittenHistory();

  // -------------------- what can be explained

  @Test
  void transactionsOneAfterAnotherAreExplained() {
    history.transaction("a").reads("x", "").writes("x").reads("x", "a.1").writes("y").is(COMMITTED);
    history.transaction("b").reads("x", "a.1").reads("y", "a.2").writes("x").is(COMMITTED);
    history.transaction("c").writes("x", "y").is(COMMITTED);
    history.left("x", "a.1,b.1,c.1").left("y", "a.2,c.1");
    assertThat(history.check()).isEmpty();
  }

  @Test
  void transactionsWithoutAnEffectAreExplainedUnlessTheyWereCommitted() {
    history.transaction("a").writes("x").is(FAILED);
    history.transaction("b").writes("x").is(ROLLED_BACK);
    history.transaction("c").writes("x", "y").is(UNKNOWN);
    assertThat(history.check()).isEmpty();
  }

  @Test
  void unknownTransactionMayHaveHappenedAsAWhole() {
    history.transaction("a").writes("x").writes("y").is(UNKNOWN);
    history.transaction("b").reads("x", "a.1").writes("x").is(COMMITTED);
    history.left("x", "a.1,b.1").left("y", "a.2");
    assertThat(history.check()).isEmpty();
  }

  @Test
  void deletedRowGoesOnWithItsTrail() {
    history.transaction("a").reads("x", "").writes("x").is(COMMITTED);
    history.transaction("b").deletes("x").reads("x", "a.1,b.1!").writes("x").is(COMMITTED);
    history.left("x", "a.1,b.1!,b.2");
    assertThat(history.check()).isEmpty();
  }

  @Test
  void undoneWritesAreSeenByNobodyElse() {
    history
        .transaction("a")
        .writes("x")
        .writesAndUndoes("x")
        .reads("x", "a.1")
        .writes("x")
        .is(COMMITTED);
    history.left("x", "a.1,a.3");
    assertThat(history.check()).isEmpty();
  }

  @Test
  void writeSkewOnPlainReadsIsWhatSnapshotIsolationAllows() {
    history.transaction("a").reads("x", "").writes("y").is(COMMITTED);
    history.transaction("b").reads("y", "").writes("x").is(COMMITTED);
    history.left("x", "b.1").left("y", "a.1");
    assertThat(history.check()).isEmpty();
  }

  @Test
  void keyShareDoesNotForbidAnUpdate() {
    history.transaction("a").reads("x", "", Lock.KEY_SHARE).writes("y").is(COMMITTED);
    history.transaction("b").reads("y", "", Lock.KEY_SHARE).writes("x").is(COMMITTED);
    history.left("x", "b.1").left("y", "a.1");
    assertThat(history.check()).isEmpty();
  }

  // -------------------- effects

  @Test
  void effectTwiceIsFound() {
    history.transaction("a").writes("x").is(COMMITTED);
    history.left("x", "a.1,a.1");
    assertThat(history.check()).containsExactly(new Finding.EffectTwice(row("x"), token("a.1")));
  }

  @Test
  void effectMissingIsFound() {
    history.transaction("a").writes("x").writes("y").is(COMMITTED);
    history.left("x", "a.1");
    assertThat(history.check()).containsExactly(new Finding.EffectMissing(row("y"), token("a.2")));
  }

  @ParameterizedTest
  @EnumSource(names = {"FAILED", "ROLLED_BACK"})
  void effectOfATransactionThatWasNotCommittedIsFound(Outcome outcome) {
    history.transaction("a").writes("x").is(outcome);
    history.left("x", "a.1");
    assertThat(history.check())
        .singleElement()
        .isInstanceOfSatisfying(
            Finding.UnwantedEffect.class,
            unwanted -> assertThat(unwanted.write()).isEqualTo(token("a.1")));
  }

  @Test
  void effectThatWasUndoneIsFound() {
    history.transaction("a").writes("x").writesAndUndoes("x").is(COMMITTED);
    history.left("x", "a.1,a.2");
    assertThat(history.check())
        .singleElement()
        .isInstanceOfSatisfying(
            Finding.UnwantedEffect.class,
            unwanted -> assertThat(unwanted.write()).isEqualTo(token("a.2")));
  }

  @Test
  void effectOfNobodyIsFound() {
    history.left("x", "z.1");
    assertThat(history.check())
        .containsExactly(new Finding.UnwantedEffect(row("x"), token("z.1"), "nobody wrote it"));
  }

  @Test
  void unknownTransactionThatHappenedInPartIsFound() {
    history.transaction("a").writes("x").writes("y").is(UNKNOWN);
    history.left("y", "a.2");
    assertThat(history.check())
        .containsExactly(
            new Finding.TornTransaction("a", List.of(token("a.2")), List.of(token("a.1"))));
  }

  // -------------------- reads

  @Test
  void lostUpdateIsFoundWhenTheOtherWriteWasOverwritten() {
    history.transaction("a").reads("x", "").writes("x").is(COMMITTED);
    history.transaction("b").reads("x", "").writes("x").is(COMMITTED);
    history.left("x", "b.1");
    assertThat(history.check())
        .containsExactlyInAnyOrder(
            new Finding.LostUpdate(row("x"), "b", "a"),
            new Finding.EffectMissing(row("x"), token("a.1")));
  }

  @Test
  void lostUpdateIsFoundWhenBothWritesAreThere() {
    history.transaction("a").writes("x").is(COMMITTED);
    history.transaction("b").reads("x", "").writes("x").is(COMMITTED);
    history.left("x", "a.1,b.1");
    assertThat(history.check()).contains(new Finding.LostUpdate(row("x"), "b", "a"));
  }

  @Test
  void abortedReadIsFound() {
    history.transaction("a").writes("x").is(FAILED);
    history.transaction("b").reads("x", "a.1").is(COMMITTED);
    assertThat(history.check())
        .containsExactly(new Finding.AbortedRead("b", row("x"), token("a.1")));
  }

  @Test
  void readOfAnUndoneWriteIsFound() {
    history.transaction("a").writesAndUndoes("x").writes("y").is(COMMITTED);
    history.transaction("b").reads("x", "a.1").is(FAILED);
    history.left("y", "a.2");
    assertThat(history.check())
        .containsExactly(new Finding.AbortedRead("b", row("x"), token("a.1")));
  }

  @Test
  void dirtyReadOfATransactionThatGoesOnIsFound() {
    history.transaction("a").writes("x").writes("x").is(COMMITTED);
    history.transaction("b").reads("x", "a.1").is(COMMITTED);
    history.left("x", "a.1,a.2");
    assertThat(history.check()).contains(new Finding.DirtyRead("b", row("x"), token("a.1")));
  }

  @Test
  void nonRepeatableReadIsFound() {
    history.transaction("a").writes("x").is(COMMITTED);
    history.transaction("b").reads("x", "").reads("x", "a.1").is(COMMITTED);
    history.left("x", "a.1");
    assertThat(history.check())
        .contains(
            new Finding.NonRepeatableRead("b", row("x"), Trail.EMPTY, Trail.of(token("a.1"))));
  }

  @Test
  void ownWriteThatIsNotSeenIsFound() {
    history.transaction("a").writes("x").reads("x", "").is(COMMITTED);
    history.left("x", "a.1");
    assertThat(history.check())
        .containsExactly(
            new Finding.OwnWritesMissed("a", row("x"), Trail.of(token("a.1")), Trail.EMPTY));
  }

  @Test
  void versionThroughWhichTheRowNeverWentIsFound() {
    history.transaction("a").writes("x").is(COMMITTED);
    history.transaction("b").writes("x").is(COMMITTED);
    history.transaction("c").reads("x", "b.1").is(COMMITTED);
    history.left("x", "a.1,b.1");
    assertThat(history.check())
        .containsExactly(new Finding.ImpossibleRead("c", row("x"), Trail.of(token("b.1"))));
  }

  // -------------------- dependencies

  @Test
  void fracturedReadIsFound() {
    history.transaction("a").writes("x", "y").is(COMMITTED);
    history.transaction("b").reads("x", "").reads("y", "a.1").is(COMMITTED);
    history.left("x", "a.1").left("y", "a.1");
    assertOnly(Finding.FracturedRead.class, "a", "b");
  }

  @Test
  void fracturedReadOfATransactionThatFailedIsFound() {
    history.transaction("a").writes("x").writes("y").is(COMMITTED);
    history.transaction("b").reads("y", "a.2").reads("x", "").is(FAILED);
    history.left("x", "a.1").left("y", "a.2");
    assertOnly(Finding.FracturedRead.class, "a", "b");
  }

  @Test
  void staleReadAfterTheSessionsOwnCommitIsFound() {
    history.transaction("a").writes("x").is(COMMITTED, 1);
    history.transaction("b").reads("x", "").is(COMMITTED, 1);
    history.left("x", "a.1");
    assertOnly(Finding.FracturedRead.class, "a", "b");
  }

  @Test
  void circularDependencyIsFound() {
    history.transaction("a").reads("y", "b.1").writes("x").is(COMMITTED);
    history.transaction("b").reads("x", "a.1").writes("y").is(COMMITTED);
    history.left("x", "a.1").left("y", "b.1");
    assertOnly(Finding.CircularDependency.class, "a", "b");
  }

  @ParameterizedTest
  @EnumSource(names = {"SHARE", "SHARE_MODE", "NO_KEY_UPDATE", "UPDATE"})
  void writeSkewOnPromotedReadsIsFound(Lock lock) {
    history.transaction("a").reads("x", "", lock).writes("y").is(COMMITTED);
    history.transaction("b").reads("y", "", lock).writes("x").is(COMMITTED);
    history.left("x", "b.1").left("y", "a.1");
    assertOnly(Finding.WriteSkew.class, "a", "b");
  }

  @Test
  void onePromotedReadIsEnoughToForbidWriteSkew() {
    history.transaction("a").reads("x", "", Lock.SHARE).writes("y").is(COMMITTED);
    history.transaction("b").reads("y", "").writes("x").is(COMMITTED);
    history.left("x", "b.1").left("y", "a.1");
    assertOnly(Finding.WriteSkew.class, "a", "b");
  }

  @Test
  void writeSkewAroundThreeTransactionsIsFound() {
    history.transaction("a").reads("x", "", Lock.UPDATE).writes("y").is(COMMITTED);
    history.transaction("b").reads("y", "", Lock.UPDATE).writes("z").is(COMMITTED);
    history.transaction("c").reads("z", "", Lock.UPDATE).writes("x").is(COMMITTED);
    history.left("x", "c.1").left("y", "a.1").left("z", "b.1");
    assertOnly(Finding.WriteSkew.class, "a", "b", "c");
  }

  @Test
  void deleteOfARowThatWasReadForKeyShareIsFound() {
    history.transaction("z").writes("x").is(COMMITTED);
    history.transaction("a").reads("x", "z.1", Lock.KEY_SHARE).writes("y").is(COMMITTED);
    history.transaction("b").reads("y", "").deletes("x").is(COMMITTED);
    history.left("x", "z.1,b.1!").left("y", "a.1");
    assertOnly(Finding.WriteSkew.class, "a", "b");
  }

  @Test
  void locksOfATransactionThatFailedPromiseNothing() {
    history.transaction("a").reads("x", "", Lock.UPDATE).reads("y", "").is(FAILED);
    history.transaction("b").reads("y", "").writes("x").is(COMMITTED);
    history.left("x", "b.1");
    assertThat(history.check()).isEmpty();
  }

  @Test
  void locksOfATransactionThatWroteNothingPromiseNothing() {
    history.transaction("a").reads("y", "").writes("x").is(COMMITTED);
    history.transaction("b").writes("y").is(COMMITTED);
    history.transaction("c").reads("x", "", Lock.UPDATE).reads("y", "b.1").is(COMMITTED);
    history.left("x", "a.1").left("y", "b.1");
    assertThat(history.check()).isEmpty();
  }

  private void assertOnly(Class<? extends Finding> type, String... transactions) {
    assertThat(history.check())
        .singleElement()
        .isInstanceOf(type)
        .extracting(Finding::transactions)
        .isEqualTo(Set.of(transactions));
  }
}
