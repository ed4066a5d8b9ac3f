package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.EmulatedRequest;
import io.dsqlproxy.rewriter.RoleRequest;
import io.dsqlproxy.rewriter.SettingRequest;
import io.dsqlproxy.rewriter.analysis.QualifiedName;
import io.dsqlproxy.rewriter.analysis.Statement;
import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.Lexer;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What tools send to set a session, or to set it back, and Aurora DSQL refuses: {@code SET ROLE}
 * and {@code RESET ROLE}, which mostly ask for the role that the session has already, and {@code
 * SELECT set_config('search_path', …, false)}, for which there is {@code SET}. Such a statement is
 * recognized as a whole; a call in any other place stays as it is. Confined to its thread.
 */
public final class SessionSetting {

  private static final String FUNCTION = "set_config";
  private static final int ARGUMENTS = 3;

  private final Tokens tokens;
  private final int end;
  private int next;

  private SessionSetting(Statement statement) {
    this.tokens = statement.tokens();
    this.next = statement.first();
    this.end = statement.end();
  }

  /** False only if the text is surely no such statement. Looks at its beginning alone. */
  public static boolean mayBe(String sql) {
    int start = Lexer.startOfFirstToken(sql);
    if (Ascii.regionEqualsUpperCase(sql, start, "RESET")) {
      return true;
    }
    if (!Ascii.regionEqualsUpperCase(sql, start, "SE")) {
      return false;
    }
    if (!Ascii.regionEqualsUpperCase(sql, start, "SELECT")) {
      return true;
    }
    int column = start + "SELECT".length();
    while (column < sql.length() && sql.charAt(column) <= ' ') {
      column++;
    }
    // What begins with a comment or with a quote is looked at in full.
    return column < sql.length() && "/-\"".indexOf(sql.charAt(column)) >= 0
        || Ascii.regionEqualsUpperCase(sql, column, "SET_CONFIG")
        || Ascii.regionEqualsUpperCase(sql, column, "PG_CATALOG");
  }

  /** What a statement asks for, or null if it is another one. */
  public static EmulatedRequest in(Statement statement) {
    SessionSetting setting = new SessionSetting(statement);
    if (setting.skip("RESET")) {
      return setting.skip("ROLE") && setting.next == setting.end
          ? new RoleRequest("RESET ROLE", "")
          : null;
    }
    if (setting.skip("SET")) {
      return setting.role();
    }
    return setting.skip("SELECT") ? setting.call() : null;
  }

  private boolean skip(String upperCase) {
    if (next < end && tokens.isWord(next, upperCase)) {
      next++;
      return true;
    }
    return false;
  }

  private RoleRequest role() {
    skip("SESSION");
    if (!skip("ROLE")) {
      return null;
    }
    if (!skip("TO") && next < end && tokens.text(next).equals("=")) {
      next++;
    }
    if (next + 1 != end) {
      return null;
    }
    String role = tokens.isString(next) ? plainLiteral(next) : name(next);
    if (role == null) {
      return null;
    }
    return new RoleRequest("SET ROLE", role.equals("none") ? "" : role);
  }

  /** Null if it is none, or one with escapes. */
  private String plainLiteral(int index) {
    String text = tokens.text(index);
    return text.startsWith("'") ? text.substring(1, text.length() - 1).replace("''", "'") : null;
  }

  private String name(int index) {
    QualifiedName name = tokens.isName(index) ? QualifiedName.of(tokens.text(index)) : null;
    return name == null || name.parts().size() != 1 ? null : name.name();
  }

  // -------------------- set_config

  private SettingRequest call() {
    if (skip("PG_CATALOG") && !(tokens.isPunctuation(next, '.') && next++ < end)) {
      return null;
    }
    if (next >= end || !FUNCTION.equals(name(next)) || !tokens.isPunctuation(next + 1, '(')) {
      return null;
    }
    next += 2;
    List<String> arguments = new ArrayList<>(ARGUMENTS);
    do {
      String argument = argument();
      if (argument == null) {
        return null;
      }
      arguments.add(argument);
    } while (tokens.isPunctuation(next++, ','));
    if (arguments.size() != ARGUMENTS || !tokens.isPunctuation(next - 1, ')')) {
      return null;
    }
    Optional<String> label = label();
    return label
        .map(
            name ->
                new SettingRequest(
                    String.format(
                        "SELECT CAST((%s) AS pg_catalog.text), CAST((%s) AS pg_catalog.text),"
                            + " CAST((%s) AS pg_catalog.bool)",
                        arguments.toArray()),
                    name))
        .orElse(null);
  }

  /** A constant or a parameter, with casts; null if it is anything else. */
  private String argument() {
    int first = next;
    boolean constant =
        next < end
            && (tokens.isString(next)
                || tokens.kind(next) == TokenKind.PARAMETER
                || tokens.isWord(next, "TRUE")
                || tokens.isWord(next, "FALSE"));
    if (!constant) {
      return null;
    }
    next++;
    while (next + 1 < end && tokens.text(next).equals("::") && tokens.isName(next + 1)) {
      next += 2;
    }
    return tokens.text(first, next);
  }

  /** The answer's column; empty if something else follows. */
  private Optional<String> label() {
    if (next == end) {
      return Optional.of(FUNCTION);
    }
    boolean as = skip("AS");
    boolean named = next + 1 == end && tokens.isName(next);
    return named && (as || name(next) != null) ? Optional.of(tokens.text(next)) : Optional.empty();
  }
}
