package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.LockPolicy;
import io.dsqlproxy.rewriter.Operand;
import io.dsqlproxy.rewriter.SqlNames;
import io.dsqlproxy.rewriter.VersionedRead;
import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds out what the result of a locking query will tell about versions of rows. A single-use
 * object, confined to its thread.
 */
public final class VersionedReads {

  private final Tokens tokens;
  private final LockingClause clause;

  private VersionedReads(Tokens tokens, LockingClause clause) {
    this.tokens = tokens;
    this.clause = clause;
  }

  /** What cannot be made conditional, and why. */
  public static final class NotVersioned extends Exception {

    private static final long serialVersionUID = 1L;

    NotVersioned(String reason) {
      super(reason, null, false, false);
    }
  }

  /**
   * Reads a statement.
   *
   * @throws NotVersioned if the rows, or their versions, could not be told from the result; the
   *     message is the reason, as a clause
   */
  public static VersionedRead read(Statement statement, LockPolicy policy) throws NotVersioned {
    LockingClause clause = statement.locks().get(0);
    if (statement.locks().size() > 1 || clause.select() != statement.first()) {
      throw new NotVersioned("the query is not a simple one");
    }
    return new VersionedReads(statement.tokens(), clause).read(policy);
  }

  private VersionedRead read(LockPolicy policy) throws NotVersioned {
    int end = clause.first();
    int list = clause.select() + 1;
    if (tokens.isWord(list, "DISTINCT")) {
      throw new NotVersioned("DISTINCT hides rows");
    }
    int from = Nesting.find(tokens, list, end, "FROM");
    int name = tokens.isWord(from + 1, "ONLY") ? from + 2 : from + 1;
    QualifiedName.Parsed table = QualifiedName.parse(tokens, name);
    if (table == null) {
      throw new NotVersioned("the query does not read a table by its name");
    }
    int rest = Aliases.end(tokens, table.end(), end);
    boolean conditions = tokens.isWord(rest, "WHERE");
    if (rest < end && !conditions && !tokens.isWord(rest, "ORDER")) {
      throw new NotVersioned("the query does not simply read one table");
    }
    int last =
        Nesting.find(
            tokens,
            rest,
            end,
            "ORDER",
            "GROUP",
            "HAVING",
            "WINDOW",
            "UNION",
            "INTERSECT",
            "EXCEPT");
    if (last < end && !tokens.isWord(last, "ORDER")) {
      throw new NotVersioned("the query does not simply read rows");
    }
    if (readsMore(rest, end)) {
      throw new NotVersioned("which rows it finds depends on a sub-query");
    }
    Map<String, Operand> fixed = conditions ? Conditions.fixedBy(tokens, rest + 1, last) : Map.of();
    String version = policy.versionColumn(table.name());
    if (version == null) {
      throw new NotVersioned(
          "no version column is declared for "
              + table.name().name()
              + " (property versionColumns)");
    }
    return new VersionedRead(
        table.name(), version, fixed == null ? Map.of() : fixed, columns(list, from, version));
  }

  /** What the transaction writes there could keep the query from finding its rows again. */
  private boolean readsMore(int first, int end) {
    for (int i = first; i < end; i++) {
      if (tokens.isWord(i, "SELECT") || tokens.isWord(i, "TABLE")) {
        return true;
      }
    }
    return false;
  }

  private List<String> columns(int first, int end, String version) throws NotVersioned {
    List<String> columns = new ArrayList<>();
    int start = first;
    while (start < end) {
      int comma = start;
      int depth = 0;
      while (comma < end && (depth > 0 || !tokens.isPunctuation(comma, ','))) {
        depth += Nesting.change(tokens, comma);
        comma++;
      }
      columns.add(column(start, comma));
      start = comma + 1;
    }
    if (columns.size() == 1 && columns.get(0).equals("*")) {
      return List.of();
    }
    if (columns.contains("*")) {
      throw new NotVersioned("a * stands beside other columns");
    }
    if (!columns.contains(version)) {
      throw new NotVersioned("the query does not give the version column " + version);
    }
    return columns;
  }

  private String column(int first, int end) throws NotVersioned {
    for (int i = first; i < end; i++) {
      if (tokens.isPunctuation(i, '(')) {
        throw new NotVersioned("the select list calls a function");
      }
    }
    if (tokens.kind(end - 1) == TokenKind.OPERATOR && tokens.text(end - 1).equals("*")) {
      return "*";
    }
    QualifiedName.Parsed name = QualifiedName.parseColumn(tokens, first);
    if (name == null) {
      return "";
    }
    int label = tokens.isWord(name.end(), "AS") ? name.end() + 1 : name.end();
    boolean isColumn = name.end() == end || label == end - 1 && isLabel(label);
    return isColumn ? name.name().name() : "";
  }

  /** {@code ISNULL} and {@code NOTNULL} stand behind a column like a label without AS. */
  private boolean isLabel(int token) {
    return tokens.kind(token) == TokenKind.QUOTED_IDENTIFIER
        || tokens.kind(token) == TokenKind.WORD
            && (tokens.isWord(token - 1, "AS")
                || !SqlNames.isReserved(Ascii.toLowerCase(tokens.text(token))));
  }
}
