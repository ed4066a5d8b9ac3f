package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.Lexer;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what gives the time of the transaction or of the statement: {@code now()}, {@code
 * CURRENT_TIMESTAMP}. Its value is the same within a transaction, and another one in the next.
 * Stateless.
 */
public final class TransactionTimeCalls {

  private static final Set<String> FUNCTIONS =
      Set.of("now", "transaction_timestamp", "statement_timestamp");

  /** Reserved words, with which nothing else can be meant. */
  private static final Set<String> WORDS =
      Set.of("CURRENT_TIMESTAMP", "CURRENT_TIME", "CURRENT_DATE", "LOCALTIMESTAMP", "LOCALTIME");

  private TransactionTimeCalls() {}

  /**
   * The first of them in a text, not counting what stands in literals and comments.
   *
   * @param sql any text
   * @return a function with parentheses, or a word in upper case
   */
  public static Optional<String> firstIn(String sql) {
    Tokens tokens = Lexer.tokenize(sql);
    for (int i = 0; i < tokens.size(); i++) {
      String name = i == 0 ? null : VolatileCalls.called(tokens, i);
      if (name != null && FUNCTIONS.contains(name)) {
        return Optional.of(name + "()");
      }
      if (tokens.kind(i) == TokenKind.WORD && WORDS.contains(Ascii.toUpperCase(tokens.text(i)))) {
        return Optional.of(Ascii.toUpperCase(tokens.text(i)));
      }
    }
    return Optional.empty();
  }
}
