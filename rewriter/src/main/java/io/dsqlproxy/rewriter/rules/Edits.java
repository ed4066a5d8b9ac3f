package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.lexical.Lexer;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Changes to single tokens of a text, spliced into it: whatever is not a changed token stays as it
 * was written, comments inside a removed clause included. Confined to its thread.
 */
public final class Edits {

  private final Tokens tokens;

  /** What stands for the token, by its index; the empty string removes it. */
  private final NavigableMap<Integer, String> replacements = new TreeMap<>();

  public Edits(Tokens tokens) {
    this.tokens = tokens;
  }

  void replace(int token, String with) {
    replacements.put(token, with);
  }

  void remove(int first, int end) {
    for (int i = first; i < end; i++) {
      replacements.put(i, "");
    }
  }

  /** Puts a text before a token, which itself stays or is what an earlier edit made of it. */
  void insertBefore(int token, String text) {
    replacements.put(token, text + " " + current(token));
  }

  /** Puts a text behind a token, which itself stays or is what an earlier edit made of it. */
  void insertAfter(int token, String text) {
    replacements.put(token, current(token) + text);
  }

  private String current(int token) {
    String replaced = replacements.get(token);
    return replaced == null ? tokens.text(token) : replaced;
  }

  /** The text with all changes; the same String object if there are none. */
  public String apply() {
    if (replacements.isEmpty()) {
      return tokens.text();
    }
    return splice(replacements, 0, tokens.text().length());
  }

  /** What a range of tokens became. */
  public String applied(int first, int end) {
    return splice(
            replacements.subMap(first, true, end, false), tokens.start(first), tokens.end(end - 1))
        .strip();
  }

  private String splice(Map<Integer, String> edits, int from, int to) {
    String text = tokens.text();
    StringBuilder result = new StringBuilder(to - from + 16);
    int copied = from;
    for (Map.Entry<Integer, String> edit : edits.entrySet()) {
      int token = edit.getKey();
      result.append(text, copied, tokens.start(token));
      if (edit.getValue().isEmpty()) {
        dropBlanksAtEnd(result);
        if (wouldJoin(result, text, tokens.end(token))) {
          result.append(' ');
        }
      }
      result.append(edit.getValue());
      copied = tokens.end(token);
    }
    return result.append(text, copied, to).toString();
  }

  /** Not newlines: one of them may end a line comment. */
  private static void dropBlanksAtEnd(StringBuilder result) {
    int end = result.length();
    while (end > 0 && (result.charAt(end - 1) == ' ' || result.charAt(end - 1) == '\t')) {
      end--;
    }
    result.setLength(end);
  }

  private static boolean wouldJoin(StringBuilder before, String text, int next) {
    return before.length() > 0
        && next < text.length()
        && Lexer.isIdentifierPart(before.charAt(before.length() - 1))
        && Lexer.isIdentifierPart(text.charAt(next));
  }

  /**
   * Reads the changed text again and proves that it consists of the same tokens but for the
   * changes.
   */
  public boolean changedNothingElse(String changed) {
    List<String> expected = new ArrayList<>(tokens.size());
    for (int i = 0; i < tokens.size(); i++) {
      String replacement = replacements.get(i);
      if (replacement == null) {
        expected.add(tokens.text(i));
      } else {
        Tokens inserted = Lexer.tokenize(replacement);
        for (int j = 0; j < inserted.size(); j++) {
          expected.add(inserted.text(j));
        }
      }
    }
    Tokens actual = Lexer.tokenize(changed);
    if (actual.size() != expected.size()) {
      return false;
    }
    for (int i = 0; i < expected.size(); i++) {
      if (!actual.text(i).equals(expected.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether the keyword at this token is written in lower case, so that its replacement is too. */
  boolean isLowerCase(int token) {
    return tokens.kind(token) == TokenKind.WORD
        && Character.isLowerCase(tokens.text().charAt(tokens.start(token)));
  }
}
