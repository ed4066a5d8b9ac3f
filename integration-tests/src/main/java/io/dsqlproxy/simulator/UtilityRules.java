package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.Judgement.Effect;
import java.util.Map;
import java.util.Set;

/**
 * Which utility statements DSQL refuses, by PostgreSQL's name of the node. The texts are those that
 * the service was seen to answer; where none was recorded, {@code unsupported statement: Node}.
 */
final class UtilityRules {

  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          unsupported("TRUNCATESTMT", "Truncate"),
          unsupported("CREATEEXTENSIONSTMT", "CreateExtension"),
          unsupported("CREATEDBSTMT", "Createdb"),
          unsupported("DROPDBSTMT", "Dropdb"),
          unsupported("CREATETABLEASSTMT", "CreateTableAs"),
          unsupported("COMPOSITETYPESTMT", "CompositeType"),
          unsupported("CREATERANGESTMT", "CreateRange"),
          unsupported("CREATETABLESPACESTMT", "CreateTableSpace"),
          unsupported("CREATEFOREIGNTABLESTMT", "CreateForeignTable"),
          unsupported("CREATEFOREIGNSERVERSTMT", "CreateForeignServer"),
          unsupported("CREATEPOLICYSTMT", "CreatePolicy"),
          unsupported("LISTENSTMT", "Listen"),
          unsupported("NOTIFYSTMT", "Notify"),
          unsupported("UNLISTENSTMT", "Unlisten"),
          unsupported("ALTERSYSTEMSTMT", "AlterSystem"),
          unsupported("LOCKSTMT", "Lock"),
          unsupported("PREPARESTMT", "Prepare"),
          unsupported("EXECUTESTMT", "Execute"),
          unsupported("DISCARDSTMT", "Discard"),
          unsupported("LOADSTMT", "Load"),
          unsupported("DECLARECURSORSTMT", "DeclareCursor"),
          unsupported("REINDEXSTMT", "Reindex"),
          unsupported("DOSTMT", "Do"),
          unsupported("CLUSTERSTMT", "Cluster"),
          Map.entry("CREATETRIGSTMT", "CREATE TRIGGER not supported"),
          Map.entry("CREATEENUMSTMT", "CREATE TYPE not supported"),
          Map.entry("ALTERENUMSTMT", "ALTER TYPE not supported"));

  private static final Set<String> DEFINITIONS =
      Set.of("INDEXSTMT", "VIEWSTMT", "RENAMESTMT", "COMMENTSTMT", "DEFINESTMT", "RULESTMT");

  private static final String DROPPED_OR_RENAMED_TYPE = "49";

  private UtilityRules() {}

  private static Map.Entry<String, String> unsupported(String node, String name) {
    return Map.entry(node, "unsupported statement: " + name);
  }

  static Rejection rejection(ParseNode statement, boolean asynchronous, boolean syncIndexAllowed) {
    String refused = REFUSED.get(statement.type());
    if (refused != null) {
      return Rejection.notSupported(refused);
    }
    return switch (statement.type()) {
      case "TRANSACTIONSTMT" -> TransactionRules.rejection(statement);
      case "VARIABLESETSTMT" -> ParameterRules.rejection(statement);
      case "CREATESTMT", "ALTERTABLESTMT", "CREATESEQSTMT" ->
          TableRules.rejection(statement, asynchronous);
      case "INDEXSTMT" -> index(statement, asynchronous || syncIndexAllowed);
      case "VIEWSTMT" -> view(statement);
      case "VACUUMSTMT" ->
          statement.flag("is_vacuumcmd")
              ? Rejection.notSupported("unsupported VACUUM statement")
              : null;
      case "CREATEFUNCTIONSTMT" -> function(statement);
      case "DEALLOCATESTMT" ->
          statement.isNull("name")
              ? null
              : Rejection.notSupported("unsupported statement: Deallocate");
      case "DROPSTMT" -> ofType(statement, "removeType", "unsupported object in DROP statement");
      case "RENAMESTMT" ->
          ofType(statement, "renameType", "unsupported object in RENAME statement");
      case "COPYSTMT" ->
          statement.isNull("filename")
              ? null
              : Rejection.notSupported("unsupported statement: Copy");
      default -> null;
    };
  }

  static Effect effect(ParseNode statement) {
    String type = statement.type();
    if (type.equals("TRANSACTIONSTMT")) {
      return TransactionRules.effect(statement);
    }
    if (type.equals("COPYSTMT")) {
      return statement.flag("is_from") ? Effect.COPY_IN : Effect.NONE;
    }
    if (type.equals("VARIABLESETSTMT")) {
      return ParameterRules.effect(statement);
    }
    boolean definition =
        DEFINITIONS.contains(type)
            || type.startsWith("CREATE")
            || type.startsWith("ALTER")
            || type.startsWith("DROP")
            || type.startsWith("GRANT");
    return definition ? Effect.DEFINITION : Effect.NONE;
  }

  private static Rejection index(ParseNode statement, boolean allowed) {
    if (statement.flag("concurrent")) {
      return Rejection.notSupported("CONCURRENTLY not supported for CREATE INDEX");
    }
    if (!allowed) {
      return Rejection.notSupported("unsupported mode. please use CREATE INDEX ASYNC.");
    }
    for (ParseNode key : statement.nodes("indexParams")) {
      if (!key.text("ordering").equals("0")) {
        return Rejection.notSupported("specifying sort order not supported for index keys");
      }
    }
    return statement.nodes("indexParams").size() > TableRules.MAX_KEY_COLUMNS
        ? new Rejection("54011", "more than 8 column keys in an index are not supported")
        : null;
  }

  private static Rejection view(ParseNode statement) {
    return statement.node("view").text("relpersistence").equals("t")
        ? Rejection.notSupported("unsupported statement: View")
        : null;
  }

  private static Rejection function(ParseNode statement) {
    if (statement.flag("is_procedure")) {
      return Rejection.notSupported("PROCEDURE is not supported");
    }
    for (ParseNode option : statement.nodes("options")) {
      String language = option.text("arg");
      if (option.text("defname").equals("language") && !language.equals("sql")) {
        return Rejection.notSupported(
            "CREATE FUNCTION with language " + language + " not supported");
      }
    }
    return null;
  }

  private static Rejection ofType(ParseNode statement, String field, String message) {
    return statement.text(field).equals(DROPPED_OR_RENAMED_TYPE)
        ? Rejection.notSupported(message)
        : null;
  }
}
