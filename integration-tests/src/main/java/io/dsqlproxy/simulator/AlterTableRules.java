package io.dsqlproxy.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which changes of a table DSQL refuses, by PostgreSQL's number of the command. */
final class AlterTableRules {

  private static final String ADD_COLUMN = "0";
  private static final String ADD_CONSTRAINT = "16";
  private static final String VALIDATE_CONSTRAINT = "20";
  private static final String ADD_IDENTITY = "62";

  /** Refused whatever they say; the texts follow those that were recorded. */
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          column("5", "SET NOT NULL"),
          column("8", "SET STATISTICS"),
          column("12", "SET COMPRESSION"),
          column("24", "SET DATA TYPE"),
          table("29", "SET LOGGED"),
          table("30", "SET UNLOGGED"),
          table("33", "SET TABLESPACE"),
          table("34", "SET"),
          table("35", "RESET"),
          table("45", "ENABLE RULE"),
          table("46", "ENABLE ALWAYS RULE"),
          table("47", "ENABLE REPLICA RULE"),
          table("48", "DISABLE RULE"),
          table("49", "INHERIT"),
          table("50", "NO INHERIT"),
          table("53", "REPLICA IDENTITY"),
          table("54", "ENABLE ROW LEVEL SECURITY"),
          table("55", "DISABLE ROW LEVEL SECURITY"),
          table("56", "FORCE ROW LEVEL SECURITY"),
          table("57", "NO FORCE ROW LEVEL SECURITY"),
          table("59", "ATTACH PARTITION"),
          table("60", "DETACH PARTITION"));

  private AlterTableRules() {}

  private static Map.Entry<String, String> column(String command, String name) {
    return table(command, "ALTER COLUMN ... " + name);
  }

  private static Map.Entry<String, String> table(String command, String name) {
    return Map.entry(command, "unsupported ALTER TABLE " + name + " statement");
  }

  static Rejection rejection(ParseNode statement, boolean asynchronous) {
    if (asynchronous && AsyncWork.of(statement, "") == null) {
      return Rejection.notSupported("unsupported ALTER TABLE ASYNC statement");
    }
    List<Rejection> found = new ArrayList<>();
    for (ParseNode command : statement.nodes("cmds")) {
      found.add(alteration(command, asynchronous));
    }
    return TableRules.first(found);
  }

  private static Rejection alteration(ParseNode command, boolean asynchronous) {
    String subtype = command.text("subtype");
    if (REFUSED.containsKey(subtype)) {
      return Rejection.notSupported(REFUSED.get(subtype));
    }
    ParseNode definition = command.node("def");
    return switch (subtype) {
      case ADD_COLUMN -> addColumn(definition);
      case ADD_CONSTRAINT -> addConstraint(definition);
      case ADD_IDENTITY -> TableRules.identityOptions(definition);
      case VALIDATE_CONSTRAINT ->
          asynchronous
              ? null
              : Rejection.notSupported("unsupported ALTER TABLE VALIDATE CONSTRAINT statement");
      default -> null;
    };
  }

  private static Rejection addColumn(ParseNode column) {
    boolean constrained =
        column.nodes("constraints").stream().anyMatch(c -> !c.text("contype").equals("NULL"));
    List<Rejection> found = new ArrayList<>();
    found.add(TableRules.type(column));
    found.add(TableRules.collation(column));
    found.add(
        constrained
            ? Rejection.notSupported("ALTER TABLE ADD COLUMN with constraint not supported")
            : null);
    return TableRules.first(found);
  }

  private static Rejection addConstraint(ParseNode constraint) {
    String type = constraint.text("contype");
    if (type.equals("UNIQUE") && constraint.flag("initdeferred")) {
      return Rejection.notSupported(
          "ALTER TABLE / ADD CONSTRAINT UNIQUE / DEFERRED / INITIALLY DEFERRED not supported");
    }
    boolean accepted =
        switch (type) {
          case "FOREIGN_KEY", "CHECK" ->
              constraint.flag("skip_validation") && !constraint.isNull("conname");
          case "UNIQUE", "PRIMARY_KEY" -> !constraint.isNull("indexname");
          default -> false;
        };
    return accepted
        ? null
        : Rejection.notSupported("unsupported ALTER TABLE ADD CONSTRAINT statement");
  }
}
