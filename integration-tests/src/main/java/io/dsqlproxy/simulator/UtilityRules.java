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
          unsupported("ALTERROLESETSTMT", "AlterRoleSet"),
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

  private static final String INDEX = "20";
  private static final String TYPE = "49";
  private static final Set<String> NOT_DROPPED = Set.of(TYPE);
  private static final Set<String> NOT_RENAMED = Set.of(INDEX, TYPE);

  private UtilityRules() {}

  private static Map.Entry<String, String> unsupported(String node, String name) {
    return Map.entry(node, "unsupported statement: " + name);
  }

  static Rejection rejection(ParseNode statement, boolean asynchronous) {
    String refused = REFUSED.get(statement.type());
    if (refused != null) {
      return Rejection.notSupported(refused);
    }
    return switch (statement.type()) {
      case "TRANSACTIONSTMT" -> TransactionRules.rejection(statement);
      case "VARIABLESETSTMT" -> ParameterRules.rejection(statement);
      case "CREATESTMT" -> TableRules.table(statement);
      case "CREATESEQSTMT" -> TableRules.sequence(statement);
      case "ALTERTABLESTMT" -> AlterTableRules.rejection(statement, asynchronous);
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
      case "DROPSTMT" ->
          ofType(statement, "removeType", NOT_DROPPED, "unsupported object in DROP statement");
      case "RENAMESTMT" ->
          ofType(statement, "renameType", NOT_RENAMED, "unsupported object in RENAME statement");
      case "ALTERROLESTMT" -> role(statement);
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
    if (type.equals("DEALLOCATESTMT")) {
      return Effect.FORGET_STATEMENTS;
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

  private static Rejection role(ParseNode statement) {
    boolean password =
        statement.nodes("options").stream().anyMatch(o -> o.text("defname").equals("password"));
    return password ? Rejection.notSupported("unsupported statement: AlterRole") : null;
  }

  private static Rejection ofType(
      ParseNode statement, String field, Set<String> refused, String message) {
    return refused.contains(statement.text(field)) ? Rejection.notSupported(message) : null;
  }
}
