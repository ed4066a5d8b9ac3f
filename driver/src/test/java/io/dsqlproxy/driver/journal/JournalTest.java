package io.dsqlproxy.driver.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The journal is complete, or it has given up and keeps nothing. */
class JournalTest {

  private static final int MAX_BYTES = 1000;

  private final Journal journal = new Journal(MAX_BYTES);

  private FakeUnit add(String text, long bytes) {
    FakeUnit unit = new FakeUnit(text, bytes);
    journal.add(unit, 7);
    return unit;
  }

  // -------------------- its bound

  @Test
  void unitsAreKeptInTheirOrderUpToTheBound() {
    FakeUnit a = add("a", 400);
    FakeUnit b = add("b", 600);
    assertThat(journal.units()).containsExactly(a, b);
    assertThat(journal.size()).isEqualTo(2);
    assertThat(journal.obstacle()).isNull();
    assertThat(a.released).isFalse();
  }

  @Test
  void beyondTheBoundEverythingIsReleasedAtOnceAndNothingIsKeptAnyMore() {
    FakeUnit a = add("a", 400);
    FakeUnit b = add("b", 601);
    assertThat(journal.obstacle())
        .isEqualTo("its journal takes more than 1000 bytes (property journalBytes)");
    assertThat(journal.units()).isEmpty();
    assertThat(a.released).isTrue();
    assertThat(b.released).isTrue();
    FakeUnit later = add("later", 1);
    assertThat(journal.units()).isEmpty();
    assertThat(later.released).isTrue();
    assertThat(journal.isEmpty()).isFalse();
  }

  @Test
  void bytesOfATransactionThatIsOverDoNotCountInTheNext() {
    for (int i = 0; i < 10; i++) {
      FakeUnit unit = add("a", 600);
      assertThat(journal.obstacle()).isNull();
      journal.clear();
      assertThat(unit.released).isTrue();
      assertThat(journal.isEmpty()).isTrue();
    }
  }

  @Test
  void bytesOfWhatWasUndoneDoNotCountAnyMore() {
    add("a", 300);
    journal.setSavepoint("s");
    for (int i = 0; i < 10; i++) {
      add("b", 300);
      add("c", 300);
      journal.returnTo("s", UndonePart.nothing());
    }
    assertThat(journal.obstacle()).isNull();
    add("d", 701);
    assertThat(journal.obstacle()).isNotNull();
  }

  // -------------------- giving up

  @Test
  void unitThatCannotHappenAgainMakesTheJournalGiveUpWithItsReason() {
    FakeUnit a = add("a", 1);
    FakeUnit unrepeatable = new FakeUnit("b", 1);
    unrepeatable.obstacle = "it cannot be repeated";
    journal.add(unrepeatable, 0);
    assertThat(journal.obstacle()).isEqualTo("it cannot be repeated");
    assertThat(a.released).isTrue();
    assertThat(unrepeatable.released).isTrue();
  }

  @Test
  void firstReasonStays() {
    journal.giveUp("the first");
    journal.giveUp("the second");
    assertThat(journal.obstacle()).isEqualTo("the first");
  }

  @Test
  void nextTransactionIsKeptAgain() {
    add("a", MAX_BYTES + 1);
    journal.clear();
    assertThat(journal.obstacle()).isNull();
    FakeUnit b = add("b", 1);
    assertThat(journal.units()).containsExactly(b);
    assertThat(b.released).isFalse();
  }

  @Test
  void transactionBeginsWithItsFirstUnit() {
    journal.add(new FakeUnit("a", 1), 11);
    journal.add(new FakeUnit("b", 1), 22);
    assertThat(journal.started()).isEqualTo(11);
    journal.clear();
    journal.add(new FakeUnit("c", 1), 33);
    assertThat(journal.started()).isEqualTo(33);
  }

  @Test
  void unitsThatWereTakenDoNotChange() {
    FakeUnit a = add("a", 1);
    var taken = journal.units();
    add("b", 1);
    assertThat(taken).containsExactly(a);
  }

  // -------------------- savepoints

  @Test
  void returnForgetsWhatHappenedSinceAndKeepsTheSavepoint() {
    FakeUnit a = add("a", 1);
    journal.setSavepoint("s");
    FakeUnit b = add("b", 1);
    journal.returnTo("s", UndonePart.nothing());
    assertThat(journal.units()).containsExactly(a);
    assertThat(a.released).isFalse();
    assertThat(b.released).isTrue();
    assertThat(journal.savepoint("s").position()).isEqualTo(1);
  }

  @Test
  void returnForgetsTheSavepointsThatWereSetSince() {
    journal.setSavepoint("outer");
    add("a", 1);
    journal.setSavepoint("inner");
    journal.returnTo("outer", UndonePart.nothing());
    assertThat(journal.savepoint("inner")).isNull();
    assertThat(journal.savepoint("outer")).isNotNull();
  }

  @Test
  void returnToTheOuterSavepointKeepsWhatWasBeforeIt() {
    FakeUnit a = add("a", 1);
    journal.setSavepoint("outer");
    add("b", 1);
    journal.setSavepoint("inner");
    add("c", 1);
    journal.returnTo("outer", UndonePart.nothing());
    assertThat(journal.units()).containsExactly(a);
  }

  @Test
  void releaseForgetsTheSavepointAndThoseAfterItAndKeepsWhatHappened() {
    journal.setSavepoint("outer");
    FakeUnit a = add("a", 1);
    journal.setSavepoint("middle");
    FakeUnit b = add("b", 1);
    journal.setSavepoint("inner");
    journal.releaseSavepoint("middle");
    assertThat(journal.savepoint("middle")).isNull();
    assertThat(journal.savepoint("inner")).isNull();
    assertThat(journal.savepoint("outer")).isNotNull();
    assertThat(journal.units()).containsExactly(a, b);
  }

  @Test
  void youngestOfSavepointsWithTheSameNameHidesTheOthersUntilItIsReleased() {
    journal.setSavepoint("s");
    FakeUnit a = add("a", 1);
    journal.setSavepoint("s");
    add("b", 1);
    journal.returnTo("s", UndonePart.nothing());
    assertThat(journal.units()).containsExactly(a);
    journal.releaseSavepoint("s");
    assertThat(journal.savepoint("s").position()).isZero();
    journal.returnTo("s", UndonePart.nothing());
    assertThat(journal.units()).isEmpty();
    journal.releaseSavepoint("s");
    assertThat(journal.savepoint("s")).isNull();
  }

  @Test
  void savepointsEndWithTheTransaction() {
    journal.setSavepoint("s");
    journal.clear();
    assertThat(journal.savepoint("s")).isNull();
  }
}
