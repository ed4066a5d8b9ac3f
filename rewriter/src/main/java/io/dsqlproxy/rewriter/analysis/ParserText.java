package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.Arrays;
import java.util.Set;

/**
 * The text of a statement as JSqlParser is asked about it: of the same length, every token that
 * matters for the structure at its own offset, and everything that JSqlParser 5.4 misreads replaced
 * by something it reads well.
 *
 * <ul>
 *   <li>white space and comments become blanks (it ends a statement at an empty line),
 *   <li>locking clauses become blanks (it knows one per query, and none behind parentheses),
 *   <li>string literals lose their contents and prefixes (it misreads {@code E'\''}),
 *   <li>parameters become {@code ?}, operators become one that it knows, JDBC escapes lose their
 *       braces,
 *   <li>characters in quoted names that would split them become letters,
 *   <li>words that are keywords to it but not to PostgreSQL become other words.
 * </ul>
 */
final class ParserText {

  private static final Set<String> KNOWN_OPERATORS =
      Set.of("=", "<", ">", "<=", ">=", "<>", "!=", "+", "-", "*", "/", "%", "||", "::");

  /**
   * Keywords of JSqlParser 5.4 that it refuses as names, and which PostgreSQL 16 either does not
   * know or knows only outside queries.
   */
  private static final Set<String> NAMES_TO_POSTGRESQL =
      Set.of(
          "CONNECT_BY_ROOT",
          "DISTINCTROW",
          "ERRORS",
          "EXCLUDES",
          "EXTEND",
          "FBV",
          "FILE",
          "FINAL",
          "INCLUDES",
          "MINUS",
          "NOCYCLE",
          "OUTPUT",
          "PIVOT",
          "PREFERRING",
          "PREWHERE",
          "QUALIFY",
          "SAMPLE",
          "SCRIPT",
          "SEMI",
          "SETTINGS",
          "SQL_CACHE",
          "SQL_CALC_FOUND_ROWS",
          "SQL_NO_CACHE",
          "UNPIVOT",
          "USE",
          "VERIFY",
          "XOR",
          "CSV",
          "FORCE",
          "IMPORT",
          "PRIOR",
          "RETURNS",
          "STATEMENT");

  private final Tokens tokens;
  private final int base;
  private final char[] text;

  private ParserText(Tokens tokens, int base, int length) {
    this.tokens = tokens;
    this.base = base;
    this.text = new char[length];
    Arrays.fill(text, ' ');
  }

  static String of(Statement statement) {
    Tokens tokens = statement.tokens();
    int base = tokens.start(statement.first());
    ParserText result = new ParserText(tokens, base, tokens.end(statement.end() - 1) - base);
    for (int i = statement.first(); i < statement.end(); i++) {
      if (!statement.isLocking(i)) {
        result.copy(i);
      }
    }
    return new String(result.text);
  }

  private void copy(int token) {
    int start = tokens.start(token) - base;
    int end = tokens.end(token) - base;
    switch (tokens.kind(token)) {
      case WORD -> word(token, start, end);
      case QUOTED_IDENTIFIER -> quotedIdentifier(token, end);
      case STRING -> string(token, start, end);
      case PARAMETER -> text[start] = '?';
      case OPERATOR -> operator(token, start, end);
      case PUNCTUATION -> {
        if (!tokens.isPunctuation(token, '{') && !tokens.isPunctuation(token, '}')) {
          asWritten(token, start, end);
        }
      }
      case NUMBER, UNTERMINATED, INVALID -> asWritten(token, start, end);
    }
  }

  private void asWritten(int token, int start, int end) {
    tokens.text().getChars(tokens.start(token), tokens.end(token), text, start);
    if (text[end - 1] == 0) {
      text[end - 1] = '\u0001';
    }
  }

  private void word(int token, int start, int end) {
    boolean escapeKeyword = tokens.isPunctuation(token - 1, '{') && !tokens.isWord(token, "ESCAPE");
    if (escapeKeyword || tokens.isWord(token, "UESCAPE")) {
      return;
    }
    String word = tokens.text(token);
    if (NAMES_TO_POSTGRESQL.contains(Ascii.toUpperCase(word)) || !isAscii(word)) {
      Arrays.fill(text, start, end, 'n');
    } else {
      asWritten(token, start, end);
    }
  }

  private static boolean isAscii(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (word.charAt(i) >= 128) {
        return false;
      }
    }
    return true;
  }

  private void quotedIdentifier(int token, int end) {
    int quote = tokens.text().indexOf('"', tokens.start(token)) - base;
    Arrays.fill(text, quote + 1, end - 1, 'n');
    text[quote] = '"';
    text[end - 1] = '"';
  }

  private void string(int token, int start, int end) {
    if (tokens.isWord(token - 1, "UESCAPE")) {
      return;
    }
    int open = start;
    char first = tokens.text().charAt(tokens.start(token));
    if (first != '\'' && first != '$') {
      open = tokens.text().indexOf('\'', tokens.start(token)) - base;
    }
    Arrays.fill(text, open + 1, end - 1, 'x');
    text[open] = '\'';
    text[end - 1] = '\'';
  }

  private void operator(int token, int start, int end) {
    if (KNOWN_OPERATORS.contains(tokens.text(token))) {
      asWritten(token, start, end);
    } else {
      text[start] = '-';
    }
  }
}
