package io.dsqlproxy.rewriter;

import io.dsqlproxy.rewriter.analysis.QualifiedName;
import java.util.Objects;

/** What a text may change, as far as the text tells. Immutable. */
public sealed interface Effect {

  /** No data. */
  record Nothing() implements Effect {}

  /** No data, but settings of the session. */
  record Settings() implements Effect {}

  /**
   * Rows of one table.
   *
   * @param table the table
   * @param row which row it is, if that can be told; null if not
   */
  record Rows(QualifiedName table, RowWrite row) implements Effect {

    public Rows {
      Objects.requireNonNull(table, "table");
    }
  }

  /** Nothing is known, or nobody needs to know. */
  record Anything() implements Effect {}

  /** The effect of a text about which nothing is known. */
  Effect ANYTHING = new Anything();

  /** The effect of a text that changes no data. */
  Effect NOTHING = new Nothing();

  /** The effect of a text that changes settings of the session. */
  Effect SETTINGS = new Settings();
}
