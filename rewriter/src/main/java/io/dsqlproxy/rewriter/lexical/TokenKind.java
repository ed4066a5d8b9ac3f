package io.dsqlproxy.rewriter.lexical;

/** What a token is, by PostgreSQL's lexical rules and JDBC's additions to them. */
public enum TokenKind {
  /** An unquoted identifier or keyword. */
  WORD,
  /** {@code "name"} or {@code U&"name"}. */
  QUOTED_IDENTIFIER,
  /**
   * Any string literal: {@code '…'}, {@code E'…'}, {@code B'…'}, {@code U&'…'}, {@code
   * $tag$…$tag$}.
   */
  STRING,
  /** A number. */
  NUMBER,
  /** {@code ?} or {@code $1}. */
  PARAMETER,
  /** One of {@code ( ) [ ] , ; . : { }}. */
  PUNCTUATION,
  /** A run of operator characters; pgJDBC's {@code ??} is one. */
  OPERATOR,
  /** A quoted text or a comment that runs to the end without being closed. */
  UNTERMINATED,
  /** A character that starts no token, NUL for one. */
  INVALID
}
