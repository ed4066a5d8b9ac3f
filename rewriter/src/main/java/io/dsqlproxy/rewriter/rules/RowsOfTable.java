package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.LockRequest.Space;
import io.dsqlproxy.rewriter.LockedRows;
import io.dsqlproxy.rewriter.analysis.AdvisoryCall;
import io.dsqlproxy.rewriter.analysis.AdvisoryCall.Argument;
import io.dsqlproxy.rewriter.analysis.MainQuery;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.List;

/**
 * A call for each row of a query: as a condition that all others are joined to by AND, or as a
 * column of a query that has no LIMIT. Then the rows can be asked for before their locks are taken,
 * and once more with the keys that were granted. Confined to its thread.
 */
final class RowsOfTable {

  private static final String ROWS = "dsql_proxy_rows";
  private static final String KEY = "dsql_proxy_key";

  private final AdvisoryCall call;
  private final Tokens tokens;
  private final MainQuery query;

  private RowsOfTable(AdvisoryCall call, MainQuery query) {
    this.call = call;
    this.tokens = call.statement().tokens();
    this.query = query;
  }

  /** What such a call asks for, or null if it stands in another place. */
  static LockedRows of(AdvisoryCall call) {
    boolean hasKey = !call.arguments().isEmpty() && call.isOfFixedKeys();
    MainQuery query = hasKey ? MainQuery.around(call) : null;
    return query == null ? null : new RowsOfTable(call, query).request();
  }

  private LockedRows request() {
    boolean condition = isCondition();
    int end = condition ? call.close() + 1 : columnEnd();
    if (end < 0 || movesParameters()) {
      return null;
    }
    String key = key();
    String text = tokens.text();
    String head = text.substring(0, tokens.start(call.first()));
    String behindCall = text.substring(tokens.end(call.close()), tokens.end(end - 1));
    String label = condition || isNamed(end) ? "" : " AS " + call.function().functionName();
    String rest = behindCall + label + text.substring(tokens.end(end - 1));
    String[] value = condition ? isGranted(key) : column(key);
    return new LockedRows(
        call.function().functionName(),
        call.function().action(),
        call.function().scope(),
        call.function().shared(),
        call.arguments().size() == 2 ? Space.INTEGERS : Space.BIGINT,
        candidates(key, condition ? "true" : nothing(), end, label),
        query.bounds().stream().map(MainQuery.Count::bound).toList(),
        head + value[0],
        value[1] + rest);
  }

  // -------------------- recognition

  private boolean isCondition() {
    int before = call.first() - 1;
    int after = call.close() + 1;
    return call.function().returnsBoolean()
        && query.isInWhere(call.first())
        && (before == query.where() || tokens.isWord(before, "AND"))
        && (after == query.whereEnd() || tokens.isWord(after, "AND"));
  }

  /** The token behind the column that the call is, or -1 if it is none. */
  private int columnEnd() {
    int before = call.first() - 1;
    if (!query.isInList(call.first())
        || !query.bounds().isEmpty()
        || before != query.select() && !tokens.isPunctuation(before, ',')) {
      return -1;
    }
    int end = call.close() + 1;
    while (end < query.listEnd() && tokens.text(end).equals("::") && tokens.isName(end + 1)) {
      end += tokens.isPunctuation(end + 2, '.') ? 4 : 2;
    }
    end += tokens.isWord(end, "AS") ? 1 : 0;
    end += end < query.listEnd() && tokens.isName(end) ? 1 : 0;
    return end == query.listEnd() || tokens.isPunctuation(end, ',') ? end : -1;
  }

  private boolean isNamed(int columnEnd) {
    int last = columnEnd - 1;
    return last > call.close()
        && !tokens.text(last - 1).equals("::")
        && !tokens.isPunctuation(last - 1, '.');
  }

  /** The key goes to the end of the list, and a parameter in it must not pass another. */
  private boolean movesParameters() {
    return query.parameters(call.first(), call.close()) > 0
        && query.parameters(
                Math.min(call.close(), query.listEnd()), Math.max(call.first(), query.listEnd()))
            > 0;
  }

  // -------------------- texts

  /** The key as one bigint, NULL if a part of it is. */
  private String key() {
    List<Argument> arguments = call.arguments();
    if (arguments.size() == 1) {
      return "CAST((" + text(arguments.get(0)) + ") AS pg_catalog.int8)";
    }
    return "(("
        + half(arguments.get(0))
        + " << 32) | ("
        + half(arguments.get(1))
        + " & 4294967295))";
  }

  private String half(Argument argument) {
    return "CAST(CAST((" + text(argument) + ") AS pg_catalog.int4) AS pg_catalog.int8)";
  }

  private String text(Argument argument) {
    return tokens.text(argument.first(), argument.end());
  }

  /** True or false, and NULL for a key that is. */
  private String[] isGranted(String key) {
    return new String[] {"(" + key + " = ANY ('{", "}'::pg_catalog.int8[]))"};
  }

  private String[] column(String key) {
    String[] granted = isGranted(key);
    return call.function().returnsBoolean()
        ? granted
        : new String[] {"(CASE WHEN " + granted[0], granted[1] + " IS NOT NULL THEN ''::text END)"};
  }

  private String nothing() {
    return call.function().returnsBoolean() ? "NULL::boolean" : "NULL::text";
  }

  /** The keys of the rows, and the bounds. */
  private String candidates(String key, String instead, int end, String label) {
    StringBuilder columns = new StringBuilder(ROWS).append('.').append(KEY);
    for (MainQuery.Count count : query.bounds()) {
      columns.append(", CAST((").append(query.text(count)).append(") AS pg_catalog.int8)");
    }
    String rows = rows(", " + key + " AS " + KEY, instead, end, label);
    return "WITH " + ROWS + " AS (" + rows + ") SELECT " + columns + " FROM " + ROWS;
  }

  /** The query without its bounds, with something instead of the call and a further column. */
  private String rows(String column, String instead, int end, String label) {
    String text = tokens.text();
    int listEnd = tokens.end(query.listEnd() - 1);
    int bodyEnd = tokens.end(query.bodyEnd() - 1);
    int behind = tokens.end(end - 1);
    StringBuilder rows = new StringBuilder(text.substring(0, bodyEnd));
    if (!query.isInList(call.first())) {
      rows.insert(behind, label)
          .replace(tokens.start(call.first()), tokens.end(call.close()), instead);
      rows.insert(listEnd, column);
    } else {
      rows.insert(listEnd, column).insert(behind, label);
      rows.replace(tokens.start(call.first()), tokens.end(call.close()), instead);
    }
    return rows.substring(tokens.start(call.statement().first()));
  }
}
