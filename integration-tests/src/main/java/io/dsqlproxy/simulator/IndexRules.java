package io.dsqlproxy.simulator;

import java.util.List;
import java.util.Set;

/** Which indexes DSQL refuses to make, in the order in which it looks. */
final class IndexRules {

  static final int MAX_KEY_COLUMNS = 8;

  private static final String DEFAULT_ORDER = "0";

  /** PostgreSQL's functions that are not immutable; it judges all others itself, a little later. */
  private static final Set<String> CHANGING =
      Set.of(
          "random",
          "now",
          "clock_timestamp",
          "statement_timestamp",
          "transaction_timestamp",
          "timeofday",
          "gen_random_uuid",
          "nextval",
          "currval",
          "lastval",
          "setval",
          "version",
          "current_setting",
          "pg_backend_pid",
          "txid_current",
          "pg_sleep");

  private IndexRules() {}

  static Rejection rejection(ParseNode statement, String sql, boolean syncIndexAllowed) {
    if (statement.flag("concurrent")) {
      return Rejection.notSupported("CONCURRENTLY not supported for CREATE INDEX");
    }
    if (SqlText.namesAccessMethod(sql)) {
      return Rejection.notSupported("USING not supported for CREATE INDEX");
    }
    if (!SqlText.isAsync(sql) && !syncIndexAllowed) {
      return Rejection.notSupported("unsupported mode. please use CREATE INDEX ASYNC.");
    }
    List<ParseNode> keys = statement.nodes("indexParams");
    for (ParseNode key : keys) {
      Rejection rejection = key(key);
      if (rejection != null) {
        return rejection;
      }
    }
    return keys.size() > MAX_KEY_COLUMNS
        ? new Rejection("54011", "more than 8 column keys in an index are not supported")
        : null;
  }

  private static Rejection key(ParseNode key) {
    if (callsChangingFunction(key)) {
      return new Rejection("42P17", "functions in index expression must be marked IMMUTABLE");
    }
    if (!key.text("ordering").equals(DEFAULT_ORDER)) {
      return Rejection.notSupported("specifying sort order not supported for index keys");
    }
    return key.isNull("opclass")
        ? null
        : Rejection.notSupported("opclass not supported for index keys");
  }

  private static boolean callsChangingFunction(ParseNode key) {
    boolean[] found = new boolean[1];
    key.visit(
        node -> {
          List<String> names = node.texts("funcname");
          found[0] |= !names.isEmpty() && CHANGING.contains(names.get(names.size() - 1));
        });
    return found[0];
  }
}
