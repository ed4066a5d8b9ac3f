package io.dsqlproxy.driver.session;

import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.Lexer;
import java.util.Objects;

/**
 * What a text does to the session that outlives its transaction, by PostgreSQL's grammar.
 * Immutable.
 *
 * <p>For an ordinary statement this costs a look at its first word and one pass over it, and
 * allocates nothing. What a function does that the statement calls cannot be seen from here.
 *
 * @param kind what it does
 * @param detail the parameter that it sets, in lower case; why it cannot be done again, as a
 *     clause, if it cannot; else empty
 */
public record SessionCommand(Kind kind, String detail) {

  static final SessionCommand NONE = new SessionCommand(Kind.NONE, "");
  static final SessionCommand RESET_ALL = new SessionCommand(Kind.RESET_ALL, "");
  static final SessionCommand DISCARD_ALL = new SessionCommand(Kind.DISCARD_ALL, "");

  public SessionCommand {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(detail, "detail");
  }

  /** What a command does. */
  public enum Kind {
    /** Nothing, or nothing that outlives the transaction. */
    NONE,
    /** {@code SET} or {@code RESET}: the text does the same wherever it is executed. */
    SET,
    /** {@code RESET ALL}. */
    RESET_ALL,
    /** {@code DISCARD ALL}. */
    DISCARD_ALL,
    /** Something that another connection cannot be given. */
    LASTING
  }

  static SessionCommand set(String parameter) {
    return new SessionCommand(Kind.SET, parameter);
  }

  static SessionCommand lasting(String reason) {
    return new SessionCommand(Kind.LASTING, reason);
  }

  /** Reads a text. What is not understood counts as lasting. */
  public static SessionCommand of(String sql) {
    int start = Lexer.startOfFirstToken(sql);
    boolean ordinary = !beginsWithCommand(sql, start) && !mayHoldMore(sql, start);
    return ordinary ? NONE : SessionCommandReader.read(Lexer.tokenize(sql));
  }

  private static boolean beginsWithCommand(String sql, int start) {
    if (start == sql.length()) {
      return false;
    }
    return switch (Ascii.toUpperCase(sql.charAt(start))) {
      case 'S' -> startsWith(sql, start, "SET");
      case 'R' -> startsWith(sql, start, "RESET");
      case 'D' ->
          startsWith(sql, start, "DISCARD")
              || startsWith(sql, start, "DO")
              || startsWith(sql, start, "DECLARE");
      case 'P' -> startsWith(sql, start, "PREPARE");
      case 'L' -> startsWith(sql, start, "LISTEN") || startsWith(sql, start, "LOAD");
      default -> false;
    };
  }

  private static boolean startsWith(String sql, int start, String upperCase) {
    return Ascii.regionEqualsUpperCase(sql, start, upperCase);
  }

  /**
   * Whether there is a semicolon before the end, or something that looks like a temporary object,
   * {@code set_config} or an advisory lock.
   */
  private static boolean mayHoldMore(String sql, int start) {
    boolean ended = false;
    for (int i = start; i < sql.length(); i++) {
      char c = sql.charAt(i);
      if (ended && c > ' ') {
        return true;
      }
      boolean suspicious =
          switch (c) {
            case 't', 'T' -> isWord(sql, i, "TEMP") || isWord(sql, i, "TEMPORARY");
            case 'p', 'P' -> startsWith(sql, i, "PG_TEMP");
            case '_' -> startsWith(sql, i, "_CONFIG") || startsWith(sql, i, "_ADVISORY");
            default -> false;
          };
      if (suspicious) {
        return true;
      }
      ended |= c == ';';
    }
    return false;
  }

  private static boolean isWord(String sql, int start, String upperCase) {
    int end = start + upperCase.length();
    return startsWith(sql, start, upperCase)
        && (start == 0 || !Lexer.isIdentifierPart(sql.charAt(start - 1)))
        && (end == sql.length() || !Lexer.isIdentifierPart(sql.charAt(end)));
  }
}
