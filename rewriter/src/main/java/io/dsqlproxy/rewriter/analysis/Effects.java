package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.Effect;
import io.dsqlproxy.rewriter.LockPolicy;
import io.dsqlproxy.rewriter.Operand;
import io.dsqlproxy.rewriter.RowWrite;
import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Tells what a statement may change. Doubt counts as anything. A single-use object, confined to its
 * thread.
 */
public final class Effects {

  /** Statements that change settings, or nothing; none of them can hold another statement. */
  private static final Set<String> SETTINGS = Set.of("SET", "RESET", "DISCARD");

  private static final Set<String> NOTHING = Set.of("SHOW", "VALUES", "TABLE", "SELECT", "WITH");

  private static final Set<String> WRITES = Set.of("INSERT", "UPDATE", "DELETE", "MERGE");

  private final Statement statement;
  private final Tokens tokens;
  private final LockPolicy policy;

  private final Set<String> names;

  private Effects(Statement statement, LockPolicy policy, Set<String> names) {
    this.statement = statement;
    this.tokens = statement.tokens();
    this.policy = policy;
    this.names = names;
  }

  /** The effect of a statement that only reads, as far as its text tells. */
  public static Effect ofQuery(Statement statement) {
    Set<String> names = QualifiedName.namesIn(statement);
    return names == null ? Effect.ANYTHING : new Effect.Query(names);
  }

  /** Reads a statement that is not known to be a query that only reads. */
  public static Effect of(Statement statement, LockPolicy policy) {
    Tokens tokens = statement.tokens();
    int first = statement.first();
    if (tokens.kind(first) != TokenKind.WORD) {
      return Effect.ANYTHING;
    }
    String word = Ascii.toUpperCase(tokens.text(first));
    if (SETTINGS.contains(word)) {
      return Effect.SETTINGS;
    }
    if (word.equals("SHOW")) {
      return Effect.NOTHING;
    }
    if (NOTHING.contains(word) || ReadingStatement.mayCallWritingFunction(statement)) {
      return Effect.ANYTHING;
    }
    Set<String> names = QualifiedName.namesIn(statement);
    if (names == null) {
      return Effect.ANYTHING;
    }
    Effects effects = new Effects(statement, policy, names);
    return switch (word) {
      case "INSERT" -> effects.insert();
      case "UPDATE" -> effects.update();
      case "DELETE" -> effects.delete();
      default -> Effect.ANYTHING;
    };
  }

  private Effect insert() {
    QualifiedName.Parsed table = QualifiedName.parse(tokens, statement.first() + 2);
    return table == null || holdsAnotherWrite()
        ? Effect.ANYTHING
        : new Effect.Rows(table.name(), null, names);
  }

  /** {@code INSERT INTO t WITH u AS (UPDATE …) VALUES …} writes two tables. */
  private boolean holdsAnotherWrite() {
    for (int i = statement.first() + 1; i < statement.end(); i++) {
      if (tokens.isPunctuation(i - 1, '(')
          && tokens.kind(i) == TokenKind.WORD
          && WRITES.contains(Ascii.toUpperCase(tokens.text(i)))) {
        return true;
      }
    }
    return false;
  }

  private Effect update() {
    QualifiedName.Parsed table = table(statement.first() + 1);
    if (table == null) {
      return Effect.ANYTHING;
    }
    int set = Aliases.end(tokens, table.end(), statement.end());
    int where = Nesting.find(tokens, set, statement.end(), "FROM", "WHERE", "RETURNING");
    if (!tokens.isWord(set, "SET") || !tokens.isWord(where, "WHERE")) {
      return new Effect.Rows(table.name(), null, names);
    }
    return new Effect.Rows(table.name(), row(table.name(), false, set, where), names);
  }

  private Effect delete() {
    QualifiedName.Parsed table = table(statement.first() + 2);
    if (table == null) {
      return Effect.ANYTHING;
    }
    int where = Aliases.end(tokens, table.end(), statement.end());
    return new Effect.Rows(
        table.name(),
        tokens.isWord(where, "WHERE") ? row(table.name(), true, where, where) : null,
        names);
  }

  private QualifiedName.Parsed table(int from) {
    return QualifiedName.parse(tokens, tokens.isWord(from, "ONLY") ? from + 1 : from);
  }

  /** Null if no condition can be added: no version is declared, or no row can be told. */
  private RowWrite row(QualifiedName table, boolean deletes, int set, int where) {
    String version = policy.versionColumn(table);
    int end = Nesting.find(tokens, where + 1, statement.end(), "RETURNING");
    if (version == null || end == where + 1 || hasOtherParameters(end)) {
      return null;
    }
    Map<String, Operand> fixed = Conditions.fixedBy(tokens, where + 1, end);
    if (fixed == null || fixed.isEmpty()) {
      return null;
    }
    int condition = tokens.end(end - 1);
    Set<String> assigned = deletes ? Set.of() : assigned(set + 1, where);
    return new RowWrite(
        deletes,
        fixed,
        assigned,
        version,
        Operands.parameters(tokens, end),
        tokens.text().substring(0, condition),
        tokens.text().substring(condition));
  }

  /** A parameter behind the condition would change its number, and one with a number has none. */
  private boolean hasOtherParameters(int end) {
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.kind(i) == TokenKind.PARAMETER && (i >= end || !tokens.text(i).equals("?"))
          || tokens.isPunctuation(i, '{')) {
        return true;
      }
    }
    return false;
  }

  /** The columns that SET names; null if it sets several at once. */
  private Set<String> assigned(int first, int end) {
    Set<String> assigned = new HashSet<>();
    int start = first;
    while (start < end) {
      int comma = start;
      int depth = 0;
      while (comma < end && (depth > 0 || !tokens.isPunctuation(comma, ','))) {
        depth += Nesting.change(tokens, comma);
        comma++;
      }
      QualifiedName.Parsed column = QualifiedName.parse(tokens, start);
      if (column == null) {
        return null;
      }
      assigned.add(column.name().name());
      start = comma + 1;
    }
    return assigned;
  }
}
