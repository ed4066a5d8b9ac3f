package io.dsqlproxy.rewriter.lexical;

/**
 * What a log may show of a statement: enough to find it, and none of the data in it. Each literal
 * is a question mark, comments are left out, and a long text is cut. Stateless.
 */
public final class LoggedText {

  /** The longest text that is shown. */
  static final int MOST_CHARACTERS = 200;

  /** More than this never comes to be shown, however many blanks and comments it holds. */
  private static final int MOST_READ = 4_000;

  private LoggedText() {}

  /**
   * The text for a log.
   *
   * @param sql any text
   */
  public static String of(String sql) {
    boolean cut = sql.length() > MOST_READ;
    Tokens tokens = Lexer.tokenize(cut ? sql.substring(0, MOST_READ) : sql);
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < tokens.size(); i++) {
      if (i > 0 && tokens.start(i) > tokens.end(i - 1)) {
        shown.append(' ');
      }
      shown.append(isData(tokens.kind(i)) ? "?" : tokens.text(i));
      if (shown.length() > MOST_CHARACTERS) {
        shown.setLength(MOST_CHARACTERS);
        return shown.append(" …").toString();
      }
    }
    return cut ? shown.append(" …").toString() : shown.toString();
  }

  private static boolean isData(TokenKind kind) {
    return switch (kind) {
      case STRING, NUMBER, UNTERMINATED, INVALID -> true;
      default -> false;
    };
  }
}
