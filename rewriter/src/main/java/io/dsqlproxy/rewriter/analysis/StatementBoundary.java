package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.Tokens;

/**
 * Where a statement of a text ends: at a semicolon that stands neither in parentheses, as those of
 * {@code CREATE RULE … DO (…; …)}, nor in the body of a routine, {@code BEGIN ATOMIC …; END}.
 * Stateless.
 */
public final class StatementBoundary {

  private StatementBoundary() {}

  /**
   * Finds the end of a statement.
   *
   * @param first the statement's first token
   * @return the semicolon that ends it, or the number of tokens if none does
   */
  public static int end(Tokens tokens, int first) {
    boolean routine = createsRoutine(tokens, first);
    int depth = 0;
    int body = 0;
    for (int i = first; i < tokens.size(); i++) {
      if (tokens.isPunctuation(i, '(')) {
        depth++;
      } else if (tokens.isPunctuation(i, ')')) {
        depth = Math.max(0, depth - 1);
      } else if (depth == 0 && body == 0 && tokens.isPunctuation(i, ';')) {
        return i;
      } else if (routine) {
        body = Math.max(0, body + changeOfBody(tokens, i, body > 0));
      }
    }
    return tokens.size();
  }

  private static boolean createsRoutine(Tokens tokens, int first) {
    if (!tokens.isWord(first, "CREATE")) {
      return false;
    }
    int kind =
        tokens.isWord(first + 1, "OR") && tokens.isWord(first + 2, "REPLACE")
            ? first + 3
            : first + 1;
    return tokens.isWord(kind, "FUNCTION") || tokens.isWord(kind, "PROCEDURE");
  }

  /** END closes a CASE of the body, too. Behind AS or a dot each of the words is a name. */
  private static int changeOfBody(Tokens tokens, int index, boolean inside) {
    if (tokens.isPunctuation(index - 1, '.') || tokens.isWord(index - 1, "AS")) {
      return 0;
    }
    if (!inside) {
      return tokens.isWord(index, "BEGIN") && tokens.isWord(index + 1, "ATOMIC") ? 1 : 0;
    }
    if (tokens.isWord(index, "CASE")) {
      return 1;
    }
    return tokens.isWord(index, "END") ? -1 : 0;
  }
}
