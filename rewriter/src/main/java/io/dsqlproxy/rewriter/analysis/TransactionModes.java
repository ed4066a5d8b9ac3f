package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.Lexer;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The modes that a statement asks for a transaction, as PostgreSQL 16's grammar reads them ({@code
 * transaction_mode_list}). Immutable.
 *
 * @param scope which transactions they are for
 * @param list in the order of the text; empty only in {@code BEGIN} and {@code START TRANSACTION}
 */
public record TransactionModes(Scope scope, List<Mode> list) {

  public TransactionModes {
    Objects.requireNonNull(scope, "scope");
    list = List.copyOf(list);
  }

  /** Which transactions the modes are for. */
  public enum Scope {
    /** {@code BEGIN} and {@code START TRANSACTION}: the one that begins. */
    BEGIN,
    /** {@code SET TRANSACTION}: the one that is open. */
    TRANSACTION,
    /** {@code SET SESSION CHARACTERISTICS AS TRANSACTION}: those that begin later. */
    SESSION
  }

  /** What can be asked for; the isolation levels come first, from the weakest. */
  public enum Kind {
    READ_UNCOMMITTED,
    READ_COMMITTED,
    REPEATABLE_READ,
    SERIALIZABLE,
    READ_ONLY,
    READ_WRITE,
    DEFERRABLE,
    NOT_DEFERRABLE;

    /** Whether it is an isolation level. */
    public boolean isLevel() {
      return compareTo(SERIALIZABLE) <= 0;
    }

    /** The mode as it stands in a statement. */
    public String sql() {
      String words = name().replace('_', ' ');
      return isLevel() ? "ISOLATION LEVEL " + words : words;
    }
  }

  /**
   * One mode.
   *
   * @param first its first token
   * @param end the token after its last
   */
  public record Mode(Kind kind, int first, int end) {}

  /**
   * Whether a text may name an isolation level for a transaction: a cheap test that is never wrong
   * when it says no.
   */
  public static boolean mayNameLevel(String sql) {
    int start = Lexer.startOfFirstToken(sql);
    return (Ascii.regionEqualsUpperCase(sql, start, "BEGIN")
            || Ascii.regionEqualsUpperCase(sql, start, "START")
            || Ascii.regionEqualsUpperCase(sql, start, "SET")
            || sql.indexOf(';', start) >= 0)
        && holdsIsolation(sql, start);
  }

  private static boolean holdsIsolation(String sql, int start) {
    for (int i = start; i < sql.length(); i++) {
      if (Ascii.regionEqualsUpperCase(sql, i, "ISOLATION")) {
        return true;
      }
    }
    return false;
  }

  /** The modes in a text that is one statement; null if it is none that asks for modes. */
  public static TransactionModes of(String sql) {
    Tokens tokens = Lexer.tokenize(sql);
    List<Statement> statements = StatementScanner.scan(tokens);
    return statements.size() == 1
        ? of(tokens, statements.get(0).first(), statements.get(0).end())
        : null;
  }

  /**
   * The modes in one statement.
   *
   * @param first the statement's first token
   * @param end the token after its last
   * @return null if it is none that asks for modes, or not understood
   */
  public static TransactionModes of(Tokens tokens, int first, int end) {
    return new Reader(tokens, first, end).statement();
  }

  /** What is asked for, in its order. */
  public List<Kind> kinds() {
    return list.stream().map(Mode::kind).toList();
  }

  /** Reads one statement. A single-use object, confined to its thread. */
  private static final class Reader {

    private final Tokens tokens;
    private final int end;
    private final List<Mode> modes = new ArrayList<>();
    private int next;

    Reader(Tokens tokens, int first, int end) {
      this.tokens = tokens;
      this.next = first;
      this.end = end;
    }

    TransactionModes statement() {
      Scope scope = scope();
      boolean understood =
          scope == Scope.BEGIN && next == end || scope != null && next < end && modes();
      return understood ? new TransactionModes(scope, modes) : null;
    }

    private Scope scope() {
      if (skip("BEGIN")) {
        if (!skip("WORK")) {
          skip("TRANSACTION");
        }
        return Scope.BEGIN;
      }
      if (skip("START")) {
        return skip("TRANSACTION") ? Scope.BEGIN : null;
      }
      return skip("SET") ? scopeOfSet() : null;
    }

    private Scope scopeOfSet() {
      if (tokens.isWord(next, "SESSION") && tokens.isWord(next + 1, "CHARACTERISTICS")) {
        next += 2;
        return skip("AS") && skip("TRANSACTION") ? Scope.SESSION : null;
      }
      if (!skip("LOCAL")) {
        skip("SESSION");
      }
      return skip("TRANSACTION") ? Scope.TRANSACTION : null;
    }

    private boolean modes() {
      boolean more = next < end;
      while (more) {
        int first = next;
        Kind kind = mode();
        if (kind == null) {
          return false;
        }
        modes.add(new Mode(kind, first, next));
        more = next < end;
        if (more && tokens.isPunctuation(next, ',')) {
          next++;
        }
      }
      return true;
    }

    private Kind mode() {
      if (skip("READ")) {
        return skip("ONLY") ? Kind.READ_ONLY : skip("WRITE") ? Kind.READ_WRITE : null;
      }
      if (skip("ISOLATION")) {
        return skip("LEVEL") ? level() : null;
      }
      if (skip("NOT")) {
        return skip("DEFERRABLE") ? Kind.NOT_DEFERRABLE : null;
      }
      return skip("DEFERRABLE") ? Kind.DEFERRABLE : null;
    }

    private Kind level() {
      if (skip("READ")) {
        return skip("COMMITTED")
            ? Kind.READ_COMMITTED
            : skip("UNCOMMITTED") ? Kind.READ_UNCOMMITTED : null;
      }
      if (skip("SERIALIZABLE")) {
        return Kind.SERIALIZABLE;
      }
      return skip("REPEATABLE") && skip("READ") ? Kind.REPEATABLE_READ : null;
    }

    private boolean skip(String upperCase) {
      if (next < end && tokens.isWord(next, upperCase)) {
        next++;
        return true;
      }
      return false;
    }
  }
}
