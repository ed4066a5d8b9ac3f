package io.dsqlproxy.rewriter.lexical;

/**
 * Splits a text into tokens by PostgreSQL 16's lexical rules (scan.l, with {@code
 * standard_conforming_strings} on, as Aurora DSQL fixes it), and JDBC's additions to them: {@code
 * ?} parameters, pgJDBC's {@code ??}, and the braces of JDBC escapes.
 *
 * <p>One pass, no recursion, time and memory linear in the length of the text; it never fails. A
 * single use object, confined to its thread.
 */
public final class Lexer {

  private static final String OPERATOR_CHARACTERS = "~!@#^&|`+-*/%<>=";
  private static final String PUNCTUATION_CHARACTERS = "()[],;.:{}";

  private final String text;
  private final int length;
  private final Tokens tokens;
  private int position;

  private Lexer(String text) {
    this.text = text;
    this.length = text.length();
    this.tokens = new Tokens(text);
  }

  /** The tokens of a text. */
  public static Tokens tokenize(String text) {
    Lexer lexer = new Lexer(text);
    while (lexer.position < lexer.length) {
      lexer.next();
    }
    return lexer.tokens;
  }

  /**
   * Where the first token of a text starts, found without making tokens: behind white space and
   * comments.
   *
   * @return the length of the text if it holds no token
   */
  public static int startOfFirstToken(String text) {
    int i = 0;
    while (i < text.length()) {
      int end = i;
      if (isWhiteSpace(text.charAt(i))) {
        end = i + 1;
      } else if (text.startsWith("--", i)) {
        end = endOfLineComment(text, i);
      } else if (text.startsWith("/*", i)) {
        end = endOfBlockComment(text, i);
      }
      if (end <= i) {
        return i;
      }
      i = end;
    }
    return i;
  }

  private void next() {
    char c = text.charAt(position);
    if (isWhiteSpace(c)) {
      position++;
    } else if (c == '-' && at(position + 1) == '-') {
      skipLineComment();
    } else if (c == '/' && at(position + 1) == '*') {
      skipBlockComment();
    } else if (isIdentifierStart(c)) {
      wordOrPrefixedQuote(c);
    } else if (c == '\'') {
      string(position, position, false);
    } else if (c == '"') {
      quotedIdentifier(position, position);
    } else if (c == '$') {
      dollar();
    } else if (isDigit(c) || (c == '.' && isDigit(at(position + 1)))) {
      number();
    } else if (c == '?') {
      questionMark();
    } else if (PUNCTUATION_CHARACTERS.indexOf(c) >= 0) {
      punctuation(c);
    } else if (OPERATOR_CHARACTERS.indexOf(c) >= 0) {
      operator();
    } else {
      add(TokenKind.INVALID, position, position + 1);
    }
  }

  private void add(TokenKind kind, int start, int end) {
    tokens.add(kind, start, end);
    position = end;
  }

  /** NUL beyond the end; a NUL inside the text is told apart by the caller knowing its position. */
  private char at(int index) {
    return index < length ? text.charAt(index) : 0;
  }

  private void skipLineComment() {
    position = endOfLineComment(text, position);
  }

  private void skipBlockComment() {
    int end = endOfBlockComment(text, position);
    if (end < 0) {
      add(TokenKind.UNTERMINATED, position, length);
    } else {
      position = end;
    }
  }

