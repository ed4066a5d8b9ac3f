package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.Operand;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads from a WHERE clause which columns every row must have a given value in: those that are
 * compared with {@code =} to a parameter or a literal, in conditions that are joined by AND. The
 * words that structure a condition are reserved in PostgreSQL, which makes this exact; a condition
 * of any other shape says nothing. A single-use object, confined to its thread.
 */
final class Conditions {

  private final Tokens tokens;
  private final Map<String, Operand> fixed = new HashMap<>();

  private Conditions(Tokens tokens) {
    this.tokens = tokens;
  }

  /**
   * The columns that are fixed by the conditions in a range of tokens.
   *
   * @return null if alternatives stand there side by side
   */
  static Map<String, Operand> fixedBy(Tokens tokens, int first, int end) {
    Conditions conditions = new Conditions(tokens);
    return conditions.read(first, end) ? conditions.fixed : null;
  }

  /** False if there is an OR on this level, outside parentheses. */
  private boolean read(int first, int end) {
    int start = first;
    boolean between = false;
    int depth = 0;
    for (int i = first; i < end; i++) {
      depth += Nesting.change(tokens, i);
      if (depth != 0) {
        continue;
      }
      if (tokens.isWord(i, "OR")) {
        return false;
      }
      if (tokens.isWord(i, "BETWEEN")) {
        between = true;
      } else if (tokens.isWord(i, "AND")) {
        if (!between) {
          condition(start, i);
          start = i + 1;
        }
        between = false;
      }
    }
    condition(start, end);
    return true;
  }

  private void condition(int first, int end) {
    if (tokens.isPunctuation(first, '(') && Nesting.close(tokens, first, end) == end - 1) {
      Map<String, Operand> inner = fixedBy(tokens, first + 1, end - 1);
      if (inner != null) {
        fixed.putAll(inner);
      }
      return;
    }
    QualifiedName.Parsed column = QualifiedName.parseColumn(tokens, first);
    if (column != null && isEquals(column.end())) {
      fix(column.name().name(), Operands.read(tokens, column.end() + 1, end));
      return;
    }
    int equals = end - 2;
    while (equals > first && !isEquals(equals)) {
      equals--;
    }
    column = equals > first ? QualifiedName.parseColumn(tokens, equals + 1) : null;
    if (column != null && column.end() == end) {
      fix(column.name().name(), Operands.read(tokens, first, equals));
    }
  }

  private boolean isEquals(int token) {
    return token < tokens.size()
        && tokens.kind(token) == TokenKind.OPERATOR
        && tokens.text(token).equals("=");
  }

  private void fix(String column, Operand operand) {
    if (!(operand instanceof Operand.Expression)) {
      fixed.put(column, operand);
    }
  }
}
