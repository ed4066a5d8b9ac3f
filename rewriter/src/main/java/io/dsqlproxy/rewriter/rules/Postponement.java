package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.LockForm;
import io.dsqlproxy.rewriter.LockPolicy;
import io.dsqlproxy.rewriter.VersionedRead;
import io.dsqlproxy.rewriter.analysis.Statement;
import io.dsqlproxy.rewriter.analysis.VersionedReads;
import io.dsqlproxy.rewriter.analysis.VolatileCalls;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.List;

/**
 * Whether the locks of a text can be taken by a later statement, and what has to be known for that.
 * The later statement is the same query with its lock: it has to find the same rows. Immutable.
 */
public final class Postponement {

  private final String obstacle;
  private final String conditionalObstacle;
  private final VersionedRead versions;

  private Postponement(String obstacle, String conditionalObstacle, VersionedRead versions) {
    this.obstacle = obstacle;
    this.conditionalObstacle = conditionalObstacle;
    this.versions = versions;
  }

  /**
   * What can be said of a text with locks.
   *
   * @param onlyReads whether it certainly writes nothing
   */
  public static Postponement of(List<Statement> statements, boolean onlyReads, LockPolicy policy) {
    String obstacle = obstacle(statements, onlyReads);
    if (obstacle != null) {
      return new Postponement(obstacle, obstacle, null);
    }
    try {
      return new Postponement(null, null, VersionedReads.read(statements.get(0), policy));
    } catch (VersionedReads.NotVersioned reason) {
      return new Postponement(null, reason.getMessage(), null);
    }
  }

  private static String obstacle(List<Statement> statements, boolean onlyReads) {
    if (statements.size() > 1) {
      return "the text has several statements";
    }
    if (!onlyReads) {
      return "the statement may write";
    }
    Tokens tokens = statements.get(0).tokens();
    for (int i = 0; i < tokens.size(); i++) {
      if (choosesRows(tokens, i)) {
        return "run again, " + tokens.text(i) + " may choose other rows";
      }
    }
    return VolatileCalls.firstIn(tokens.text())
        .map(call -> call + "() gives another value when the query is run again")
        .orElse(null);
  }

  private static boolean choosesRows(Tokens tokens, int token) {
    return tokens.kind(token) == TokenKind.WORD
        && !tokens.isPunctuation(token - 1, '.')
        && (tokens.isWord(token, "LIMIT")
            || tokens.isWord(token, "OFFSET")
            || tokens.isWord(token, "FETCH")
            || tokens.isWord(token, "TABLESAMPLE"));
  }

  /** Why a lock cannot have a form that postpones it, as a clause; null if it can. */
  String obstacle(LockForm form) {
    return form == LockForm.CONDITIONAL ? conditionalObstacle : obstacle;
  }

  /** What the result tells about versions; null if nothing. */
  public VersionedRead versions() {
    return versions;
  }
}
