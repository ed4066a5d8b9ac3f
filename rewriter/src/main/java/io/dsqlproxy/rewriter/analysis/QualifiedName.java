package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.SqlNames;
import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.Lexer;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A name as PostgreSQL would look it up: unquoted parts folded to lower case, quoted parts as they
 * are. Immutable.
 *
 * @param parts the parts between the dots, at least one
 */
public record QualifiedName(List<String> parts) {

  public QualifiedName {
    parts = List.copyOf(parts);
  }

  /** The last part: the relation's own name. */
  public String name() {
    return parts.get(parts.size() - 1);
  }

  /** The part before the last, or the empty string. */
  public String schema() {
    return parts.size() > 1 ? parts.get(parts.size() - 2) : "";
  }

  /** The name that a text consists of, or null if it is not exactly one name. */
  public static QualifiedName of(String text) {
    Tokens tokens = Lexer.tokenize(text);
    Parsed parsed = parse(tokens, 0);
    return parsed != null && parsed.end() == tokens.size() ? parsed.name() : null;
  }

  /**
   * The name that starts at this token.
   *
   * @return null if no name starts there
   */
  static Parsed parse(Tokens tokens, int from) {
    List<String> parts = new ArrayList<>();
    int index = from;
    while (tokens.isName(index)) {
      parts.add(part(tokens, index));
      index++;
      if (tokens.isWord(index, "UESCAPE") && tokens.isString(index + 1)) {
        index += 2;
      }
      if (!tokens.isPunctuation(index, '.')) {
        return new Parsed(new QualifiedName(parts), index);
      }
      index++;
    }
    return null;
  }

  /**
   * The column's name that starts at this token.
   *
   * @return null if no name starts there, or a word that is no column: {@code user}, {@code null}
   */
  static Parsed parseColumn(Tokens tokens, int from) {
    Parsed name = parse(tokens, from);
    boolean isKeyword =
        name != null
            && name.end() == from + 1
            && tokens.kind(from) == TokenKind.WORD
            && SqlNames.isReserved(name.name().name());
    return isKeyword ? null : name;
  }

  /**
   * Every name that stands in a statement, qualified or not, as it is looked up.
   *
   * @return null if one is written in a way that is not read here
   */
  static Set<String> namesIn(Statement statement) {
    Tokens tokens = statement.tokens();
    Set<String> names = new HashSet<>();
    for (int i = statement.first(); i < statement.end(); i++) {
      if (!tokens.isName(i)) {
        continue;
      }
      if (tokens.kind(i) == TokenKind.QUOTED_IDENTIFIER && tokens.text(i).charAt(0) != '"') {
        return null;
      }
      String name = part(tokens, i);
      boolean keyword = tokens.kind(i) == TokenKind.WORD && !tokens.isPunctuation(i - 1, '.');
      if (!keyword || !SqlNames.isReserved(name)) {
        names.add(name);
      }
    }
    return names;
  }

  private static String part(Tokens tokens, int index) {
    String text = tokens.text(index);
    if (tokens.kind(index) == TokenKind.WORD) {
      return Ascii.toLowerCase(text);
    }
    int quote = text.indexOf('"');
    return text.substring(quote + 1, text.length() - 1).replace("\"\"", "\"");
  }

  /**
   * A name and where it ends.
   *
   * @param name the name
   * @param end the token after it
   */
  record Parsed(QualifiedName name, int end) {}
}
