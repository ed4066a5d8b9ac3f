package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.analysis.AdvisoryCall;
import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.Set;

/**
 * Whether a query reads no table and gives one row, so that a call at the top of its list, or as
 * its whole condition, is executed exactly once. Stateless.
 */
final class RowOfConstants {

  /** Words of queries that may give more rows than one, or none, or execute only a part. */
  private static final Set<String> OTHER_CLAUSES =
      Set.of(
          "SELECT",
          "FROM",
          "WITH",
          "VALUES",
          "TABLE",
          "INTO",
          "UNION",
          "INTERSECT",
          "EXCEPT",
          "GROUP",
          "HAVING",
          "WINDOW",
          "ORDER",
          "LIMIT",
          "OFFSET",
          "FETCH",
          "FOR",
          "DISTINCT");

  /** Functions that give one value, which is all that is known of few. */
  private static final Set<String> SINGLE_VALUES =
      Set.of(
          "now",
          "clock_timestamp",
          "statement_timestamp",
          "transaction_timestamp",
          "pg_backend_pid",
          "current_database",
          "version");

  private RowOfConstants() {}

  /**
   * Whether that is so of the statement of a call. It has no parameters but those of the call,
   * since the answer to the application has none.
   */
  static boolean holds(AdvisoryCall call) {
    Tokens tokens = call.statement().tokens();
    int first = call.statement().first();
    if (!tokens.isWord(first, "SELECT")) {
      return false;
    }
    for (int i = first + 1; i < call.statement().end(); i++) {
      if (i == call.first()) {
        i = call.close();
      } else if (!isOfOneValue(tokens, i) || AdvisoryCall.startingAt(i, call.statement()) != null) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOfOneValue(Tokens tokens, int token) {
    TokenKind kind = tokens.kind(token);
    if (kind == TokenKind.WORD && !tokens.isWord(token - 1, "AS")) {
      return !OTHER_CLAUSES.contains(Ascii.toUpperCase(tokens.text(token)));
    }
    if (tokens.isPunctuation(token, '(')) {
      return tokens.kind(token - 1) != TokenKind.QUOTED_IDENTIFIER
          && (tokens.kind(token - 1) != TokenKind.WORD
              || !tokens.isPunctuation(token - 2, '.') && isSingleValue(tokens, token - 1));
    }
    return kind != TokenKind.PARAMETER
        && kind != TokenKind.INVALID
        && kind != TokenKind.UNTERMINATED
        && !tokens.isPunctuation(token, '{');
  }

  private static boolean isSingleValue(Tokens tokens, int name) {
    return tokens.isWord(name, "CAST")
        || tokens.isWord(name, "SELECT")
        || SINGLE_VALUES.contains(Ascii.toLowerCase(tokens.text(name)));
  }
}
