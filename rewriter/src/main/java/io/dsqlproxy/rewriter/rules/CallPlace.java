package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.analysis.AdvisoryCall;
import io.dsqlproxy.rewriter.analysis.Statement;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;

/**
 * The place of a call in a statement that calls it exactly once and does nothing else. Confined to
 * its thread.
 *
 * <ul>
 *   <li>{@code SELECT call [AS name]}, with casts: {@code SELECT call::text}, {@code SELECT
 *       CAST(call AS text)}; beside other columns if {@linkplain RowOfConstants no table is read}
 *   <li>{@code SELECT 1 WHERE call}, likewise
 *   <li>{@code SELECT * FROM call [AS name]}, also with a number or a name instead of the asterisk,
 *       and a name for that
 *   <li>{@code {call call}} and {@code {? = call call}}
 * </ul>
 */
final class CallPlace {

  private final AdvisoryCall call;
  private final Tokens tokens;
  private final Statement statement;
  private Kind kind;
  private boolean named;

  /** The token behind the column that the call is. */
  private int columnEnd;

  private CallPlace(AdvisoryCall call) {
    this.call = call;
    this.statement = call.statement();
    this.tokens = statement.tokens();
  }

  private enum Kind {
    COLUMN,
    CONDITION,
    RELATION,
    JDBC_CALL,
    JDBC_CALL_WITH_OUTPUT
  }

  /** What the call gives. */
  enum Value {
    GRANTED,
    DENIED,
    NULL
  }

  /** The place of a call, or null if it is another one. */
  static CallPlace of(AdvisoryCall call) {
    CallPlace place = new CallPlace(call);
    if (!call.statement().locks().isEmpty()) {
      return null;
    }
    return place.isColumn() || place.isRelation() || place.isJdbcCall() || place.isCondition()
        ? place
        : null;
  }

  /** Whether the first parameter is the call's output. */
  boolean hasOutput() {
    return kind == Kind.JDBC_CALL_WITH_OUTPUT;
  }

  // -------------------- recognition

  private boolean isColumn() {
    int first = call.first() - 1;
    boolean cast = tokens.isPunctuation(first, '(') && tokens.isWord(first - 1, "CAST");
    if (cast) {
      first -= 2;
    }
    boolean alone = first == statement.first() && tokens.isWord(first, "SELECT");
    if (!alone && !(isAtTop(first) && tokens.isPunctuation(first, ','))) {
      return false;
    }
    int end = call.close() + 1;
    if (cast) {
      end = tokens.isWord(end, "AS") ? afterType(end + 1) : -1;
      end = end > 0 && tokens.isPunctuation(end, ')') ? end + 1 : -1;
    }
    while (end > 0 && end < statement.end() && tokens.text(end).equals("::")) {
      end = afterType(end + 1);
    }
    kind = Kind.COLUMN;
    if (end < 0) {
      return false;
    }
    columnEnd = afterName(end);
    return columnEnd == statement.end() && alone
        || (columnEnd == statement.end() || tokens.isPunctuation(columnEnd, ','))
            && isRowOfConstants("WHERE");
  }

  /** Whether no parenthesis is open before a token. */
  private boolean isAtTop(int token) {
    int depth = 0;
    for (int i = statement.first(); i < token; i++) {
      if (tokens.isPunctuation(i, '(') || tokens.isPunctuation(i, '[')) {
        depth++;
      } else if (tokens.isPunctuation(i, ')') || tokens.isPunctuation(i, ']')) {
        depth--;
      }
    }
    return depth == 0;
  }

  /** Whether one row is given, and no such word stands before or behind the call. */
  private boolean isRowOfConstants(String word) {
    for (int i = statement.first(); i < statement.end(); i++) {
      if (tokens.isWord(i, word) && !tokens.isWord(i - 1, "AS")) {
        return false;
      }
    }
    return RowOfConstants.holds(call);
  }

  private boolean isCondition() {
    kind = Kind.CONDITION;
    return call.function().returnsBoolean()
        && tokens.isWord(call.first() - 1, "WHERE")
        && isAtTop(call.first())
        && call.close() + 1 == statement.end()
        && RowOfConstants.holds(call);
  }

