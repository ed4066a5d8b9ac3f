package io.dsqlproxy.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts SQL text into tokens by PostgreSQL's lexical rules: quotes, escape strings, dollar quotes
 * and nested comments. Comments and white space are left out. Confined to one thread.
 */
final class SqlScanner {

  /** What a token is; only words and symbols are ever looked at. */
  enum Kind {
    WORD,
    QUOTED,
    SYMBOL
  }

  /** A token with its place in the text. */
  record Token(Kind kind, String text, int start, int end) {

    boolean is(String word) {
      return kind != Kind.QUOTED && text.equalsIgnoreCase(word);
    }
  }

  private final String sql;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private SqlScanner(String sql) {
    this.sql = sql;
  }

  static List<Token> scan(String sql) {
    SqlScanner scanner = new SqlScanner(sql);
    while (scanner.at < sql.length()) {
      scanner.next();
    }
    return scanner.tokens;
  }

  private void next() {
    char c = sql.charAt(at);
    if (Character.isWhitespace(c)) {
      at++;
    } else if (sql.startsWith("--", at)) {
      at = endOfLine();
    } else if (sql.startsWith("/*", at)) {
      at = endOfComment();
    } else if (c == '\'') {
      add(Kind.QUOTED, endOfQuote(at, '\'', false));
    } else if (c == '"') {
      add(Kind.QUOTED, endOfQuote(at, '"', false));
    } else if (c == '$' && dollarTag() != null) {
      String tag = dollarTag();
      int end = sql.indexOf(tag, at + tag.length());
      add(Kind.QUOTED, end < 0 ? sql.length() : end + tag.length());
    } else if (isWordStart(c)) {
      word();
    } else {
      add(Kind.SYMBOL, at + 1);
    }
  }

  private void word() {
    int end = at;
    while (end < sql.length() && isWordPart(sql.charAt(end))) {
      end++;
    }
    String prefix = sql.substring(at, end).toLowerCase(Locale.ROOT);
    char follows = end < sql.length() ? sql.charAt(end) : 0;
    if (follows == '\'' && (prefix.equals("e") || isPlainPrefix(prefix))) {
      add(Kind.QUOTED, endOfQuote(end, '\'', prefix.equals("e")));
    } else {
      add(Kind.WORD, end);
    }
  }

  private static boolean isPlainPrefix(String prefix) {
    return prefix.equals("b") || prefix.equals("x") || prefix.equals("n");
  }

  private void add(Kind kind, int end) {
    tokens.add(new Token(kind, sql.substring(at, end), at, end));
    at = end;
  }

  private int endOfLine() {
    int end = at;
    while (end < sql.length() && sql.charAt(end) != '\n' && sql.charAt(end) != '\r') {
      end++;
    }
    return end;
  }

  private int endOfComment() {
    int depth = 0;
    int end = at;
    do {
      if (sql.startsWith("/*", end)) {
        depth++;
        end += 2;
      } else if (sql.startsWith("*/", end)) {
        depth--;
        end += 2;
      } else {
        end++;
      }
    } while (depth > 0 && end < sql.length());
    return end;
  }

  /** A doubled quote ends one part and starts the next, which comes to the same. */
  private int endOfQuote(int start, char quote, boolean backslashEscapes) {
    int end = start + 1;
    while (end < sql.length() && sql.charAt(end) != quote) {
      end += backslashEscapes && sql.charAt(end) == '\\' ? 2 : 1;
    }
    int next = Math.min(end + 1, sql.length());
    boolean doubled = next < sql.length() && sql.charAt(next) == quote;
    return doubled ? endOfQuote(next, quote, backslashEscapes) : next;
  }

  private String dollarTag() {
    int end = at + 1;
    while (end < sql.length() && isWordPart(sql.charAt(end)) && sql.charAt(end) != '$') {
      end++;
    }
    boolean closed = end < sql.length() && sql.charAt(end) == '$';
    boolean digit = Character.isDigit(sql.charAt(Math.min(at + 1, sql.length() - 1)));
    return closed && !digit ? sql.substring(at, end + 1) : null;
  }

  private static boolean isWordStart(char c) {
    return c == '_' || c >= 0x80 || Character.isLetterOrDigit(c);
  }

  private static boolean isWordPart(char c) {
    return isWordStart(c) || c == '$';
  }
}
