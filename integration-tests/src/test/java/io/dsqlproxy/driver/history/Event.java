package io.dsqlproxy.driver.history;

/** Something that a transaction did to a row. Immutable. */
sealed interface Event {

  Key key();

  /** Whether a rollback to a savepoint has undone it. */
  boolean undone();

  Event asUndone();

  /**
   * The application was given a version of a row, or told that it is not there.
   *
   * @param seen the version, own writes included
   * @param lock what the application was promised
   */
  record Read(Key key, Trail seen, Lock lock, boolean undone) implements Event {

    @Override
    public Event asUndone() {
      return new Read(key, seen, lock, true);
    }
  }

  /** A write was asked for; its answer may not have arrived. */
  record Write(Key key, Token token, boolean undone) implements Event {

    @Override
    public Event asUndone() {
      return new Write(key, token, true);
    }
  }
}
