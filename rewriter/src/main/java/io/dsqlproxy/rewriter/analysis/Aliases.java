package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.Set;

/** The other names that statements give to tables. Stateless. */
final class Aliases {

  /** Reserved words that can follow a table's name, so that they are no alias of it. */
  private static final Set<String> FOLLOWING =
      Set.of(
          "WHERE",
          "SET",
          "ORDER",
          "GROUP",
          "HAVING",
          "WINDOW",
          "UNION",
          "INTERSECT",
          "EXCEPT",
          "RETURNING",
          "FROM",
          "USING",
          "JOIN",
          "INNER",
          "LEFT",
          "RIGHT",
          "FULL",
          "CROSS",
          "NATURAL",
          "ON",
          "TABLESAMPLE",
          "LIMIT",
          "OFFSET",
          "FETCH",
          "FOR",
          "VALUES",
          "SELECT",
          "DEFAULT");

  private Aliases() {}

  /**
   * The token behind a table's alias, if it has one.
   *
   * @param from the token behind the table's name
   * @param end the token after which nothing belongs to the statement
   */
  static int end(Tokens tokens, int from, int end) {
    int alias = from;
    if (alias < end && tokens.kind(alias) == TokenKind.OPERATOR && tokens.text(alias).equals("*")) {
      alias++;
    }
    if (alias < end && tokens.isWord(alias, "AS")) {
      return alias + 2;
    }
    return alias < end
            && tokens.isName(alias)
            && !(tokens.kind(alias) == TokenKind.WORD
                && FOLLOWING.contains(Ascii.toUpperCase(tokens.text(alias))))
        ? alias + 1
        : alias;
  }
}
