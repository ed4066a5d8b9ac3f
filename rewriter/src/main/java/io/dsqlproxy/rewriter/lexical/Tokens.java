package io.dsqlproxy.rewriter.lexical;

import java.util.Arrays;

/**
 * The tokens of a text, white space and comments left out, as ranges of the text. Immutable once
 * the lexer has filled it.
 */
public final class Tokens {

  private static final TokenKind[] KINDS = TokenKind.values();

  private final String text;
  private byte[] kinds;
  private int[] starts;
  private int[] ends;
  private int size;

  Tokens(String text) {
    this.text = text;
    int expected = Math.max(16, text.length() / 5);
    this.kinds = new byte[expected];
    this.starts = new int[expected];
    this.ends = new int[expected];
  }

  void add(TokenKind kind, int start, int end) {
    if (size == starts.length) {
      int larger = size + (size >> 1) + 16;
      kinds = Arrays.copyOf(kinds, larger);
      starts = Arrays.copyOf(starts, larger);
      ends = Arrays.copyOf(ends, larger);
    }
    kinds[size] = (byte) kind.ordinal();
    starts[size] = start;
    ends[size] = end;
    size++;
  }

  /** The text that the tokens are ranges of. */
  public String text() {
    return text;
  }

  /** How many tokens there are. */
  public int size() {
    return size;
  }

  public TokenKind kind(int index) {
    return KINDS[kinds[index]];
  }

  /** Offset of the token's first char. */
  public int start(int index) {
    return starts[index];
  }

  /** Offset after the token's last char. */
  public int end(int index) {
    return ends[index];
  }

  /** The token as it is written. */
  public String text(int index) {
    return text.substring(starts[index], ends[index]);
  }

  /** The tokens of a range, not empty, as they are written, and what stands between them. */
  public String text(int first, int end) {
    return text.substring(starts[first], ends[end - 1]);
  }

  /**
   * Whether the token is this keyword, in any case. PostgreSQL folds ASCII letters only, so this
   * does too.
   *
   * @param index any int; false beyond the tokens
   * @param upperCase the keyword in upper-case ASCII
   */
  public boolean isWord(int index, String upperCase) {
    return index >= 0
        && index < size
        && kinds[index] == (byte) TokenKind.WORD.ordinal()
        && ends[index] - starts[index] == upperCase.length()
        && Ascii.regionEqualsUpperCase(text, starts[index], upperCase);
  }

  /** Whether the token is this punctuation character. False beyond the tokens. */
  public boolean isPunctuation(int index, char character) {
    return index >= 0
        && index < size
        && kinds[index] == (byte) TokenKind.PUNCTUATION.ordinal()
        && text.charAt(starts[index]) == character;
  }

  /** Whether the token can be a name: a word or a quoted identifier. False beyond the tokens. */
  public boolean isName(int index) {
    return index >= 0
        && index < size
        && (kind(index) == TokenKind.WORD || kind(index) == TokenKind.QUOTED_IDENTIFIER);
  }

  /** Whether the token is a string literal. False beyond the tokens. */
  public boolean isString(int index) {
    return index >= 0 && index < size && kinds[index] == (byte) TokenKind.STRING.ordinal();
  }

  /** The index of the token that starts at this offset, or -1. */
  public int startingAt(int offset) {
    int index = Arrays.binarySearch(starts, 0, size, offset);
    return index >= 0 ? index : -1;
  }
}
