package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.Lexer;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.Optional;
import java.util.Set;

/**
 * Finds calls of PostgreSQL's own functions that give another value each time, whatever the data:
 * {@code random()}, {@code gen_random_uuid()}, {@code nextval(…)}. Whoever read such a value cannot
 * be given it a second time. Stateless.
 *
 * <p>PostgreSQL's volatility class decides. So {@code now()} and its like are not found, which are
 * stable within a transaction though not beyond it, nor are functions of the application's own.
 */
public final class VolatileCalls {

  /** Volatile for what they do: they return nothing, or what they were given. */
  private static final Set<String> WITHOUT_A_VALUE_OF_THEIR_OWN =
      Set.of(
          "pg_advisory_lock",
          "pg_advisory_lock_shared",
          "pg_advisory_unlock_all",
          "pg_advisory_xact_lock",
          "pg_advisory_xact_lock_shared",
          "pg_notify",
          "pg_sleep",
          "pg_sleep_for",
          "pg_sleep_until",
          "set_config",
          "setseed",
          "setval");

  /** Words behind which a name before a parenthesis is that of a table or a query. */
  private static final Set<String> BEFORE_A_RELATION =
      Set.of("INTO", "TABLE", "AS", "WITH", "RECURSIVE");

  private VolatileCalls() {}

  /**
   * The first of the calls in a text, not counting what stands in literals and comments.
   *
   * @param sql any text
   * @return the function's name as the catalog knows it, without its schema
   */
  public static Optional<String> firstIn(String sql) {
    Tokens tokens = Lexer.tokenize(sql);
    for (int i = 1; i < tokens.size(); i++) {
      String name = called(tokens, i);
      if (name != null && givesAnotherValueEachTime(name)) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  /** The function of pg_catalog whose arguments may begin at a token; null if none may. */
  static String called(Tokens tokens, int index) {
    return tokens.isPunctuation(index, '(')
            && tokens.isName(index - 1)
            && mayBeOfPgCatalog(tokens, index - 1)
        ? name(tokens, index - 1)
        : null;
  }

  /**
   * Whether each call of a function of pg_catalog may give another value.
   *
   * @param name in lower case, without its schema
   */
  static boolean givesAnotherValueEachTime(String name) {
    return FunctionCatalog.kind(name) == FunctionCatalog.Kind.VOLATILE
        && !WITHOUT_A_VALUE_OF_THEIR_OWN.contains(name);
  }

  /** Without a schema, and not in a relation's place; or in the schema pg_catalog. */
  private static boolean mayBeOfPgCatalog(Tokens tokens, int index) {
    if (tokens.isPunctuation(index - 1, '.')) {
      return tokens.isName(index - 2) && name(tokens, index - 2).equals("pg_catalog");
    }
    return index == 0
        || tokens.kind(index - 1) != TokenKind.WORD
        || !BEFORE_A_RELATION.contains(Ascii.toUpperCase(tokens.text(index - 1)));
  }

  private static String name(Tokens tokens, int index) {
    return QualifiedName.of(tokens.text(index)).name();
  }
}
