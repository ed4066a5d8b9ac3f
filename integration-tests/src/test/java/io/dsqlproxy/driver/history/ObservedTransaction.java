package io.dsqlproxy.driver.history;

import io.dsqlproxy.driver.history.Event.Read;
import io.dsqlproxy.driver.history.Event.Write;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a transaction did and saw, as its application knows it. Immutable.
 *
 * @param id unique in its history
 * @param session whose transactions follow one another
 * @param events what it did, in this order
 * @param outcome how it ended
 * @param detail the error, if there was one; for messages
 */
record ObservedTransaction(
    String id, int session, List<Event> events, Outcome outcome, String detail) {

  ObservedTransaction {
    events = List.copyOf(events);
  }

  /** What was read and not undone, in its order. */
  List<Read> reads() {
    return effective(Read.class);
  }

  /** What was written and not undone, in its order. */
  List<Write> writes() {
    return effective(Write.class);
  }

  /** What was written to a row and not undone. */
  Trail writesTo(Key key) {
    return new Trail(
        writes().stream().filter(write -> write.key().equals(key)).map(Write::token).toList());
  }

  Set<Key> keysWritten() {
    return writes().stream().map(Write::key).collect(Collectors.toUnmodifiableSet());
  }

  private <T extends Event> List<T> effective(Class<T> type) {
    return events.stream()
        .filter(type::isInstance)
        .map(type::cast)
        .filter(e -> !e.undone())
        .toList();
  }

  /** For messages: one line for each event. */
  String describe() {
    return id
        + ' '
        + outcome
        + (detail.isEmpty() ? "" : " (" + detail + ')')
        + events.stream().map(event -> "\n    " + event).collect(Collectors.joining());
  }
}
