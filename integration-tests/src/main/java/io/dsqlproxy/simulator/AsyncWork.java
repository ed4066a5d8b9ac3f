package io.dsqlproxy.simulator;

import java.io.IOException;

/**
 * What a statement with the word ASYNC leaves to a job. Immutable.
 *
 * @param tag the command tag of the statement
 * @param relation the table's name as PostgreSQL reads it
 * @param name the constraint's name, or the index's; empty if PostgreSQL makes one up
 * @param unique whether the index is
 */
record AsyncWork(String tag, String relation, String name, boolean unique) {

  private static final String INDEX = "CREATE INDEX";
  private static final String VALIDATE_CONSTRAINT = "20";

  /** The work of this utility statement; null if DSQL does not do such work. */
  static AsyncWork of(ParseNode statement, String sql) {
    String relation = name(statement.node("relation"));
    if (statement.type().equals("INDEXSTMT")) {
      return new AsyncWork(INDEX, relation, statement.text("idxname"), SqlText.isUnique(sql));
    }
    if (statement.type().equals("ALTERTABLESTMT") && statement.nodes("cmds").size() == 1) {
      ParseNode command = statement.nodes("cmds").get(0);
      if (command.text("subtype").equals(VALIDATE_CONSTRAINT)) {
        return new AsyncWork("ALTER TABLE", relation, command.text("name"), false);
      }
    }
    return null;
  }

  /** Whether the statement itself has to run, before the job. */
  boolean runsStatement() {
    return tag.equals(INDEX);
  }

  /** Notes the job in the transaction; answers the error, or CloseComplete. */
  Message submit(BackendLink backend, String identifier) throws IOException {
    return runsStatement()
        ? InternalStatements.SUBMIT_INDEX.run(
            backend, identifier, relation, name, String.valueOf(unique))
        : InternalStatements.SUBMIT_VALIDATION.run(backend, identifier, relation, name);
  }

  /** The qualified and quoted name of a RANGEVAR. */
  static String name(ParseNode range) {
    String schema = range.text("schemaname");
    return (schema.isEmpty() ? "" : quote(schema) + ".") + quote(range.text("relname"));
  }

  private static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
