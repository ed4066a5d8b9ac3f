package io.dsqlproxy.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which tables, columns and sequences DSQL refuses to define. */
final class TableRules {

  static final int MAX_KEY_COLUMNS = 8;

  private static final Set<String> SERIAL =
      Set.of("serial", "bigserial", "smallserial", "serial2", "serial4", "serial8");

  private static final Set<String> REFUSED_TYPES =
      Set.of(
          "money",
          "xml",
          "inet",
          "cidr",
          "macaddr",
          "macaddr8",
          "point",
          "line",
          "lseg",
          "box",
          "path",
          "polygon",
          "circle",
          "tsvector",
          "tsquery",
          "int4range",
          "int8range",
          "numrange",
          "tsrange",
          "tstzrange",
          "daterange",
          "bit",
          "varbit",
          "pg_lsn");

  /** PostgreSQL's short names and the names that DSQL prints. */
  private static final Map<String, String> PRINTED =
      Map.of(
          "int2", "smallint",
          "int4", "integer",
          "int8", "bigint",
          "float4", "real",
          "float8", "double precision",
          "varchar", "character varying",
          "bpchar", "character",
          "bool", "boolean",
          "varbit", "bit varying");

  private static final String CACHE_TAIL =
      " is not supported without an explicit cache size."
          + " please define CACHE greater than or equal to 65536 or equal to 1";
  private static final int MIN_CACHE = 65_536;

  private static final String ADD_COLUMN = "0";
  private static final String SET_STATISTICS = "8";
  private static final String ADD_CONSTRAINT = "16";
  private static final String VALIDATE_CONSTRAINT = "20";
  private static final String ALTER_TYPE = "24";

  private TableRules() {}

  static Rejection rejection(ParseNode statement, boolean asynchronous) {
    return switch (statement.type()) {
      case "CREATESTMT" -> create(statement);
      case "ALTERTABLESTMT" -> first(alterations(statement, asynchronous));
      default ->
          cache(statement.nodes("options"))
              ? null
              : Rejection.notSupported("CREATE SEQUENCE" + CACHE_TAIL);
    };
  }

  private static Rejection create(ParseNode statement) {
    switch (statement.node("relation").text("relpersistence")) {
      case "t":
        return Rejection.notSupported("TEMPORARY or TEMP table not supported for CREATE TABLE");
      case "u":
        return Rejection.notSupported("UNLOGGED table not supported for CREATE TABLE");
      default:
        break;
    }
    List<Rejection> found = new ArrayList<>();
    for (ParseNode element : statement.nodes("tableElts")) {
      if (element.type().equals("COLUMNDEF")) {
        found.add(type(element));
        found.add(identity(element));
      }
    }
    return first(found);
  }

  private static List<Rejection> alterations(ParseNode statement, boolean asynchronous) {
    List<Rejection> found = new ArrayList<>();
    for (ParseNode command : statement.nodes("cmds")) {
      found.add(alteration(command, asynchronous));
    }
    return found;
  }

  private static Rejection alteration(ParseNode command, boolean asynchronous) {
    ParseNode definition = command.node("def");
    return switch (command.text("subtype")) {
      case ADD_COLUMN -> addColumn(definition);
      case ADD_CONSTRAINT -> addConstraint(definition);
      case VALIDATE_CONSTRAINT ->
          asynchronous
              ? null
              : Rejection.notSupported("unsupported ALTER TABLE VALIDATE CONSTRAINT statement");
      case SET_STATISTICS ->
          Rejection.notSupported(
              "unsupported ALTER TABLE ALTER COLUMN ... SET STATISTICS statement");
      case ALTER_TYPE ->
          Rejection.notSupported(
              "unsupported ALTER TABLE ALTER COLUMN ... SET DATA TYPE statement");
      default -> null;
    };
  }

  private static Rejection addColumn(ParseNode column) {
    Rejection type = type(column);
    if (type != null) {
      return type;
    }
    if (!column.isNull("collClause")) {
      return Rejection.notSupported("COLLATE clause not supported");
    }
    boolean constrained =
        column.nodes("constraints").stream().anyMatch(c -> !c.text("contype").equals("NULL"));
    return constrained
        ? Rejection.notSupported("ALTER TABLE ADD COLUMN with constraint not supported")
        : null;
  }

  private static Rejection addConstraint(ParseNode constraint) {
    boolean accepted =
        switch (constraint.text("contype")) {
          case "FOREIGN_KEY", "CHECK" ->
              constraint.flag("skip_validation") && !constraint.isNull("conname");
          case "UNIQUE", "PRIMARY_KEY" -> !constraint.isNull("indexname");
          default -> false;
        };
    return accepted
        ? null
        : Rejection.notSupported("unsupported ALTER TABLE ADD CONSTRAINT statement");
  }

  private static Rejection type(ParseNode column) {
    ParseNode type = column.node("typeName");
    if (type == null) {
      return null;
    }
    List<String> names = type.texts("names");
    String name = names.get(names.size() - 1);
    if (SERIAL.contains(name)) {
      return new Rejection("42704", "type \"" + name + "\" does not exist");
    }
    String printed = PRINTED.getOrDefault(name, name);
    if (!type.isNull("arrayBounds")) {
      return Rejection.notSupported("datatype " + printed + "[] not supported");
    }
    return REFUSED_TYPES.contains(name)
        ? Rejection.notSupported("datatype " + printed + " not supported")
        : null;
  }

  private static Rejection identity(ParseNode column) {
    for (ParseNode constraint : column.nodes("constraints")) {
      if (constraint.text("contype").equals("IDENTITY")) {
        List<String> names = column.node("typeName").texts("names");
        String name = names.get(names.size() - 1);
        if (!name.equals("int8")) {
          return Rejection.notSupported(
              "datatype "
                  + PRINTED.getOrDefault(name, name)
                  + " not supported, identity column type must be bigint");
        }
        if (!cache(constraint.nodes("options"))) {
          return Rejection.notSupported("identity column" + CACHE_TAIL);
        }
      }
    }
    return null;
  }

  private static boolean cache(List<ParseNode> options) {
    for (ParseNode option : options) {
      if (option.text("defname").equals("cache")) {
        long size = Long.parseLong(option.text("arg"));
        return size == 1 || size >= MIN_CACHE;
      }
    }
    return false;
  }

  private static Rejection first(List<Rejection> found) {
    return found.stream().filter(r -> r != null).findFirst().orElse(null);
  }
}
