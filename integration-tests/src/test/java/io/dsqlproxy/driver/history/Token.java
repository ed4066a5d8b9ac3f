package io.dsqlproxy.driver.history;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one write of one transaction leaves in each row that it writes. Immutable.
 *
 * @param transaction who wrote
 * @param number the number of the write in the transaction
 * @param deletes whether the row is gone after the write
 */
record Token(String transaction, int number, boolean deletes) {

  private static final Pattern TEXT = Pattern.compile("([^.]+)\\.(\\d+)(!?)");

  /** The token with this {@link #toString text}. */
  static Token parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a token: " + text);
    }
    return new Token(
        matcher.group(1), Integer.parseInt(matcher.group(2)), !matcher.group(3).isEmpty());
  }

  @Override
  public String toString() {
    return transaction + '.' + number + (deletes ? "!" : "");
  }
}
