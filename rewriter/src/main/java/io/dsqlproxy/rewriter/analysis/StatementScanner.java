package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the statements of a text and their locking clauses, from the tokens alone.
 *
 * <p>{@code FOR} is a reserved word of PostgreSQL, which makes this exact: {@code FOR} followed by
 * a strength is a locking clause wherever a query stands before it at the same level of
 * parentheses, except as a column's name behind a dot, and in the arguments of {@code substring}
 * and {@code overlay}. Where no query stands before it ({@code CREATE POLICY … FOR UPDATE}, {@code
 * CREATE USER MAPPING FOR …}) it is something else.
 *
 * <p>One pass, no recursion, linear in the number of tokens. A single-use object, confined to its
 * thread.
 */
public final class StatementScanner {

  private final Tokens tokens;
  private final List<Statement> statements = new ArrayList<>();
  private List<LockingClause> locks = new ArrayList<>();
  private Level level = new Level(null, false);
  private int levels;
  private int path;
  private int brackets;
  private int cases;
  private int deepest;
  private int statementStart;
  private int statementEnd;

  private StatementScanner(Tokens tokens) {
    this.tokens = tokens;
    this.statementEnd = StatementBoundary.end(tokens, 0);
  }

  /** What has been seen of one level of parentheses. */
  private static final class Level {
    private final Level outer;

    /** Inside the parentheses of {@code substring} or {@code overlay}, where FOR gives a length. */
    private final boolean lengthArguments;

    private boolean query;
    private boolean setOperation;
    private int select = -1;
    private boolean from;

    Level(Level outer, boolean lengthArguments) {
      this.outer = outer;
      this.lengthArguments = lengthArguments;
    }

    void seeSelect(int token) {
      query = true;
      if (!setOperation) {
        select = token;
        from = false;
      }
    }

    /** A query that is not one SELECT: which tables a lock behind it reaches is not known here. */
    void seeOtherQuery() {
      query = true;
      select = -1;
      from = true;
    }

    /** A lock behind a set operation belongs to the whole of it, not to its last SELECT. */
    void seeSetOperation() {
      seeOtherQuery();
      setOperation = true;
    }
  }

