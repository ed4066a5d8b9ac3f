package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.LockedRows.Bound;
import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The outermost query of a statement, as ranges of tokens, if it gives a row for each row that its
 * condition is asked about, and gives the same whenever it is executed on the same data. Immutable
 * once it was found.
 */
public final class MainQuery {

  /** Words that join rows, or choose among them, where each row has to stand for itself. */
  private static final String[] OTHER_QUERIES = {
    "UNION", "INTERSECT", "EXCEPT", "GROUP", "HAVING", "WINDOW", "FOR", "VALUES", "TABLE"
  };

  /** Words of statements that write, or that choose rows by chance. */
  private static final Set<String> OTHER_WORDS =
      Set.of(
          "INSERT",
          "UPDATE",
          "DELETE",
          "MERGE",
          "INTO",
          "TRUNCATE",
          "COPY",
          "TABLESAMPLE",
          "OVER",
          "EXPLAIN");

  /** What a list may call; of others it is not known that they give one value for each row. */
  private static final Set<String> SINGLE_VALUES =
      Set.of(
          "cast",
          "coalesce",
          "nullif",
          "greatest",
          "least",
          "extract",
          "now",
          "lower",
          "upper",
          "length",
          "substring",
          "trim",
          "date_trunc",
          "to_char",
          "concat",
          "round",
          "abs");

  private final AdvisoryCall call;
  private final Statement statement;
  private final Tokens tokens;
  private int select;
  private int listEnd;
  private int where;
  private int whereEnd;
  private int bodyEnd;
  private final List<Count> bounds = new ArrayList<>(2);

  private MainQuery(AdvisoryCall call) {
    this.call = call;
    this.statement = call.statement();
    this.tokens = statement.tokens();
  }

  /**
   * A bound of the rows.
   *
   * @param first the first token of the number; with {@code end} the same for the number one
   * @param end the token behind it
   */
  public record Count(Bound bound, int first, int end) {}

  /**
   * The query around a call, or null if it is not such a query, or the call stands deeper in it.
   */
  public static MainQuery around(AdvisoryCall call) {
    MainQuery query = new MainQuery(call);
    return query.statement.locks().isEmpty() && query.isSteady() && query.find() ? query : null;
  }

  // -------------------- recognition

  /** Whether nothing but the call may write, or give something else the next time. */
  private boolean isSteady() {
    for (int i = statement.first(); i < statement.end(); i++) {
      if (i == call.first()) {
        i = call.close();
      } else if (!isSteady(i) || AdvisoryCall.startingAt(i, statement) != null) {
        return false;
      }
    }
    return true;
  }

  private boolean isSteady(int token) {
    TokenKind kind = tokens.kind(token);
    if (kind == TokenKind.WORD) {
      return !OTHER_WORDS.contains(Ascii.toUpperCase(tokens.text(token)));
    }
    if (tokens.isPunctuation(token, '(')) {
      String name = VolatileCalls.called(tokens, token);
      return !ReadingStatement.callMayWrite(tokens, token - 1)
          && (name == null || !VolatileCalls.givesAnotherValueEachTime(name));
    }
    return kind != TokenKind.INVALID
        && kind != TokenKind.UNTERMINATED
        && !tokens.isPunctuation(token, '{');
  }

  private boolean find() {
    int first = statement.first();
    int end = statement.end();
    select = tokens.isWord(first, "WITH") ? Nesting.find(tokens, first, end, "SELECT") : first;
    if (!tokens.isWord(select, "SELECT")
        || tokens.isWord(select + 1, "DISTINCT")
        || tokens.isWord(select + 1, "ALL")
        || Nesting.find(tokens, select + 1, end, OTHER_QUERIES) < end
        || Nesting.find(tokens, select + 1, end, "SELECT") < end) {
      return false;
    }
    bodyEnd = Nesting.find(tokens, select, end, "LIMIT", "OFFSET", "FETCH");
    listEnd = Nesting.find(tokens, select, bodyEnd, "FROM", "WHERE", "ORDER");
    where = Nesting.find(tokens, select, bodyEnd, "WHERE");
    whereEnd = Nesting.find(tokens, where, bodyEnd, "ORDER");
    return listEnd > select + 1
        && isAtTop()
        && givesOneRowForEach()
        && Nesting.find(tokens, where, whereEnd, "OR") == whereEnd
        && findBounds()
        && ordersWhatItBounds();
  }

