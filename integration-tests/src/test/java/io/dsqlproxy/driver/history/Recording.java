package io.dsqlproxy.driver.history;

import java.util.ArrayList;
import java.util.List;

/** What one transaction does and sees, as it happens. Confined to its thread. */
final class Recording {

  private final String transaction;
  private final List<Event> events = new ArrayList<>();
  private int tokens;

  Recording(String transaction) {
    this.transaction = transaction;
  }

  /** A token that no other write has. */
  Token nextToken(boolean deletes) {
    return new Token(transaction, ++tokens, deletes);
  }

  /** To be said before the write is sent: who gets no answer may have written. */
  void write(Key key, Token token) {
    events.add(new Event.Write(key, token, false));
  }

  void read(Key key, Trail seen, Lock lock) {
    events.add(new Event.Read(key, seen, lock, false));
  }

  /** What is recorded from now on comes after it. */
  int position() {
    return events.size();
  }

  /** All since the position was undone, or turned out not to have happened. */
  void undoFrom(int position) {
    events.subList(position, events.size()).replaceAll(Event::asUndone);
  }

  List<Event> events() {
    return List.copyOf(events);
  }
}