  /**
   * Whether a text may hold a locking clause, {@code LOCK TABLE}, or a call for an advisory lock: a
   * cheap test that is never wrong when it says no, unless a function's name is written with
   * escapes.
   *
   * @param sql any text
   */
  public static boolean mayHoldLock(String sql) {
    for (int i = 0, last = sql.length() - 3; i < last; i++) {
      char c = (char) (sql.charAt(i) | 0x20);
      if (c == 'f' && isWordAt(sql, i, "or")
          || c == 'l' && isWordAt(sql, i, "ock")
          || c == 'd' && isPartAt(sql, i, "visory_")) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWordAt(String sql, int start, String rest) {
    if (!isPartAt(sql, start, rest)) {
      return false;
    }
    char following = sql.charAt(start + 1 + rest.length());
    return following <= ' ' || following == '/' || following == '-' || following == '"';
  }

  /** Whether the rest of a word stands behind its first char, and something behind that. */
  private static boolean isPartAt(String sql, int start, String rest) {
    if (start + 1 + rest.length() >= sql.length()) {
      return false;
    }
    for (int i = 0; i < rest.length(); i++) {
      if ((sql.charAt(start + 1 + i) | 0x20) != (rest.charAt(i) | 0x20)) {
        return false;
      }
    }
    return true;
  }

  /** The statements of a text; empty ones are left out. */
  public static List<Statement> scan(Tokens tokens) {
    StatementScanner scanner = new StatementScanner(tokens);
    int index = 0;
    while (index < tokens.size()) {
      index = scanner.next(index);
    }
    scanner.endStatement(tokens.size());
    return scanner.statements;
  }

  private int next(int index) {
    TokenKind kind = tokens.kind(index);
    if (kind == TokenKind.WORD) {
      return word(index);
    }
    if (kind == TokenKind.PUNCTUATION) {
      punctuation(index);
    }
    return index + 1;
  }

  private int word(int index) {
    if (tokens.isPunctuation(index - 1, '.')) {
      return index + 1;
    }
    if (tokens.isWord(index, "SELECT")) {
      level.seeSelect(index);
    } else if (tokens.isWord(index, "FROM")) {
      level.from = true;
    } else if (tokens.isWord(index, "CASE")) {
      cases++;
      noteDepth();
    } else if (tokens.isWord(index, "END")) {
      cases = Math.max(0, cases - 1);
    } else if (tokens.isWord(index, "VALUES") || tokens.isWord(index, "TABLE")) {
      level.seeOtherQuery();
    } else if (isSetOperation(index)) {
      level.seeSetOperation();
    } else if (level.query && !level.lengthArguments && !isLockTable()) {
      LockingClause clause = clauseAt(index);
      if (clause != null) {
        locks.add(clause);
        return clause.end();
      }
    }
    return index + 1;
  }

  private boolean isSetOperation(int index) {
    return tokens.isWord(index, "UNION")
        || tokens.isWord(index, "INTERSECT")
        || tokens.isWord(index, "EXCEPT");
  }

  /** {@code LOCK TABLE lock IN SHARE MODE} locks a table that happens to be called lock. */
  private boolean isLockTable() {
    return tokens.isWord(statementStart, "LOCK");
  }

  private void punctuation(int index) {
    switch (tokens.text().charAt(tokens.start(index))) {
      case '(' -> {
        boolean lengthArguments =
            tokens.isWord(index - 1, "SUBSTRING") || tokens.isWord(index - 1, "OVERLAY");
        level = new Level(level, lengthArguments);
        levels++;
        noteDepth();
      }
      case ')' -> {
        if (level.outer != null) {
          boolean query = level.query;
          level = level.outer;
          levels--;
          if (query && !level.query) {
            level.seeOtherQuery();
          }
        }
      }
      case '.' -> {
        path = tokens.isPunctuation(index - 2, '.') ? path + 1 : 1;
        noteDepth();
      }
      case '[' -> {
        brackets++;
        noteDepth();
      }
      case ']' -> brackets = Math.max(0, brackets - 1);
      case ';' -> {
        if (index == statementEnd) {
          endStatement(index);
          statementStart = index + 1;
          statementEnd = StatementBoundary.end(tokens, statementStart);
        }
      }
      default -> {
        // The others open no level that a clause could stand in.
      }
    }
  }

  private void noteDepth() {
    deepest = Math.max(deepest, Math.max(path, levels + brackets + cases));
  }

  private void endStatement(int end) {
    if (end > statementStart) {
      statements.add(new Statement(tokens, statementStart, end, locks, deepest));
    }
    locks = new ArrayList<>();
    level = new Level(null, false);
    levels = 0;
    path = 0;
    brackets = 0;
    cases = 0;
    deepest = 0;
  }

  /** The locking clause that starts at this word, or null. */
  private LockingClause clauseAt(int index) {
    if (tokens.isWord(index, "FOR")) {
      if (tokens.isWord(index + 1, "UPDATE")) {
        return clause(LockStrength.FOR_UPDATE, index, index + 2);
      }
      if (tokens.isWord(index + 1, "SHARE")) {
        return clause(LockStrength.FOR_SHARE, index, index + 2);
      }
      if (tokens.isWord(index + 1, "KEY") && tokens.isWord(index + 2, "SHARE")) {
        return clause(LockStrength.FOR_KEY_SHARE, index, index + 3);
      }
      if (tokens.isWord(index + 1, "NO")
          && tokens.isWord(index + 2, "KEY")
          && tokens.isWord(index + 3, "UPDATE")) {
        return clause(LockStrength.FOR_NO_KEY_UPDATE, index, index + 4);
      }
    } else if (tokens.isWord(index, "LOCK")
        && tokens.isWord(index + 1, "IN")
        && tokens.isWord(index + 2, "SHARE")
        && tokens.isWord(index + 3, "MODE")) {
      return clause(LockStrength.LOCK_IN_SHARE_MODE, index, index + 4);
    }
    return null;
  }

  private LockingClause clause(LockStrength strength, int first, int strengthEnd) {
    List<QualifiedName> of = new ArrayList<>();
    int end = strengthEnd;
    if (tokens.isWord(end, "OF")) {
      end = names(end + 1, of);
    }
    WaitPolicy waitPolicy = WaitPolicy.WAIT;
    if (tokens.isWord(end, "NOWAIT")) {
      waitPolicy = WaitPolicy.NOWAIT;
      end++;
    } else if (tokens.isWord(end, "SKIP") && tokens.isWord(end + 1, "LOCKED")) {
      waitPolicy = WaitPolicy.SKIP_LOCKED;
      end += 2;
    }
    return new LockingClause(
        strength, first, strengthEnd, end, of, waitPolicy, level.select, level.from);
  }

  private int names(int from, List<QualifiedName> names) {
    int end = from;
    QualifiedName.Parsed parsed = QualifiedName.parse(tokens, from);
    while (parsed != null) {
      names.add(parsed.name());
      end = parsed.end();
      parsed = tokens.isPunctuation(end, ',') ? QualifiedName.parse(tokens, end + 1) : null;
    }
    return end;
  }
}