  private boolean isAtTop() {
    int depth = 0;
    for (int i = select; i < call.first(); i++) {
      depth += Nesting.change(tokens, i);
    }
    return depth == 0;
  }

  /** Whether the list calls nothing that joins rows, or makes several of one. */
  private boolean givesOneRowForEach() {
    for (int i = select + 1; i < listEnd; i++) {
      if (i == call.first()) {
        i = call.close();
      } else if (tokens.isPunctuation(i, '(')) {
        if (tokens.isWord(i + 1, "SELECT") || tokens.isWord(i + 1, "WITH")) {
          i = Nesting.close(tokens, i, listEnd);
          if (i < 0) {
            return false;
          }
        } else if (mayGiveSeveral(i - 1)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean mayGiveSeveral(int name) {
    return tokens.isName(name)
        && !tokens.isWord(name, "SELECT")
        && !SINGLE_VALUES.contains(Ascii.toLowerCase(tokens.text(name)));
  }

  private boolean findBounds() {
    int next = bodyEnd;
    while (next < statement.end()) {
      int first = next + 1;
      boolean fetch = tokens.isWord(next, "FETCH");
      boolean offset = tokens.isWord(next, "OFFSET");
      int end = Nesting.find(tokens, first, statement.end(), "LIMIT", "OFFSET", "FETCH");
      next = end;
      if (fetch) {
        boolean only =
            (tokens.isWord(first, "FIRST") || tokens.isWord(first, "NEXT"))
                && tokens.isWord(end - 1, "ONLY")
                && isRows(end - 2);
        if (!only) {
          return false;
        }
        first++;
        end -= 2;
      } else if (offset && isRows(end - 1)) {
        end--;
      }
      if (!fetch && end <= first || !isCount(first, end)) {
        return false;
      }
      if (fetch || offset || !tokens.isWord(first, "ALL")) {
        bounds.add(new Count(offset ? Bound.OFFSET : Bound.LIMIT, first, end));
      }
    }
    return true;
  }

  private boolean isRows(int token) {
    return tokens.isWord(token, "ROW") || tokens.isWord(token, "ROWS");
  }

  private boolean isCount(int first, int end) {
    int depth = 0;
    for (int i = first; i < end; i++) {
      depth += Nesting.change(tokens, i);
      if (tokens.isWord(i, "SELECT") || depth == 0 && tokens.isPunctuation(i, ',')) {
        return false;
      }
    }
    return true;
  }

  /** Which rows a query inside gives must not be left to chance: it is executed twice. */
  private boolean ordersWhatItBounds() {
    List<Integer> orders = new ArrayList<>();
    int depth = 0;
    for (int i = statement.first(); i < bodyEnd; i++) {
      int change = Nesting.change(tokens, i);
      depth += change;
      int now = depth;
      if (change < 0) {
        orders.removeIf(order -> order > now);
      } else if (tokens.isWord(i, "ORDER")) {
        orders.add(depth);
      } else if (depth > 0
          && (tokens.isWord(i, "LIMIT")
              || tokens.isWord(i, "FETCH")
              || tokens.isWord(i, "OFFSET")
              || tokens.isWord(i, "DISTINCT") && tokens.isWord(i + 1, "ON"))
          && !orders.contains(depth)) {
        return false;
      }
    }
    return true;
  }

  // -------------------- ranges

  /** The word SELECT. */
  public int select() {
    return select;
  }

  /** The token behind the list. */
  public int listEnd() {
    return listEnd;
  }

  /** The word WHERE. */
  public int where() {
    return where;
  }

  /** The token behind the condition. */
  public int whereEnd() {
    return whereEnd;
  }

  /** The token behind the query without its bounds. */
  public int bodyEnd() {
    return bodyEnd;
  }

  /** Its bounds, in the order of the text. */
  public List<Count> bounds() {
    return bounds;
  }

  /** Whether the token stands in the list. */
  public boolean isInList(int token) {
    return token > select && token < listEnd;
  }

  /** Whether the token stands in the condition. */
  public boolean isInWhere(int token) {
    return token > where && token < whereEnd;
  }

  /** How many parameters stand between two tokens. */
  public int parameters(int first, int end) {
    int parameters = 0;
    for (int i = first; i < end; i++) {
      if (tokens.kind(i) == TokenKind.PARAMETER) {
        parameters++;
      }
    }
    return parameters;
  }

  /** A bound as it is written. */
  public String text(Count count) {
    return count.first() == count.end() ? "1" : tokens.text(count.first(), count.end());
  }
}
