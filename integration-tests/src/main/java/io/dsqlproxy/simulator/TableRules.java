package io.dsqlproxy.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which tables, columns and sequences DSQL refuses to create. */
final class TableRules {

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

  /** Clauses of CREATE TABLE, by PostgreSQL's name of the field. */
  private static final Map<String, String> REFUSED_CLAUSES =
      Map.of(
          "inhRelations", "INHERITS not supported for CREATE TABLE",
          "partspec", "PARTITION BY not supported for CREATE TABLE",
          "options", "WITH not supported for CREATE TABLE",
          "tablespacename", "TABLESPACE not supported for CREATE TABLE",
          "ofTypename", "OF not supported for CREATE TABLE");

  private static final String NO_ON_COMMIT = "0";
  private static final Set<String> UNIQUE = Set.of("UNIQUE", "PRIMARY_KEY");
  private static final Set<String> DEFERRING = Set.of("ATTR_DEFERRABLE", "ATTR_DEFERRED");

  private TableRules() {}

  static Rejection sequence(ParseNode statement) {
    List<ParseNode> options = statement.nodes("options");
    if (!cache(options)) {
      return Rejection.notSupported("CREATE SEQUENCE" + CACHE_TAIL);
    }
    for (ParseNode option : options) {
      if (option.text("defname").equals("as")) {
        String name = lastName(option.node("arg"));
        if (!name.equals("int8")) {
          return Rejection.notSupported(
              "datatype " + printed(name) + " not supported, sequence type must be bigint");
        }
      }
    }
    return null;
  }

  static Rejection table(ParseNode statement) {
    switch (statement.node("relation").text("relpersistence")) {
      case "t":
        return Rejection.notSupported("TEMPORARY or TEMP table not supported for CREATE TABLE");
      case "u":
        return Rejection.notSupported("UNLOGGED table not supported for CREATE TABLE");
      default:
        break;
    }
    List<Rejection> found = new ArrayList<>();
    REFUSED_CLAUSES.forEach(
        (field, text) -> found.add(statement.isNull(field) ? null : Rejection.notSupported(text)));
    if (!statement.text("oncommit").equals(NO_ON_COMMIT)) {
      found.add(Rejection.notSupported("ON COMMIT not supported for CREATE TABLE"));
    }
    for (ParseNode element : statement.nodes("tableElts")) {
      if (element.type().equals("COLUMNDEF")) {
        found.add(type(element));
        found.add(collation(element));
        found.add(identity(element));
        found.add(deferred(element.nodes("constraints")));
      } else if (element.type().equals("CONSTRAINT")) {
        found.add(deferrable(element.text("contype"), element.flag("deferrable")));
      }
    }
    return first(found);
  }

  static Rejection collation(ParseNode column) {
    return column.isNull("collClause")
        ? null
        : Rejection.notSupported("COLLATE clause not supported");
  }

  /** A column's attributes of a constraint stand behind the constraint. */
  private static Rejection deferred(List<ParseNode> constraints) {
    String last = "";
    for (ParseNode constraint : constraints) {
      String type = constraint.text("contype");
      Rejection rejection = deferrable(last, DEFERRING.contains(type));
      if (rejection != null) {
        return rejection;
      }
      last = type.startsWith("ATTR_") ? last : type;
    }
    return null;
  }

  private static Rejection deferrable(String constraint, boolean deferrable) {
    if (!deferrable) {
      return null;
    }
    if (constraint.equals("CHECK")) {
      return Rejection.notSupported("CHECK constraints cannot be marked DEFERRABLE");
    }
    return UNIQUE.contains(constraint)
        ? Rejection.notSupported("DEFERRABLE constraint not supported")
        : null;
  }

  static Rejection type(ParseNode column) {
    ParseNode type = column.node("typeName");
    if (type == null) {
      return null;
    }
    String name = lastName(type);
    if (SERIAL.contains(name)) {
      return new Rejection("42704", "type \"" + name + "\" does not exist");
    }
    String printed = printed(name);
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
        String name = lastName(column.node("typeName"));
        if (!name.equals("int8")) {
          return Rejection.notSupported(
              "datatype " + printed(name) + " not supported, identity column type must be bigint");
        }
        return identityOptions(constraint);
      }
    }
    return null;
  }

  static Rejection identityOptions(ParseNode constraint) {
    return cache(constraint.nodes("options"))
        ? null
        : Rejection.notSupported("identity column" + CACHE_TAIL);
  }

  private static String lastName(ParseNode type) {
    List<String> names = type.texts("names");
    return names.get(names.size() - 1);
  }

  private static String printed(String name) {
    return PRINTED.getOrDefault(name, name);
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

  /** The first that is one. */
  static Rejection first(List<Rejection> found) {
    return found.stream().filter(r -> r != null).findFirst().orElse(null);
  }
}
