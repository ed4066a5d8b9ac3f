package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.Set;

/**
 * Whether a statement only reads, so that alone in its transaction its locks protect nothing. Doubt
 * counts as writing: then the lock stays, which costs at most a conflict.
 */
public final class ReadingStatement {

  /** Words of statements that write; as column names they only cost the lock its removal. */
  private static final Set<String> WRITING_WORDS =
      Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "TRUNCATE", "COPY");

  /** Words before an opening parenthesis that make no call of a function which could write. */
  private static final Set<String> NO_CALL =
      Set.of(
          // structure
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
          "JOIN",
          "LATERAL",
          "AS",
          "BY",
          "HAVING",
          "VALUES",
          "UNION",
          "INTERSECT",
          "EXCEPT",
          "DISTINCT",
          "LIMIT",
          "OFFSET",
          "FETCH",
          "FIRST",
          "NEXT",
          "OVER",
          "FILTER",
          "GROUP",
          "SETS",
          "ROLLUP",
          "CUBE",
          "GROUPING",
          "LIKE",
          "ILIKE",
          "BETWEEN",
          "MATERIALIZED",
          "EXPLAIN",
          "ONLY",
          "WITH",
          // expressions that PostgreSQL's grammar spells like calls
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
          // type modifiers
          "VARCHAR",
          "CHAR",
          "CHARACTER",
          "VARYING",
          "BPCHAR",
          "NUMERIC",
          "DECIMAL",
          "DEC",
          "FLOAT",
          "TIME",
          "TIMESTAMP",
          "TIMESTAMPTZ",
          "TIMETZ",
          "INTERVAL",
          "SECOND",
          "BIT");

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
      if (statement.isLocking(i)) {
        continue;
      }
      if (tokens.kind(i) == TokenKind.WORD
          && WRITING_WORDS.contains(Ascii.toUpperCase(tokens.text(i)))) {
        return false;
      }
      if (tokens.isPunctuation(i, '(') && i > statement.first() && callMayWrite(tokens, i - 1)) {
        return false;
      }
    }
    return true;
  }

  private static boolean callMayWrite(Tokens tokens, int name) {
    if (!tokens.isName(name)) {
      return false;
    }
    if (tokens.kind(name) == TokenKind.QUOTED_IDENTIFIER) {
      return true;
    }
    boolean qualified = tokens.isPunctuation(name - 1, '.');
    if (!qualified && NO_CALL.contains(Ascii.toUpperCase(tokens.text(name)))) {
      return false;
    }
    if (qualified && !tokens.isWord(name - 2, "PG_CATALOG")) {
      return true;
    }
    return FunctionCatalog.mayWrite(Ascii.toLowerCase(tokens.text(name)));
  }
}
