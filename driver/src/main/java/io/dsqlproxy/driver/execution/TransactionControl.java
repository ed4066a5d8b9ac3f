package io.dsqlproxy.driver.execution;

import java.util.Locale;
import java.util.Set;

/**
 * Recognises statement texts of which a part may have been committed before another part failed.
 * Stateless.
 *
 * <p>Deliberately simple, and wrong on the safe side only: a semicolon inside a literal counts as
 * an end of a statement, and procedures count although few of them commit.
 */
final class TransactionControl {

  private static final Set<String> KEYWORDS =
      Set.of(
          "BEGIN",
          "START",
          "COMMIT",
          "END",
          "ROLLBACK",
          "ABORT",
          "SAVEPOINT",
          "RELEASE",
          "PREPARE",
          "CALL",
          "DO");

  private TransactionControl() {}

  /** False only if the text is surely one statement that is a transaction as a whole. */
  static boolean mayBeIn(String sql) {
    return holdsSeveralStatements(sql) || KEYWORDS.contains(firstWord(sql));
  }

  private static boolean holdsSeveralStatements(String sql) {
    int semicolon = sql.indexOf(';');
    return semicolon >= 0 && !sql.substring(semicolon + 1).isBlank();
  }

  private static String firstWord(String sql) {
    int start = firstOfStatement(sql);
    int end = start;
    while (end < sql.length() && Character.isLetter(sql.charAt(end))) {
      end++;
    }
    return sql.substring(start, end).toUpperCase(Locale.ROOT);
  }

  /** Skips blanks, comments, semicolons and what opens a JDBC call escape, <code>{?=</code>. */
  private static int firstOfStatement(String sql) {
    int i = 0;
    while (i < sql.length()) {
      if (sql.startsWith("--", i)) {
        i = endOfLine(sql, i);
      } else if (sql.startsWith("/*", i)) {
        i = endOfComment(sql, i);
      } else if (Character.isWhitespace(sql.charAt(i)) || ";{?=(".indexOf(sql.charAt(i)) >= 0) {
        i++;
      } else {
        return i;
      }
    }
    return i;
  }

  private static int endOfLine(String sql, int start) {
    int i = start;
    while (i < sql.length() && sql.charAt(i) != '\n' && sql.charAt(i) != '\r') {
      i++;
    }
    return i;
  }

  /** PostgreSQL's comments nest. */
  private static int endOfComment(String sql, int start) {
    int depth = 0;
    int i = start;
    do {
      if (sql.startsWith("/*", i)) {
        depth++;
        i += 2;
      } else if (sql.startsWith("*/", i)) {
        depth--;
        i += 2;
      } else {
        i++;
      }
    } while (depth > 0 && i < sql.length());
    return Math.min(i, sql.length());
  }
}
