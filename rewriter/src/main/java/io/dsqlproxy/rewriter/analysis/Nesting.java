package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.Tokens;

/** Parentheses, brackets and CASE … END. Stateless. */
final class Nesting {

  private Nesting() {}

  /** By how much a token changes the depth of what follows; 0 for most. */
  static int change(Tokens tokens, int token) {
    if (tokens.isPunctuation(token, '(') || tokens.isPunctuation(token, '[')) {
      return 1;
    }
    if (tokens.isPunctuation(token, ')') || tokens.isPunctuation(token, ']')) {
      return -1;
    }
    if (tokens.isPunctuation(token - 1, '.') || tokens.isWord(token - 1, "AS")) {
      return 0;
    }
    if (tokens.isWord(token, "CASE")) {
      return 1;
    }
    return tokens.isWord(token, "END") ? -1 : 0;
  }

  /** The token that closes what one opens; -1 if none before the end does. */
  static int close(Tokens tokens, int open, int end) {
    int depth = 0;
    for (int i = open; i < end; i++) {
      depth += change(tokens, i);
      if (depth == 0) {
        return i;
      }
    }
    return -1;
  }

  /** The first of some reserved words outside all nesting; the end if there is none. */
  static int find(Tokens tokens, int first, int end, String... words) {
    int depth = 0;
    for (int i = first; i < end; i++) {
      depth += change(tokens, i);
      if (depth == 0 && !isLabel(tokens, i)) {
        for (String word : words) {
          if (tokens.isWord(i, word)) {
            return i;
          }
        }
      }
    }
    return end;
  }

  /**
   * {@code t.from} is a column, and {@code AS from} names one; {@code IS DISTINCT FROM} reads none.
   */
  private static boolean isLabel(Tokens tokens, int token) {
    return tokens.isPunctuation(token - 1, '.')
        || tokens.isWord(token - 1, "AS")
        || tokens.isWord(token, "FROM") && tokens.isWord(token - 1, "DISTINCT");
  }
}
