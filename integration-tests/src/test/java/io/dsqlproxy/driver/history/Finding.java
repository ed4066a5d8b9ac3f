package io.dsqlproxy.driver.history;

import java.util.List;
import java.util.Set;

/** Something in a history that cannot be explained. Immutable. */
sealed interface Finding {

  /** The transactions that are concerned. */
  Set<String> transactions();

  /**
   * Two committed transactions wrote a row, and at least one of them did so on a version that did
   * not have the other's write.
   */
  record LostUpdate(Key key, String writer, String other) implements Finding {

    @Override
    public Set<String> transactions() {
      return Set.of(writer, other);
    }
  }

  /**
   * Transactions read what one another wrote later, although locks promised that nobody does: no
   * order of them explains it.
   */
  record WriteSkew(List<Dependency> cycle) implements Finding {

    @Override
    public Set<String> transactions() {
      return Dependency.transactions(cycle);
    }
  }

  /** A transaction has seen something of another one, or after it, and something before it. */
  record FracturedRead(List<Dependency> cycle) implements Finding {

    @Override
    public Set<String> transactions() {
      return Dependency.transactions(cycle);
    }
  }

  /** Transactions build on one another in a circle. */
  record CircularDependency(List<Dependency> cycle) implements Finding {

    @Override
    public Set<String> transactions() {
      return Dependency.transactions(cycle);
    }
  }

  /** A write that was rolled back, or undone, was read by another transaction. */
  record AbortedRead(String reader, Key key, Token write) implements Finding {

    @Override
    public Set<String> transactions() {
      return Set.of(reader, write.transaction());
    }
  }

  /** Some of a transaction's writes to a row were read by another, before it had made them all. */
  record DirtyRead(String reader, Key key, Token write) implements Finding {

    @Override
    public Set<String> transactions() {
      return Set.of(reader, write.transaction());
    }
  }

  /** A transaction read two versions of a row, neither of which has its own writes to thank. */
  record NonRepeatableRead(String reader, Key key, Trail first, Trail second) implements Finding {

    @Override
    public Set<String> transactions() {
      return Set.of(reader);
    }
  }

  /** A transaction did not see its own writes, or saw undone ones. */
  record OwnWritesMissed(String reader, Key key, Trail written, Trail seen) implements Finding {

    @Override
    public Set<String> transactions() {
      return Set.of(reader);
    }
  }

  /** A version was read through which the row never went. */
  record ImpossibleRead(String reader, Key key, Trail seen) implements Finding {

    @Override
    public Set<String> transactions() {
      return Set.of(reader);
    }
  }

  /** A write is there more than once. */
  record EffectTwice(Key key, Token write) implements Finding {

    @Override
    public Set<String> transactions() {
      return Set.of(write.transaction());
    }
  }

  /** A write of a transaction that was reported as committed is not there. */
  record EffectMissing(Key key, Token write) implements Finding {

    @Override
    public Set<String> transactions() {
      return Set.of(write.transaction());
    }
  }

  /** A write is there that was undone, or whose transaction was not committed. */
  record UnwantedEffect(Key key, Token write, String why) implements Finding {

    @Override
    public Set<String> transactions() {
      return Set.of(write.transaction());
    }
  }

  /** A part of a transaction of unknown outcome is there, and a part is not. */
  record TornTransaction(String transaction, List<Token> there, List<Token> missing)
      implements Finding {

    @Override
    public Set<String> transactions() {
      return Set.of(transaction);
    }
  }
}
