package io.dsqlproxy.rewriter;

import java.util.Objects;

/**
 * What was decided about one construct of a statement, and why. Immutable.
 *
 * @param rule the rule that decided
 * @param place where the construct stands in the application's text
 * @param before the construct as the application wrote it
 * @param after what is sent in its place; empty if it was removed; equal to {@code before} if
 *     unchanged
 * @param verdict what became of the construct
 * @param reason why, in a sentence for the application's developer
 */
public record Finding(
    RuleId rule, Place place, String before, String after, Verdict verdict, String reason) {

  public Finding {
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(before, "before");
    Objects.requireNonNull(after, "after");
    Objects.requireNonNull(verdict, "verdict");
    Objects.requireNonNull(reason, "reason");
  }

  /**
   * A place in a statement's text.
   *
   * @param offset chars before it, from 0
   * @param line from 1
   * @param column from 1
   */
  public record Place(int offset, int line, int column) {

    /** A place further on in the same text. */
    Place forward(String text, int to) {
      int atLine = line;
      int atColumn = column;
      for (int i = offset; i < to; i++) {
        if (text.charAt(i) == '\n') {
          atLine++;
          atColumn = 1;
        } else {
          atColumn++;
        }
      }
      return new Place(to, atLine, atColumn);
    }

    @Override
    public String toString() {
      return "line " + line + ", column " + column;
    }
  }
}
