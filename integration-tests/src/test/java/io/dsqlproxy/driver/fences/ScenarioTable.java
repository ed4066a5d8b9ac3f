package io.dsqlproxy.driver.fences;

import io.dsqlproxy.driver.fences.SqlValue.Type;
import java.util.List;
import java.util.stream.Collectors;

/** The tables with versions: single and composite keys of all types, and names of all kinds. */
enum ScenarioTable {
  NUMBERS(
      List.of("numbers", "public.numbers", "NUMBERS", "\"numbers\""),
      List.of(new Column("id", Type.INT)),
      new Column("ver", Type.BIGINT)),
  PAIRS(
      List.of("pairs", "public.pairs", "Pairs"),
      List.of(new Column("a", Type.BIGINT), new Column("b", Type.TEXT)),
      new Column("ver", Type.INT)),
  MIXED(
      List.of("\"Mixed Case\"", "public.\"Mixed Case\""),
      List.of(new Column("\"Id\"", Type.UUID)),
      new Column("\"Ver\"", Type.BIGINT)),
  BLOBS(
      List.of("blobs", "BLOBS"),
      List.of(new Column("k", Type.BYTEA)),
      new Column("ver", Type.TEXT)),
  STAMPS(
      List.of("stamps", "public.stamps"),
      List.of(new Column("\"order\"", Type.SMALLINT), new Column("k", Type.TEXT)),
      new Column("ver", Type.TIMESTAMPTZ)),
  /** Of the same name as the first, which it is after the search path has changed. */
  ELSEWHERE(
      List.of("other.numbers", "other.Numbers"),
      List.of(new Column("id", Type.INT), new Column("part", Type.TEXT)),
      new Column("ver", Type.BIGINT));

  /** The rows 1 to this are there when a scenario begins; the last has no version. */
  static final int ROWS = 4;

  /** The table that is never locked. */
  static final String SIDE = "side";

  private final List<String> names;
  private final List<Column> key;
  private final Column version;

  ScenarioTable(List<String> names, List<Column> key, Column version) {
    this.names = names;
    this.key = key;
    this.version = version;
  }

  /** A column, by its name in SQL. */
  record Column(String name, Type type) {

    SqlValue value(int number) {
      return type.value(number);
    }
  }

  /** All spellings of its name; the first is the plainest. */
  List<String> names() {
    return names;
  }

  String sqlName() {
    return names.get(0);
  }

  List<Column> key() {
    return key;
  }

  /** The value of a column of the key; of a composite key, two rows share the first. */
  SqlValue keyValue(int column, int row) {
    boolean shared = key.size() > 1 && column == 0;
    return key.get(column).value(shared ? (row + 1) / 2 : row);
  }

  Column version() {
    return version;
  }

  /** The version that a row has in the beginning. */
  String firstVersion(int row) {
    return row == ROWS ? "NULL" : version.value(row == 2 ? 3 : 5).literal();
  }

  String definition() {
    return "CREATE TABLE "
        + sqlName()
        + " ("
        + key.stream().map(c -> c.name() + " " + c.type()).collect(Collectors.joining(", "))
        + ", "
        + version.name()
        + " "
        + version.type()
        + ", data text, PRIMARY KEY ("
        + key.stream().map(Column::name).collect(Collectors.joining(", "))
        + "))";
  }

  String versionColumn() {
    return sqlName() + "." + version.name();
  }

  /** All columns of a row, in the order of the table. */
  String rowLiteral(int row, String versionLiteral, String data) {
    StringBuilder values = new StringBuilder("(");
    for (int i = 0; i < key.size(); i++) {
      values.append(keyValue(i, row).literal()).append(", ");
    }
    return values + versionLiteral + ", '" + data + "')";
  }

  /** The condition for one row, with literals. */
  String rowCondition(int row) {
    StringBuilder condition = new StringBuilder();
    for (int i = 0; i < key.size(); i++) {
      condition
          .append(i == 0 ? "" : " AND ")
          .append(key.get(i).name())
          .append(" = ")
          .append(keyValue(i, row).literal());
    }
    return condition.toString();
  }
}
