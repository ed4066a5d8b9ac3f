package io.dsqlproxy.driver.journal;

import io.dsqlproxy.rewriter.analysis.LastingEffects;
import io.dsqlproxy.rewriter.analysis.ReadingText;
import io.dsqlproxy.rewriter.analysis.VolatileCalls;
import io.dsqlproxy.rewriter.lexical.Lexer;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a rollback to a savepoint undoes. The application keeps what it has read there. The rollback
 * is a replay in a younger snapshot, so these reads must have the same outcome in it, and in every
 * later replay: they stay in the journal. Immutable.
 */
public final class UndonePart {

  private final List<Unit> reads;
  private final int readsBeforeWrites;
  private final String obstacle;

  private UndonePart(List<Unit> reads, int readsBeforeWrites, String obstacle) {
    this.reads = List.copyOf(reads);
    this.readsBeforeWrites = readsBeforeWrites;
    this.obstacle = obstacle;
  }

  /** Nothing. */
  public static UndonePart nothing() {
    return new UndonePart(List.of(), 0, null);
  }

  /** The units that happened after the savepoint, in their order. */
  public static UndonePart of(List<Unit> units) {
    List<Unit> reads = new ArrayList<>();
    LastingEffects cursors = new LastingEffects();
    boolean written = false;
    int before = 0;
    for (Unit unit : units) {
      Optional<String> moved = cursors.firstUseOfOlderCursorIn(unit.text());
      if (moved.isPresent()) {
        return withObstacle(Obstacle.CURSOR_MOVED.because(moved.get()));
      }
      boolean values = unit.givesValues() && !isOnlyVolatile(unit.text());
      boolean reading = values && ReadingText.onlyReads(unit.text());
      written |= !reading;
      if (reading) {
        reads.add(unit);
        before += written ? 0 : 1;
      } else if (values && !isInsert(unit.text())) {
        return withObstacle(Obstacle.UNDONE_WRITE_READ.because());
      }
    }
    return new UndonePart(reads, before, null);
  }

  private static UndonePart withObstacle(String obstacle) {
    return new UndonePart(List.of(), 0, obstacle);
  }

  /** A value from a sequence, say, which nothing that others commit makes true or false. */
  private static boolean isOnlyVolatile(String sql) {
    return VolatileCalls.firstIn(sql).isPresent() && !hasWord(sql, "FROM");
  }

  /** The rows of an undone INSERT are the application's own, and gone. */
  private static boolean isInsert(String sql) {
    Tokens tokens = Lexer.tokenize(sql);
    return tokens.size() > 0 && tokens.isWord(0, "INSERT");
  }

  private static boolean hasWord(String sql, String upperCase) {
    Tokens tokens = Lexer.tokenize(sql);
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.isWord(i, upperCase)) {
        return true;
      }
    }
    return false;
  }

  /** What was read, in its order: it happens again after what was done before the savepoint. */
  public List<Unit> reads() {
    return reads;
  }

  /** How many of the reads were not behind a write that is undone. */
  public int readsBeforeWrites() {
    return readsBeforeWrites;
  }

  /** Why it cannot be undone, as a clause; or null. */
  public String obstacle() {
    return obstacle;
  }
}
