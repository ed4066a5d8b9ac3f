package io.dsqlproxy.rewriter;

import java.util.Objects;

/** What a column is compared with, or set to. Immutable. */
public sealed interface Operand {

  /**
   * A parameter.
   *
   * @param number from 1
   */
  record Parameter(int number) implements Operand {}

  /**
   * A literal.
   *
   * @param text its value: a string without its quotes, or the digits of a number
   */
  record Literal(String text) implements Operand {

    public Literal {
      Objects.requireNonNull(text, "text");
    }
  }

  /** Something that only the server can compute. */
  record Expression() implements Operand {}
}
