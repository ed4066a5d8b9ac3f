package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.SqlScanner.Token;
import java.util.ArrayList;
import java.util.List;

/**
 * The few questions about SQL text that must be answered before PostgreSQL can parse it: where one
 * statement ends, and which words PostgreSQL does not know. Words are blanked out in place, so that
 * error positions stay true.
 */
final class SqlText {

  private SqlText() {}

  /** The statements of a simple query, without empty ones. */
  static List<String> split(String sql) {
    List<String> statements = new ArrayList<>();
    int start = 0;
    int parentheses = 0;
    int blocks = 0;
    Token previous = null;
    boolean empty = true;
    for (Token token : SqlScanner.scan(sql)) {
      if (token.is("(")) {
        parentheses++;
      } else if (token.is(")")) {
        parentheses--;
      } else if (token.is("atomic") && previous != null && previous.is("begin")) {
        blocks++;
      } else if (token.is("case") && blocks > 0) {
        blocks++;
      } else if (token.is("end") && blocks > 0) {
        blocks--;
      }
      if (token.is(";") && parentheses <= 0 && blocks == 0) {
        if (!empty) {
          statements.add(sql.substring(start, token.start()));
        }
        start = token.end();
        empty = true;
        parentheses = 0;
      } else {
        empty = false;
      }
      previous = token;
    }
    if (!empty) {
      statements.add(sql.substring(start));
    }
    return statements;
  }

  /** Whether this is {@code CREATE [UNIQUE] INDEX ASYNC} or {@code ALTER TABLE ASYNC}. */
  static boolean isAsync(String sql) {
    return asyncWord(sql) != null;
  }

  /**
   * The statement as PostgreSQL knows it: without {@code ASYNC}, and then without {@code UNIQUE},
   * which is for the job to find out.
   */
  static String withoutAsync(String sql) {
    Token word = asyncWord(sql);
    if (word == null) {
      return sql;
    }
    Token second = SqlScanner.scan(sql).get(1);
    return blank(second.is("unique") ? blank(sql, second) : sql, word);
  }

  /** Whether this is {@code CREATE UNIQUE}. */
  static boolean isUnique(String sql) {
    List<Token> tokens = SqlScanner.scan(sql);
    return tokens.size() > 1 && tokens.get(1).is("unique");
  }

  /** Whether {@code CREATE INDEX} names the access method: the tree has the default one as well. */
  static boolean namesAccessMethod(String sql) {
    for (Token token : SqlScanner.scan(sql)) {
      if (token.is("using") || token.is("(")) {
        return token.is("using");
      }
    }
    return false;
  }

  /** The statement without {@code SKIP LOCKED}: nothing is ever skipped in DSQL. */
  static String withoutSkipLocked(String sql) {
    List<Token> tokens = SqlScanner.scan(sql);
    String text = sql;
    for (int i = 1; i + 1 < tokens.size(); i++) {
      if (tokens.get(i).is("skip")
          && tokens.get(i + 1).is("locked")
          && endsLockingClause(tokens, i - 1)) {
        text = blank(blank(text, tokens.get(i)), tokens.get(i + 1));
      }
    }
    return text;
  }

  /** {@code FOR UPDATE} or {@code FOR UPDATE OF a, b.c} ends at this token. */
  private static boolean endsLockingClause(List<Token> tokens, int last) {
    int i = last;
    while (i >= 0 && !tokens.get(i).is("update") && !tokens.get(i).is("share")) {
      Token token = tokens.get(i);
      if (token.kind() == SqlScanner.Kind.SYMBOL && !token.is(",") && !token.is(".")) {
        return false;
      }
      i--;
    }
    return i > 0 && (tokens.get(i - 1).is("for") || tokens.get(i - 1).is("key"));
  }

  private static Token asyncWord(String sql) {
    if (!sql.toLowerCase(java.util.Locale.ROOT).contains("async")) {
      return null;
    }
    List<Token> tokens = SqlScanner.scan(sql);
    int i = 0;
    if (i + 1 < tokens.size() && tokens.get(0).is("create")) {
      i = tokens.get(1).is("unique") ? 2 : 1;
      return wordAfter(tokens, i, "index");
    }
    return !tokens.isEmpty() && tokens.get(0).is("alter") ? wordAfter(tokens, 1, "table") : null;
  }

  private static Token wordAfter(List<Token> tokens, int index, String keyword) {
    return index + 1 < tokens.size()
            && tokens.get(index).is(keyword)
            && tokens.get(index + 1).is("async")
        ? tokens.get(index + 1)
        : null;
  }

  private static String blank(String sql, Token token) {
    return sql.substring(0, token.start())
        + " ".repeat(token.end() - token.start())
        + sql.substring(token.end());
  }
}
