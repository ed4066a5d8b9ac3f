package io.dsqlproxy.driver.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A history that somebody wrote down, a transaction at a time. Confined to its thread. */
final class HandwrittenHistory {

  private final List<ObservedTransaction> transactions = new ArrayList<>();
  private final Map<Key, Trail> left = new HashMap<>();

  /** The rows are named by letters. */
  static Key row(String name) {
    return new Key("row", name);
  }

  static Token token(String text) {
    return Token.parse(text);
  }

  Writing transaction(String id) {
    return new Writing(id);
  }

  HandwrittenHistory left(String row, String trail) {
    left.put(row(row), Trail.parse(trail));
    return this;
  }

  List<Finding> check() {
    return Checker.check(new History(transactions, left));
  }

  /** A transaction that is written down; each in a session of its own. */
  final class Writing {

    private final Recording recording;
    private final String id;

    private Writing(String id) {
      this.id = id;
      this.recording = new Recording(id);
    }

    Writing reads(String row, String trail) {
      return reads(row, trail, Lock.NONE);
    }

    Writing reads(String row, String trail, Lock lock) {
      recording.read(row(row), Trail.parse(trail), lock);
      return this;
    }

    Writing writes(String... rows) {
      Token token = recording.nextToken(false);
      for (String row : rows) {
        recording.write(row(row), token);
      }
      return this;
    }

    Writing deletes(String row) {
      recording.write(row(row), recording.nextToken(true));
      return this;
    }

    /** A savepoint, writes, and back to the savepoint. */
    Writing writesAndUndoes(String row) {
      int savepoint = recording.position();
      writes(row);
      recording.undoFrom(savepoint);
      return this;
    }

    HandwrittenHistory is(Outcome outcome) {
      return is(outcome, transactions.size());
    }

    HandwrittenHistory is(Outcome outcome, int session) {
      transactions.add(new ObservedTransaction(id, session, recording.events(), outcome, ""));
      return HandwrittenHistory.this;
    }
  }
}
