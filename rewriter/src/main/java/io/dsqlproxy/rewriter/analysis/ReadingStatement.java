package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.Map;
import java.util.Set;

/**
 * Whether a statement only reads, so that alone in its transaction its locks protect nothing. Doubt
 * counts as writing: then the lock stays, which costs at most a conflict.
 *
 * <p>The text alone does not show a function that a view, an operator, a cast or {@code row.name}
 * calls, nor one of the application's that has a name of PostgreSQL's own and other arguments:
 * these are taken for what they look like.
 */
public final class ReadingStatement {

  /** Words of statements that write; as column names they only cost the lock its removal. */
  private static final Set<String> WRITING_WORDS =
      Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "TRUNCATE", "COPY");

  /**
   * Words before an opening parenthesis that call no function which could write. PostgreSQL allows
   * none of them as a function's name, unless it is quoted or stands behind a schema; JOIN it does
   * allow, but the parser does not.
   */
  private static final Set<String> NO_CALL =
      Set.of(
          "SELECT",
          "FROM",
          "WHERE",
          "AND",
          "OR",
          "NOT",
          "IN",
          "EXISTS",
          "ANY",
          "SOME",
          "ALL",
          "ARRAY",
          "ROW",
          "WHEN",
          "THEN",
          "ELSE",
          "CASE",
          "ON",
          "USING",
          "LATERAL",
          "JOIN",
          "AS",
          "HAVING",
          "VALUES",
          "UNION",
          "INTERSECT",
          "EXCEPT",
          "DISTINCT",
          "LIMIT",
          "OFFSET",
          "GROUPING",
          "BETWEEN",
          "ONLY",
          "COALESCE",
          "NULLIF",
          "GREATEST",
          "LEAST",
          "CAST",
          "EXTRACT",
          "POSITION",
          "SUBSTRING",
          "OVERLAY",
          "TRIM",
          "NORMALIZE",
          "CURRENT_TIME",
          "CURRENT_TIMESTAMP",
          "LOCALTIME",
          "LOCALTIMESTAMP",
          "CHAR",
          "CHARACTER",
          "VARCHAR",
          "NUMERIC",
          "DECIMAL",
          "DEC",
          "FLOAT",
          "TIME",
          "TIMESTAMP",
          "INTERVAL",
          "BIT");

  /**
   * Words that PostgreSQL allows as a function's name, and the words behind one of which they are
   * keywords.
   */
  private static final Map<String, Set<String>> NO_CALL_BEHIND =
      Map.of(
          "BY", Set.of("GROUP", "ORDER", "PARTITION"),
          "SETS", Set.of("GROUPING"),
          "FIRST", Set.of("FETCH"),
          "NEXT", Set.of("FETCH"),
          "MATERIALIZED", Set.of("AS", "NOT"),
          "VARYING", Set.of("CHAR", "CHARACTER", "BIT"));

  private ReadingStatement() {}

  /**
   * Whether the statement certainly writes nothing.
   *
   * @param structure what the parser says of it; null if it could not tell
   */
  public static boolean onlyReads(Statement statement, StatementStructure structure) {
    if (structure == null || !structure.isQuery()) {
      return false;
    }
    Tokens tokens = statement.tokens();
    for (int i = statement.first(); i < statement.end(); i++) {
      if (tokens.kind(i) == TokenKind.WORD
          && !statement.isLocking(i)
          && WRITING_WORDS.contains(Ascii.toUpperCase(tokens.text(i)))) {
        return false;
      }
    }
    return !mayCallWritingFunction(statement);
  }

  /**
   * Whether it may call a function that writes. The list of columns behind the table of an INSERT,
   * and that of ON CONFLICT, are no calls.
   */
  static boolean mayCallWritingFunction(Statement statement) {
    Tokens tokens = statement.tokens();
    for (int i = statement.first(); i < statement.end(); i++) {
      if (tokens.isPunctuation(i, '(')
          && !statement.isLocking(i)
          && !(i - 1 == statement.first() && tokens.isWord(i - 1, "EXPLAIN"))
          && !isColumnList(statement, i)
          && callMayWrite(tokens, i - 1)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isColumnList(Statement statement, int parenthesis) {
    Tokens tokens = statement.tokens();
    if (!tokens.isWord(statement.first(), "INSERT")) {
      return false;
    }
    if (tokens.isWord(parenthesis - 1, "CONFLICT") && tokens.isWord(parenthesis - 2, "ON")) {
      return true;
    }
    int table = statement.first() + 2;
    QualifiedName.Parsed name = QualifiedName.parse(tokens, table);
    return name != null && parenthesis == Aliases.end(tokens, name.end(), statement.end());
  }

  /** Whether the token before an opening parenthesis is the name of a function that may write. */
  static boolean callMayWrite(Tokens tokens, int name) {
    if (!tokens.isName(name)) {
      // The escape of a name in Unicode is the only literal that a parenthesis can follow.
      return tokens.isString(name);
    }
    if (tokens.kind(name) == TokenKind.QUOTED_IDENTIFIER) {
      return true;
    }
    if (tokens.isPunctuation(name - 1, '.')) {
      return !tokens.isWord(name - 2, "PG_CATALOG")
          || FunctionCatalog.mayWrite(Ascii.toLowerCase(tokens.text(name)));
    }
    return !isKeyword(tokens, name)
        && FunctionCatalog.mayWrite(Ascii.toLowerCase(tokens.text(name)));
  }

  private static boolean isKeyword(Tokens tokens, int token) {
    String word = Ascii.toUpperCase(tokens.text(token));
    if (NO_CALL.contains(word)) {
      return true;
    }
    return switch (word) {
      case "FILTER", "OVER" -> tokens.isPunctuation(token - 1, ')');
      default ->
          token > 0
              && tokens.kind(token - 1) == TokenKind.WORD
              && NO_CALL_BEHIND
                  .getOrDefault(word, Set.of())
                  .contains(Ascii.toUpperCase(tokens.text(token - 1)));
    };
  }
}
