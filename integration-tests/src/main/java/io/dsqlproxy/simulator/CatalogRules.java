package io.dsqlproxy.simulator;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What DSQL refuses because of what is in the catalog. Stateless. */
final class CatalogRules {

  private static final String DROP_COLUMN = "13";
  private static final Pattern NO_OPERATORS =
      Pattern.compile("data type (.+) has no default operator class for access method \"btree\"");

  private CatalogRules() {}

  /** Why this statement is refused; null if it is not. */
  static Rejection rejection(ParseNode query, BackendLink backend) throws IOException {
    ParseNode utility = query.node("utilityStmt");
    if (utility == null || !utility.type().equals("ALTERTABLESTMT")) {
      return null;
    }
    Set<String> keys = null;
    for (ParseNode command : utility.nodes("cmds")) {
      if (command.text("subtype").equals(DROP_COLUMN)) {
        keys = keys == null ? keyColumns(AsyncWork.name(utility.node("relation")), backend) : keys;
        if (keys.contains(command.text("name"))) {
          return Rejection.notSupported("cannot drop primary key column " + command.text("name"));
        }
      }
    }
    return null;
  }

  /** PostgreSQL's error in DSQL's words. */
  static Message asDsql(Message error) {
    Matcher text = NO_OPERATORS.matcher(error.fields().getOrDefault('M', ""));
    return error.sqlState().equals("42704") && text.matches()
        ? Replies.error(
            Rejection.notSupported("datatype " + text.group(1) + " is not supported in a key"))
        : error;
  }

  private static Set<String> keyColumns(String relation, BackendLink backend) throws IOException {
    Set<String> columns = new HashSet<>();
    InternalStatements.KEY_COLUMNS.run(
        backend,
        message -> {
          if (message.type() == 'D') {
            columns.addAll(message.values());
          }
        },
        relation);
    return columns;
  }
}