  private static int endOfLineComment(String text, int start) {
    int i = start;
    while (i < text.length() && !isNewline(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** PostgreSQL's block comments nest. Gives -1 if it is never closed. */
  private static int endOfBlockComment(String text, int start) {
    int depth = 0;
    int i = start;
    while (i < text.length()) {
      if (text.startsWith("/*", i)) {
        depth++;
        i += 2;
      } else if (text.startsWith("*/", i)) {
        depth--;
        i += 2;
        if (depth == 0) {
          return i;
        }
      } else {
        i++;
      }
    }
    return -1;
  }

  /** A word, or the literal or identifier that a letter before its quote gives a meaning to. */
  private void wordOrPrefixedQuote(char first) {
    char second = at(position + 1);
    switch (Ascii.toUpperCase(first)) {
      case 'E' -> {
        if (second == '\'') {
          string(position, position + 1, true);
          return;
        }
      }
      case 'B', 'X', 'N' -> {
        if (second == '\'') {
          string(position, position + 1, false);
          return;
        }
      }
      case 'U' -> {
        if (second == '&' && at(position + 2) == '\'') {
          string(position, position + 2, false);
          return;
        }
        if (second == '&' && at(position + 2) == '"') {
          quotedIdentifier(position, position + 2);
          return;
        }
      }
      default -> {
        // Any other letter before a quote is a word of its own.
      }
    }
    int end = position + 1;
    while (end < length && isIdentifierPart(text.charAt(end))) {
      end++;
    }
    add(TokenKind.WORD, position, end);
  }

  private void string(int start, int openingQuote, boolean backslashEscapes) {
    int opening = openingQuote;
    while (opening >= 0) {
      int closing = closingQuote(opening + 1, backslashEscapes);
      if (closing < 0) {
        add(TokenKind.UNTERMINATED, start, length);
        return;
      }
      position = closing + 1;
      opening = continuation(closing + 1);
    }
    add(TokenKind.STRING, start, position);
  }

  private int closingQuote(int from, boolean backslashEscapes) {
    int i = from;
    while (i < length) {
      char c = text.charAt(i);
      if (c == '\\' && backslashEscapes) {
        i += 2;
      } else if (c == '\'') {
        if (at(i + 1) != '\'') {
          return i;
        }
        i += 2;
      } else {
        i++;
      }
    }
    return -1;
  }

  /**
   * A literal goes on in the next quote if only white space with a newline in it, and line comments
   * that end in a newline, stand between: the continuation keeps the rules of its first part, so
   * that {@code E'a'\n'\''} is one literal.
   *
   * @return the offset of the quote that goes on, or -1
   */
  private int continuation(int from) {
    boolean newline = false;
    int i = from;
    while (i < length) {
      char c = text.charAt(i);
      if (isNewline(c)) {
        newline = true;
        i++;
      } else if (isWhiteSpace(c)) {
        i++;
      } else if (c == '-' && at(i + 1) == '-') {
        while (i < length && !isNewline(text.charAt(i))) {
          i++;
        }
      } else {
        return c == '\'' && newline ? i : -1;
      }
    }
    return -1;
  }

  private void quotedIdentifier(int start, int openingQuote) {
    int i = openingQuote + 1;
    while (i < length) {
      if (text.charAt(i) == '"') {
        if (at(i + 1) != '"') {
          add(TokenKind.QUOTED_IDENTIFIER, start, i + 1);
          return;
        }
        i++;
      }
      i++;
    }
    add(TokenKind.UNTERMINATED, start, length);
  }

  /** A positional parameter, a dollar-quoted string, or a dollar sign that starts nothing. */
  private void dollar() {
    int i = position + 1;
    if (isDigit(at(i))) {
      while (isDigit(at(i))) {
        i++;
      }
      add(TokenKind.PARAMETER, position, i);
      return;
    }
    if (i < length && isIdentifierStart(text.charAt(i))) {
      while (i < length && isIdentifierPart(text.charAt(i)) && text.charAt(i) != '$') {
        i++;
      }
    }
    if (at(i) != '$') {
      add(TokenKind.INVALID, position, position + 1);
      return;
    }
    String tag = text.substring(position, i + 1);
    int closing = text.indexOf(tag, i + 1);
    if (closing < 0) {
      add(TokenKind.UNTERMINATED, position, length);
    } else {
      add(TokenKind.STRING, position, closing + tag.length());
    }
  }

  private void number() {
    int i = position;
    while (isDigit(at(i)) || isIdentifierPartOfNumber(i)) {
      i++;
    }
    // "1..2" is a range of two numbers in PL/pgSQL and array slices: its dots are not decimal
    // points.
    if (at(i) == '.' && at(i + 1) != '.') {
      i++;
      while (isDigit(at(i)) || isIdentifierPartOfNumber(i)) {
        i++;
      }
    }
    if (Ascii.toUpperCase(at(i)) == 'E') {
      int exponent = at(i + 1) == '+' || at(i + 1) == '-' ? i + 2 : i + 1;
      if (isDigit(at(exponent))) {
        i = exponent;
        while (isDigit(at(i))) {
          i++;
        }
      }
    }
    add(TokenKind.NUMBER, position, Math.max(i, position + 1));
  }

  /**
   * The underscores of {@code 1_000}, and the letters of {@code 0x1F}, {@code 0o17}, {@code 0b1}.
   */
  private boolean isIdentifierPartOfNumber(int i) {
    char c = Ascii.toUpperCase(at(i));
    if (c == '_') {
      return isDigit(at(i + 1)) || isHexadecimal(position) && isHexDigit(at(i + 1));
    }
    if (i == position + 1 && at(position) == '0' && (c == 'X' || c == 'O' || c == 'B')) {
      return isHexDigit(at(i + 1)) || at(i + 1) == '_';
    }
    return isHexadecimal(position) && i > position + 1 && isHexDigit(c);
  }

  private boolean isHexadecimal(int start) {
    return at(start) == '0' && Ascii.toUpperCase(at(start + 1)) == 'X';
  }

  /**
   * pgJDBC reads {@code ??} as the operator character {@code ?}, and a single one as a parameter.
   */
  private void questionMark() {
    if (at(position + 1) == '?') {
      operator();
    } else {
      add(TokenKind.PARAMETER, position, position + 1);
    }
  }

  private void punctuation(char c) {
    boolean typeCast = c == ':' && at(position + 1) == ':';
    boolean assignment = c == ':' && at(position + 1) == '=';
    if (typeCast || assignment) {
      add(TokenKind.OPERATOR, position, position + 2);
    } else {
      add(TokenKind.PUNCTUATION, position, position + 1);
    }
  }

  private void operator() {
    int i = position;
    while (i < length) {
      char c = text.charAt(i);
      char following = at(i + 1);
      if ((c == '-' && following == '-') || (c == '/' && following == '*')) {
        break;
      }
      if (c == '?' && following == '?') {
        i += 2;
      } else if (OPERATOR_CHARACTERS.indexOf(c) >= 0) {
        i++;
      } else {
        break;
      }
    }
    add(TokenKind.OPERATOR, position, i);
  }

  private static boolean isWhiteSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static boolean isNewline(char c) {
    return c == '\n' || c == '\r';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isHexDigit(char c) {
    char upper = Ascii.toUpperCase(c);
    return isDigit(c) || (upper >= 'A' && upper <= 'F');
  }

  /** PostgreSQL takes every byte above 127 for a letter, so every char above 127 is one here. */
  private static boolean isIdentifierStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128;
  }

  /** Whether an unquoted name may hold the char behind its first. */
  public static boolean isIdentifierPart(char c) {
    return isIdentifierStart(c) || isDigit(c) || c == '$';
  }
}
