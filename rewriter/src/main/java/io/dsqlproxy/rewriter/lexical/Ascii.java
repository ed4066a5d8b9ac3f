package io.dsqlproxy.rewriter.lexical;

/**
 * Case folding as PostgreSQL's lexer does it: ASCII letters only, in no locale. Java's own folding
 * would take a Kelvin sign for a K.
 */
public final class Ascii {

  private Ascii() {}

  /** Upper case of an ASCII letter; any other char as it is. */
  public static char toUpperCase(char c) {
    return c >= 'a' && c <= 'z' ? (char) (c - 32) : c;
  }

  /** Lower case of an ASCII letter; any other char as it is. */
  public static char toLowerCase(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }

  /** The text with its ASCII letters in lower case. */
  public static String toLowerCase(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != toLowerCase(text.charAt(i))) {
        char[] chars = text.toCharArray();
        for (int j = i; j < chars.length; j++) {
          chars[j] = toLowerCase(chars[j]);
        }
        return new String(chars);
      }
    }
    return text;
  }

  /** The text with its ASCII letters in upper case. */
  public static String toUpperCase(String text) {
    char[] chars = text.toCharArray();
    for (int i = 0; i < chars.length; i++) {
      chars[i] = toUpperCase(chars[i]);
    }
    return new String(chars);
  }

  /** Whether the text holds this word, given in upper case, at this offset, in any case. */
  public static boolean regionEqualsUpperCase(String text, int offset, String upperCase) {
    if (offset + upperCase.length() > text.length()) {
      return false;
    }
    for (int i = 0; i < upperCase.length(); i++) {
      if (toUpperCase(text.charAt(offset + i)) != upperCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
