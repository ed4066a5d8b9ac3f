package io.dsqlproxy.rewriter;

import io.dsqlproxy.rewriter.analysis.QualifiedName;
import java.util.Objects;
import java.util.Set;

/** What a text may change, as far as the text tells. Immutable. */
public sealed interface Effect {

  /** No data. */
  record Nothing() implements Effect {}

  /**
   * No data, unless one of the names is that of something that writes without being called like a
   * function: a view, or what {@code row.name} calls.
   *
   * @param names all names of the text, as they are looked up
   */
  record Query(Set<String> names) implements Effect {

    public Query {
      names = Set.copyOf(names);
    }
  }

  /** No data, but settings of the session. */
  record Settings() implements Effect {}

  /**
   * Rows of one table.
   *
   * @param table the table
   * @param row which row it is, if that can be told; null if not
   * @param names all names of the text, as they are looked up: one may write more than these rows
   */
  record Rows(QualifiedName table, RowWrite row, Set<String> names) implements Effect {

    public Rows {
      Objects.requireNonNull(table, "table");
      names = Set.copyOf(names);
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