  /** The token behind a type's name without modifiers, or -1. */
  private int afterType(int first) {
    if (!tokens.isName(first)) {
      return -1;
    }
    return tokens.isPunctuation(first + 1, '.') && tokens.isName(first + 2) ? first + 3 : first + 1;
  }

  private boolean isRelation() {
    int column = statement.first() + 1;
    int from = call.first() - 1;
    if (!tokens.isWord(statement.first(), "SELECT")
        || !tokens.isWord(from, "FROM")
        || !isPlainColumn(column)) {
      return false;
    }
    int label = tokens.isWord(column + 1, "AS") ? column + 2 : column + 1;
    boolean columnOnly = column + 1 == from || label + 1 == from && tokens.isName(label);
    kind = Kind.RELATION;
    return columnOnly && endsWithName(call.close() + 1);
  }

  private boolean isPlainColumn(int token) {
    return tokens.isName(token)
        || tokens.kind(token) == TokenKind.NUMBER
        || tokens.text(token).equals("*");
  }

  /** Nothing follows but a name. */
  private boolean endsWithName(int from) {
    int end = afterName(from);
    if (named
        && tokens.isPunctuation(end, '(')
        && tokens.isName(end + 1)
        && tokens.isPunctuation(end + 2, ')')) {
      end += 3;
    }
    return end == statement.end();
  }

  /** The token behind a name that may stand there. */
  private int afterName(int from) {
    named = false;
    int end = from;
    if (tokens.isWord(end, "AS") && end + 1 < statement.end()) {
      end++;
    }
    if (end < statement.end() && tokens.isName(end)) {
      named = true;
      end++;
    }
    return end;
  }

  private boolean isJdbcCall() {
    int word = statement.first() + 1;
    kind = Kind.JDBC_CALL;
    if (word < statement.end() && tokens.text(word).equals("?")) {
      kind = Kind.JDBC_CALL_WITH_OUTPUT;
      word += 2;
    }
    return tokens.isPunctuation(statement.first(), '{')
        && (kind == Kind.JDBC_CALL || tokens.text(word - 1).equals("="))
        && tokens.isWord(word, "CALL")
        && call.first() == word + 1
        && tokens.isPunctuation(call.close() + 1, '}')
        && call.close() + 2 == statement.end();
  }

  // -------------------- answers

  /** The statement's text with something that gives this value in the call's place. */
  String answer(Value value) {
    String name = call.function().functionName();
    String text = tokens.text();
    String before = text.substring(0, tokens.start(call.first()));
    int end = tokens.end((kind == Kind.COLUMN ? columnEnd : statement.end()) - 1);
    String behind = text.substring(tokens.end(call.close()), end);
    String after = text.substring(end);
    String label = named ? "" : " AS " + name;
    return switch (kind) {
      case CONDITION -> before + literal(value) + behind + after;
      case COLUMN -> before + literal(value) + behind + label + after;
      case RELATION ->
          before + "(SELECT " + literal(value) + " AS " + name + ")" + behind + label + after;
      case JDBC_CALL, JDBC_CALL_WITH_OUTPUT -> before + functionCall(value) + behind + after;
    };
  }

  private String literal(Value value) {
    if (!call.function().returnsBoolean()) {
      return value == Value.NULL ? "NULL::text" : "''::text";
    }
    return switch (value) {
      case GRANTED -> "true";
      case DENIED -> "false";
      case NULL -> "NULL::boolean";
    };
  }

  /** pgJDBC turns a JDBC call into a query of a function, so there must be one. */
  private String functionCall(Value value) {
    if (!call.function().returnsBoolean()) {
      return value == Value.NULL ? "pg_catalog.upper(NULL::text)" : "pg_catalog.upper(''::text)";
    }
    return switch (value) {
      case GRANTED -> "pg_catalog.booleq(true, true)";
      case DENIED -> "pg_catalog.booleq(true, false)";
      case NULL -> "pg_catalog.booleq(true, NULL)";
    };
  }
}
