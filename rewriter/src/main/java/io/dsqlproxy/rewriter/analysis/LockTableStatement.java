package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code LOCK TABLE} statement of PostgreSQL's. Immutable.
 *
 * @param tables the tables as they are written
 * @param mode the lock's mode
 */
public record LockTableStatement(List<String> tables, Mode mode) {

  public LockTableStatement {
    tables = List.copyOf(tables);
  }

  /** PostgreSQL's modes of table locks, from the weakest. */
  public enum Mode {
    ACCESS_SHARE("ACCESS SHARE"),
    ROW_SHARE("ROW SHARE"),
    ROW_EXCLUSIVE("ROW EXCLUSIVE"),
    SHARE_UPDATE_EXCLUSIVE("SHARE UPDATE EXCLUSIVE"),
    SHARE("SHARE"),
    SHARE_ROW_EXCLUSIVE("SHARE ROW EXCLUSIVE"),
    EXCLUSIVE("EXCLUSIVE"),
    ACCESS_EXCLUSIVE("ACCESS EXCLUSIVE");

    private final String words;

    Mode(String words) {
      this.words = words;
    }

    /** Its words. */
    public String words() {
      return words;
    }

    /**
     * Whether the mode conflicts neither with itself nor with another mode of which the same is
     * true. {@code SHARE} does with {@code ROW EXCLUSIVE}, so one of the two must be exclusive.
     */
    public boolean isShared() {
      return compareTo(ROW_EXCLUSIVE) <= 0;
    }
  }

  /** Whether a statement is one, well formed or not. */
  public static boolean is(Statement statement) {
    return statement.tokens().isWord(statement.first(), "LOCK");
  }

  /** Reads a statement; null if it is none, or of another grammar than PostgreSQL's. */
  public static LockTableStatement of(Statement statement) {
    Tokens tokens = statement.tokens();
    List<String> tables = new ArrayList<>();
    int index = statement.first() + (tokens.isWord(statement.first() + 1, "TABLE") ? 2 : 1);
    boolean further = true;
    while (further) {
      index += tokens.isWord(index, "ONLY") ? 1 : 0;
      QualifiedName.Parsed name = QualifiedName.parse(tokens, index);
      if (name == null || name.end() > statement.end()) {
        return null;
      }
      tables.add(tokens.text(index, name.end()));
      index = name.end();
      index += isStar(tokens, index) ? 1 : 0;
      further = tokens.isPunctuation(index, ',');
      index += further ? 1 : 0;
    }
    Mode mode = Mode.ACCESS_EXCLUSIVE;
    if (tokens.isWord(index, "IN")) {
      mode = modeAt(tokens, index + 1);
      if (mode == null) {
        return null;
      }
      index += 2 + mode.words().split(" ").length;
    }
    index += tokens.isWord(index, "NOWAIT") ? 1 : 0;
    return index == statement.end() ? new LockTableStatement(tables, mode) : null;
  }

  private static boolean isStar(Tokens tokens, int index) {
    return index < tokens.size() && tokens.text(index).equals("*");
  }

  private static Mode modeAt(Tokens tokens, int index) {
    for (Mode mode : Mode.values()) {
      String[] words = mode.words().split(" ");
      int matching = 0;
      while (matching < words.length && tokens.isWord(index + matching, words[matching])) {
        matching++;
      }
      if (matching == words.length && tokens.isWord(index + matching, "MODE")) {
        return mode;
      }
    }
    return null;
  }
}
