package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One statement of a text, as a range of its tokens. Immutable. */
public final class Statement {

  private final Tokens tokens;
  private final int first;
  private final int end;
  private final List<LockingClause> locks;
  private final int depth;

  /** By distance from the first token. */
  private final BitSet lockingTokens = new BitSet();

  private final Map<Integer, Integer> locksBySelect = new HashMap<>();

  Statement(Tokens tokens, int first, int end, List<LockingClause> locks, int depth) {
    this.tokens = tokens;
    this.first = first;
    this.end = end;
    this.locks = List.copyOf(locks);
    this.depth = depth;
    for (LockingClause lock : locks) {
      lockingTokens.set(lock.first() - first, lock.end() - first);
      locksBySelect.merge(lock.select(), 1, Integer::sum);
    }
  }

  /** The tokens of the whole text. */
  public Tokens tokens() {
    return tokens;
  }

  /** Its first token. */
  public int first() {
    return first;
  }

  /** The token after its last: the semicolon, or the end of the text. */
  public int end() {
    return end;
  }

  /** Its locking clauses, in the order of the text. */
  public List<LockingClause> locks() {
    return locks;
  }

  /** How deep its parentheses, brackets and CASEs go, or how long its longest dotted name is. */
  int depth() {
    return depth;
  }

  /** Whether the token stands inside one of the locking clauses. */
  boolean isLocking(int token) {
    return lockingTokens.get(token - first);
  }

  /** Whether no other locking clause stands behind the same query. */
  public boolean isOnlyLockOfItsQuery(LockingClause lock) {
    return lock.select() >= 0 && locksBySelect.get(lock.select()) == 1;
  }
}
