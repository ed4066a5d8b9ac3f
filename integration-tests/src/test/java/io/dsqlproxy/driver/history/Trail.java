package io.dsqlproxy.driver.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A version of a row: the writes that it went through, in their order. A row that was deleted and
 * inserted again goes on with its trail. Immutable.
 */
record Trail(List<Token> tokens) {

  static final Trail EMPTY = new Trail(List.of());

  Trail {
    tokens = List.copyOf(tokens);
  }

  static Trail of(Token... tokens) {
    return new Trail(List.of(tokens));
  }

  /** The trail with this {@link #text}; one that only appends may have put a comma in front. */
  static Trail parse(String text) {
    return new Trail(
        Arrays.stream(text.split(",")).filter(part -> !part.isEmpty()).map(Token::parse).toList());
  }

  String text() {
    return tokens.stream().map(Token::toString).collect(Collectors.joining(","));
  }

  Trail with(Token token) {
    return then(Trail.of(token));
  }

  Trail then(Trail more) {
    List<Token> all = new ArrayList<>(tokens);
    all.addAll(more.tokens);
    return new Trail(all);
  }

  static Trail longer(Trail one, Trail other) {
    return one.size() >= other.size() ? one : other;
  }

  /** Until the transaction's first write; all of it if there is none. */
  Trail beforeFirstOf(String transaction) {
    return new Trail(
        tokens.stream().takeWhile(token -> !token.transaction().equals(transaction)).toList());
  }

  Trail filtered(Predicate<Token> kept) {
    return new Trail(tokens.stream().filter(kept).toList());
  }

  Trail of(String transaction) {
    return filtered(token -> token.transaction().equals(transaction));
  }

  Trail without(String transaction) {
    return filtered(token -> !token.transaction().equals(transaction));
  }

  boolean startsWith(Trail beginning) {
    return beginning.size() <= size()
        && tokens.subList(0, beginning.size()).equals(beginning.tokens);
  }

  int size() {
    return tokens.size();
  }

  @Override
  public String toString() {
    return '[' + text() + ']';
  }
}
